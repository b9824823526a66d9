import Foundation

/// What a campaign is carried out with: the program that runs as a worker, and the module that does
/// nothing.
package struct CampaignTools: Sendable {
    /// The program that runs as a worker when called with `worker`.
    package let executable: String
    /// The module that does nothing, on which the harness's own cost is measured; nil where there
    /// is none.
    package let nullModule: String?
    /// When a worker is taken to hang.
    package let limits: AnswerLimits

    /// The file that is built and shipped beside the command.
    package static let nullModuleName = "libScriptedToken.so"

    /// A program, and a module that does nothing.
    package init(executable: String, nullModule: String?, limits: AnswerLimits = .usual) {
        self.executable = executable
        self.nullModule = nullModule
        self.limits = limits
    }

    /// This process's own program, with the module beside it where that is.
    package static var own: CampaignTools {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let module = program.deletingLastPathComponent().appending(path: nullModuleName).path
        return CampaignTools(
            executable: "/proc/self/exe",
            nullModule: FileManager.default.fileExists(atPath: module) ? module : nil)
    }
}
