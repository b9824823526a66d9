import Foundation
import GateState
import Results
import Throttling

/// A small drill in a bench of its own, its alarm and its people as quick as they can be played.
///
/// Behind its throttle a thief gets 140 records a second beside ten calls of users; more than 100
/// calls in a second are an alarm, which is answered after 100 ms.
final class DrillScene {
    let bench: Bench

    /// - Parameter response: what answering an alarm takes, ten times as long as it is played.
    init(response: String = "1s") throws {
        bench = try Bench()
        try bench.write(
            """
            name: small
            anchor: { mechanism: [aes-gcm] }
            throttles:
              - { token-bucket: { rate: 150/s, burst: 10 } }
            exposure:
              demand: { mean: 10/s, dispersion: 1, shape: flat }
              alarm: { period: 10s, threshold: 1k, evaluation-periods: 1, datapoints-to-alarm: 1 }
              delays: { publish: 0s, evaluation: 0s, response: { automatic: \(response) } }
            """, to: "small.yaml")
    }

    private func arguments(_ rows: String, _ watch: String, _ more: [String]) -> [String] {
        [
            "drill", "small.yaml", "--seed", "1", "--rows", rows, "--repetitions", "1", "--watch",
            watch, "--front-ends", "1", "--output", "out",
        ] + more
    }

    /// Stages it to its end.
    func run(
        rows: String = "600", watch: String = "400ms", _ more: String...
    ) throws -> Ended {
        try bench.run(arguments: arguments(rows, watch, more))
    }

    /// Begins it.
    func start(
        rows: String = "600", watch: String = "400ms", _ more: String...
    ) throws -> Running {
        try bench.start(arguments(rows, watch, more))
    }

    /// What it left in its folder.
    func outcome() throws -> DrillRun {
        try JSONDecoder().decode(
            DrillRun.self, from: Data(contentsOf: URL(filePath: bench.path("out/drill.json"))))
    }

    /// Waits until the thief is at work behind a throttle.
    ///
    /// - Returns: where the state of his gate is.
    func waitForTheft() throws -> String {
        var found: String?
        try bench.wait {
            found = files(ending: ".state").first { gate in
                guard let snapshot = try? GateSnapshot(path: gate),
                    snapshot.configuration.policy != .none, let thief = snapshot.identities.last
                else { return false }
                return thief.total.admitted > 5
            }
            return found != nil
        }
        guard let found else { throw Bench.NeverSo() }
        return found
    }

    /// The temporary files of some name.
    func files(ending suffix: String) -> [String] {
        let names =
            (try? FileManager.default.subpathsOfDirectory(atPath: bench.temporary.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }
            .map { bench.temporary.appending(path: $0).path }
    }

    /// The process that plays a part; nil where there is none.
    func player(of part: String) throws -> pid_t? {
        let beginning = ["stage", part].map { Data($0.utf8) }
        return try bench.workers.first { process in
            let line = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))
            return line?.split(separator: 0).dropFirst().starts(with: beginning) == true
        }
    }

    /// Whether no process and no temporary file of it is there any more.
    var isCleanedUp: Bool {
        get throws { try bench.workers.isEmpty && bench.leftovers.isEmpty }
    }
}
