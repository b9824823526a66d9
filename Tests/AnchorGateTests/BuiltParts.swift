import Foundation
import Testing

/// What was built beside the tests: the command and the modules, which tests open by path.
enum BuiltParts {
    /// The gate.
    static func gate() throws -> String { try find("libanchorgate.so") }
    /// The module that does nothing.
    static func scriptedToken() throws -> String { try find("libScriptedToken.so") }
    /// The command.
    static func command() throws -> String { try find("anchorbench") }

    /// SoftHSM2.
    static let softHSM = "/usr/lib/softhsm/libsofthsm2.so"

    private static func find(_ name: String) throws -> String {
        for start in CommandLine.arguments + ["/proc/self/exe"] {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
            while folder.path != "/" {
                folder = folder.deletingLastPathComponent()
                let file = folder.appending(path: name).path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder),
                    !isFolder.boolValue
                {
                    return file
                }
            }
        }
        throw Missing(name: name)
    }

    private struct Missing: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) is not beside the tests: build everything first" }
    }
}
