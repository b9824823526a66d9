import Foundation
import PackagePlugin

/// Writes down, before every build, what the build is made from: commit, changes, compiler.
///
/// The manifest cannot do it: what it says is kept between builds, and a commit does not change it.
@main
struct BuildIdentity: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let script = context.package.directoryURL
            .appending(path: "Sources/BuildIdentity/identify")
        let generated = context.pluginWorkDirectoryURL.appending(path: "generated")
        return [
            .prebuildCommand(
                displayName: "Identify what is built", executable: URL(filePath: "/bin/sh"),
                arguments: [
                    script.path, context.package.directoryURL.path,
                    try context.tool(named: "swiftc").url.path, generated.path,
                ],
                outputFilesDirectory: generated)
        ]
    }
}
