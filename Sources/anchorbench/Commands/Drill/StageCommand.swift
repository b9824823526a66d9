import ArgumentParser
import Drill

/// A process that plays a part in a drill; started by this program alone.
struct StageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Plays a part in a drill.", shouldDisplay: false)

    @Argument(help: "What it plays, for whoever lists processes.")
    var part: String

    @Argument(help: "Folders to remove if the parent ends without a word.")
    var orphanFolders: [String] = []

    func run() { StageActor(orphanFolders: orphanFolders).run() }
}
