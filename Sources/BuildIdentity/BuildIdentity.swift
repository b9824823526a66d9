import Foundation
import PackagePlugin

/// Writes down what a build is made from: commit, changes, compiler.
///
/// The manifest cannot do it: what it says is kept between builds, and a commit does not change it.
/// Nor can a command before the build, which runs only when a build is planned anew. So this one
/// depends on what git and the sources are, and runs again where one of them has changed.
@main
struct BuildIdentity: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let package = context.package.directoryURL
        let script = package.appending(path: "Sources/BuildIdentity/identify")
        let generated = context.pluginWorkDirectoryURL.appending(path: "generated")
        return [
            .buildCommand(
                displayName: "Identify what is built", executable: URL(filePath: "/bin/sh"),
                arguments: [
                    script.path, package.path, try context.tool(named: "swiftc").url.path,
                    generated.path,
                ],
                inputFiles: Self.origins(in: package),
                outputFiles: [generated.appending(path: "BuildOrigin.swift")])
        ]
    }

    /// The files whose change may change what is written, as far as they are there.
    private static func origins(in package: URL) -> [URL] {
        let files = FileManager.default
        let git = [".git/HEAD", ".git/logs/HEAD", ".git/index"]
        let sources = (files.subpaths(atPath: package.appending(path: "Sources").path) ?? [])
            .map { "Sources/\($0)" }
        return (git + ["Package.swift"] + sources).sorted()
            .map { package.appending(path: $0) }
            .filter { url in
                var isFolder: ObjCBool = false
                return files.fileExists(atPath: url.path, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
    }
}
