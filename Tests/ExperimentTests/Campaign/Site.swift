import Experiment
import Foundation
import Glibc
import Results
import Testing

/// A folder of its own for one campaign, with workers whose environment no other test shares.
///
/// The workers are the built command behind a script, which sets their environment and writes down
/// who was started with which folders.
final class Site: Sendable {
    /// The folder; gone with this.
    let folder: URL
    private let launcher: URL

    /// Where `pin-source=file:` finds the PIN.
    var pinFile: URL { folder.appending(path: "pin") }
    /// Where the scripted module counts its calls.
    var countFile: URL { folder.appending(path: "counts") }
    private var journal: URL { folder.appending(path: "workers") }
    private var scriptFile: URL { folder.appending(path: "script") }

    /// - Parameters:
    ///   - script: the directives of the scripted module.
    ///   - pin: what the PIN file holds.
    init(script: String = "", pin: String = "1234") throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "campaign-\(UUID().uuidString)", directoryHint: .isDirectory)
        launcher = folder.appending(path: "launcher")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(pin.utf8).write(to: pinFile)
        let text = """
            #!/bin/sh
            echo "$$ $*" >> '\(journal.path)'
            export ANCHORBENCH_SCRIPT="$(cat '\(scriptFile.path)')"
            export SOFTHSM2_CONF="${SOFTHSM2_CONF:-\(folder.path)/none.conf}"
            exec '\(try BuildFolder.command().path)' "$@"

            """
        try Data(text.utf8).write(to: launcher)
        try follow(script)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: launcher.path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Lets workers that start from now on follow another script.
    func follow(_ script: String) throws {
        try Data("count-file=\(countFile.path);\(script)".utf8).write(to: scriptFile)
    }

    /// A URI of the scripted module; the key is the one that the token is born with.
    func uri(object: String = "records") throws -> String {
        "pkcs11:token=scripted;object=\(object)?module-path="
            + "\(try BuildFolder.scriptedModule().path)&pin-source=file:\(pinFile.path)"
    }

    /// Runs a scenario, given as YAML over the built-in one.
    func run(
        _ yaml: String, seed: UInt64 = 1, resuming stored: Run? = nil,
        interruption: Interruption = Interruption(), limits: AnswerLimits = .usual,
        observe: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> Run {
        let resolved = try ScenarioReader.read(yaml, source: "a test")
        let plan = try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName, processors: 1, seed: seed)
        let campaign = Campaign(
            resolved, plan: plan,
            folder: try stored == nil
                ? RunFolder(creating: output) : RunFolder(opening: output),
            tools: CampaignTools(executable: launcher.path, nullModule: nil, limits: limits),
            interruption: interruption, observe: observe)
        return try await campaign.run(resuming: stored)
    }

    /// Workers of this site, and nothing to measure the harness on.
    var tools: CampaignTools { CampaignTools(executable: launcher.path, nullModule: nil) }

    /// The run's folder.
    var output: URL { folder.appending(path: "run", directoryHint: .isDirectory) }

    /// Every worker that was started: its number and the folders that it was told of.
    func workers() throws -> [(identifier: pid_t, folders: [String])] {
        try String(contentsOf: journal, encoding: .utf8).split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return (try #require(pid_t(words[0])), Array(words.dropFirst(2)))
        }
    }

    /// Calls of one function of the scripted module, by its place in the count file.
    func calls(_ function: CountedFunction) throws -> UInt64 {
        let bytes = try Data(contentsOf: countFile).dropFirst(8 * function.rawValue).prefix(8)
        try #require(bytes.count == 8)
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The places of the functions in a count file.
    enum CountedFunction: Int {
        case initialize = 0
        case login = 2
        case encrypt = 4
        case decryptInit = 5
        case decrypt = 6
        case unwrapKey = 7
        case signInit = 8
    }

    /// Expects that neither a worker nor a folder of theirs is left.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let workers = try workers()
        #expect(!workers.isEmpty, sourceLocation: sourceLocation)
        for worker in workers {
            let isGone = kill(worker.identifier, 0) != 0 && errno == ESRCH
            #expect(isGone, "worker \(worker.identifier)", sourceLocation: sourceLocation)
            #expect(!worker.folders.isEmpty, sourceLocation: sourceLocation)
            for folder in worker.folders {
                let isThere = FileManager.default.fileExists(atPath: folder)
                #expect(!isThere, "\(folder)", sourceLocation: sourceLocation)
            }
        }
    }
}

/// Campaigns run one after the other: each keeps the machine busy by itself.
@Suite("Campaigns", .serialized) enum CampaignTests {}
