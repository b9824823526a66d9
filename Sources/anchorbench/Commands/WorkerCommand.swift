import ArgumentParser
import Experiment

/// The child process that loads a module; started by this program alone.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Measures for a parent process.", shouldDisplay: false)

    @Argument(help: "Folders to remove if the parent ends without a word.")
    var orphanFolders: [String] = []

    func run() { Worker(orphanFolders: orphanFolders).run() }
}
