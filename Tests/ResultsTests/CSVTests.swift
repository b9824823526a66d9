import Foundation
import Results
import Testing
import Units

@Suite("Tables are CSV that other programs read")
struct CSVTests {
    @Test(
        "Python's csv module reads back every field, whatever it holds",
        .enabled(if: Python.isThere))
    func python() throws {
        let pieces = [
            "a", ",", "\"", "\n", "\r", "\r\n", " ", ";", "\t", "é", "\u{301}", "日本", "'", "=1+1",
            "\"\"", "🔐", "\u{200D}", "0",
        ]
        var table = CSVTable(columns: ["plain", "with, comma", "with \"quote\""])
        var expected = [table.columns]
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let row = (0..<3).map { _ in
                (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                    pieces[Int.random(in: pieces.indices, using: &generator)]
                }.joined()
            }
            table.append(row.map(CSVTable.Field.text))
            expected.append(row)
        }
        let read = try Python.rows(of: table.text)
        #expect(read.count == expected.count)
        for (number, (found, row)) in zip(read, expected).enumerated() {
            // Compared as bytes: for Swift two texts are equal that only look the same.
            let isEqual = found.map { Array($0.utf8) } == row.map { Array($0.utf8) }
            #expect(isEqual, "seed \(number - 1): \(found) for \(row)")
        }
    }

    @Test("numbers are written in full, an absent one is empty, and infinity is inf")
    func fields() {
        var table = CSVTable(columns: ["a", "b", "c", "d", "e", "f", "g"])
        table.append([
            .integer(-5), .count(.max), .number(0.25), .number(.infinity), .number(.nan), .empty,
            .optional(nil as Double?),
        ])
        #expect(
            table.text == "a,b,c,d,e,f,g\r\n-5,18446744073709551615,0.25,inf,,,\r\n")
    }

    @Test("a number is read back as the same number")
    func numbers() throws {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            var table = CSVTable(columns: ["value"])
            table.append([.number(value)])
            let line = table.text.split(separator: "\r\n")[1]
            #expect(Double(line) == value, "seed \(seed)")
        }
    }

    @Test("a table of computed numbers ends them before the rounding of doubles shows")
    func digits() {
        func text(_ value: Double, digits: Int?) -> String {
            var table = CSVTable(columns: ["value"], digits: digits)
            table.append([.number(value)])
            return table.text
        }
        #expect(text(1_999.9999999999995, digits: 12) == "value\r\n2000.0\r\n")
        #expect(text(1_999.9999999999995, digits: nil) == "value\r\n1999.9999999999995\r\n")
        #expect(text(-0.1 - 0.2, digits: 12) == "value\r\n-0.3\r\n")
        #expect(text(.infinity, digits: 12) == "value\r\ninf\r\n")
        #expect(text(.nan, digits: 12) == "value\r\n\r\n")
    }
}

/// Python as a child process, because its csv module is what most readers of the tables use.
enum Python {
    private static let executable =
        ["/usr/bin/python3", "/usr/local/bin/python3"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        ?? (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
            "\($0)/python3"
        }.first(where: FileManager.default.isExecutableFile)

    static var isThere: Bool { executable != nil }

    /// The rows that Python reads.
    static func rows(of text: String) throws -> [[String]] {
        let program = """
            import csv, io, json, sys
            text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
            json.dump(list(csv.reader(text, strict=True)), sys.stdout)
            """
        let file = FileManager.default.temporaryDirectory
            .appending(path: "results-tests-\(UUID().uuidString).csv")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: executable ?? "")
        process.arguments = ["-c", program]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([[String]].self, from: answer)
    }
}
