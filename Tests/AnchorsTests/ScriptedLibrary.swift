import Foundation

/// The scripted module in the build folder, above the executable or the test bundle.
enum ScriptedLibrary {
    static var path: String {
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? ""
        for start in [executable] + CommandLine.arguments {
            var folder = URL(filePath: start).deletingLastPathComponent()
            while folder.path != "/" {
                let library = folder.appending(path: "libScriptedToken.so").path
                if FileManager.default.fileExists(atPath: library) { return library }
                folder.deleteLastPathComponent()
            }
        }
        return "libScriptedToken.so is not beside the tests"
    }
}
