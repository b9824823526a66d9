import Foundation
import Latency
import Results
import Testing

/// A run's folder as its readers see it: every file of it is read, or this cannot be made.
struct StoredRun {
    let run: Run
    /// `cells.csv`.
    let cells: [[String: String]]
    /// `rounds.csv`.
    let rounds: [[String: String]]
    /// `histograms.hlog`.
    let log: HistogramLog
    /// Whole lines of the journal; nil where there is none.
    let journal: [JournalLine]?

    /// What a test wants of a line: of what was measured in one go, the first cell.
    struct JournalLine: Decodable {
        let cell: Int
        let calls: UInt64
        let round: Round
    }

    init(_ bench: Bench, _ folder: String) throws {
        run = try Run(json: Data(contentsOf: URL(filePath: bench.path("\(folder)/run.json"))))
        cells = try CSVReader.read(bench.path("\(folder)/cells.csv")).rows
        rounds = try CSVReader.read(bench.path("\(folder)/rounds.csv")).rows
        log = try HistogramLog(parsing: try bench.text("\(folder)/histograms.hlog"))
        guard FileManager.default.fileExists(atPath: bench.path("\(folder)/journal.jsonl")) else {
            journal = nil
            return
        }
        let text = try bench.text("\(folder)/journal.jsonl")
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        journal = try whole.split(separator: "\n").map {
            try JSONDecoder().decode(JournalLine.self, from: Data($0.utf8))
        }
    }

    /// Where each round of each cell stands in the order of the run.
    var orders: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: run.cells.flatMap { result in
                result.rounds.map { ("\(result.cell.classedKey) \($0.number)", $0.order) }
            })
    }

    /// Expects that every cell has every round exactly once, and that all files tell the same.
    func expectWhole(_ note: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let comment = Comment(rawValue: note)
        let numbers = Array(1...run.scenario.rounds)
        #expect(run.partial == nil, comment, sourceLocation: sourceLocation)
        #expect(journal == nil, comment, sourceLocation: sourceLocation)
        #expect(
            run.cells.allSatisfy { $0.rounds.map(\.number) == numbers }, comment,
            sourceLocation: sourceLocation)
        // What was measured in one go has one place in the order.
        let places = Set(run.cells.flatMap { $0.rounds.map(\.order) }).sorted()
        #expect(places == Array(1...places.count), comment, sourceLocation: sourceLocation)
        expectKept(note, sourceLocation: sourceLocation)
    }

    /// Expects that all files tell the same of the rounds, however many there are.
    func expectKept(_ note: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let comment = Comment(rawValue: note)
        let count = run.cells.reduce(0) { $0 + $1.rounds.count }
        #expect(rounds.count == count, comment, sourceLocation: sourceLocation)
        for result in run.cells {
            let (key, name) = (result.cell.key, result.cell.callerClass.rawValue)
            let isMine = { (row: [String: String]) in row["cell"] == key && row["class"] == name }
            let mine = rounds.filter(isMine)
            let sum = mine.reduce(0) { $0 + (UInt64($1["operations"] ?? "") ?? 0) }
            let pooled = cells.first(where: isMine)?["operations"].flatMap { UInt64($0) }
            let service = log.rows.filter {
                $0.tag?.text == "\(result.cell.classedKey)#service"
            }
            #expect(sum > 0 && pooled == sum, comment, sourceLocation: sourceLocation)
            #expect(
                service.map(\.histogram.count) == [sum], comment, sourceLocation: sourceLocation)
            #expect(result.service.count == sum, comment, sourceLocation: sourceLocation)
        }
    }
}

/// The scripted module as the command is told of it.
enum Scripted {
    /// Its token with a key of the session, so that a run may be resumed without the URI.
    static func uri() throws -> String {
        "pkcs11:token=scripted?module-path=\(try BuildFolder.scriptedModule().path)"
            + "&pin-source=env:SCRIPTED_PIN"
    }

    /// Short rounds of a cell in two processes, the comparison and the floor.
    static func scenario(rounds: Int, duration: String = "10ms") throws -> String {
        """
        anchor: { uri: '\(try uri())', mechanism: [aes-gcm] }
        load: { closed: [2], processes: [2] }
        throttles: [none]
        rounds: \(rounds)
        duration: \(duration)
        warm-up: 0s
        """
    }

    /// How many cells the scenario has.
    static let cellCount = 3

    static func environment(_ script: String = "") -> [String: String] {
        ["ANCHORBENCH_SCRIPT": script, "SCRIPTED_PIN": "1234"]
    }
}
