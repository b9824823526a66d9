import Foundation

/// The folder that the package is built into, found from the running test's own path.
enum BuildFolder {
    /// The built command.
    static func command() throws -> URL { try file("anchorbench") }
    /// The built PKCS#11 module that does what a script says.
    static func scriptedModule() throws -> URL { try file("libScriptedToken.so") }

    /// What is missing, with what makes it.
    struct NotBuilt: Error {
        let name: String
        let remedy = "run 'swift build' first"
    }

    private static func file(_ name: String) throws -> URL {
        let itself = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        for start in [itself].compactMap({ $0 }) + CommandLine.arguments {
            var folder = URL(fileURLWithPath: start)
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let candidate = folder.appending(path: name, directoryHint: .notDirectory)
                if FileManager.default.isExecutableFile(atPath: candidate.path) {
                    return candidate
                }
            }
        }
        throw NotBuilt(name: name)
    }
}
