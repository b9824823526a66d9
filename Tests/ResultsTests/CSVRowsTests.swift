import Results
import Testing
import Units

@Suite("Reading RFC 4180")
struct CSVRowsTests {
    @Test("quotes hide commas, quotes and line ends; an empty field is none")
    func fields() throws {
        let text = "a,b,c\r\n1,\"x, \"\"y\"\"\r\nz\",\r\n\"\",2,é,\r\n"
        #expect(throws: CSVError(line: 4, reason: "4 fields, but the header has 3")) {
            try CSVRows(parsing: text)
        }
        let table = try CSVRows(parsing: "\u{FEFF}a,b,c\r\n1,\"x, \"\"y\"\"\nz\",\n\"\",2,é")
        #expect(table.columns == ["a", "b", "c"])
        #expect(table.rows.map(\.fields) == [["1", "x, \"y\"\nz", ""], ["", "2", "é"]])
        #expect(table.rows.map(\.line) == [2, 4])
        #expect(table.rows[0]["b"] == "x, \"y\"\nz" && table.rows[0]["c"] == nil)
        #expect(table.rows[1]["a"] == nil && table.rows[1]["d"] == nil)
    }

    @Test(
        "what is no table is refused with its line",
        arguments: [
            ("", 1, "no header"), ("a,a\n", 1, "stands twice"), ("a,,b\n", 1, "has no name"),
            ("a,b\n1\n", 2, "1 fields"), ("a\nx\"y\n", 2, "inside"), ("a\n1\n\"x\n\n", 3, "closed"),
            ("a\n\"x\"y\n", 2, "closing quote"), ("a\nx\ry\n", 2, "CR"),
            ("a,b\n1,2\n\n", 3, "1 fields"),
        ])
    func refused(text: String, line: Int, reason: String) {
        do {
            let table = try CSVRows(parsing: text)
            Issue.record("read as \(table)")
        } catch {
            #expect(error.line == line && error.reason.contains(reason), "\(error)")
        }
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: CSVError.self) { try CSVRows(parsing: [0x61, 0x0a, 0xff, 0x0a]) }
    }

    @Test("what is written is read back", arguments: 1...40)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [Character] = ["a", ",", "\"", "\n", "\r\n", "\r", "é", " ", "\u{301}"]
        let width = Int.random(in: 1...4, using: &generator)
        var table = CSVTable(columns: (0..<width).map { "c\($0)" })
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            table.append(
                (0..<width).map { _ in
                    let length = Int.random(in: 0...6, using: &generator)
                    let characters = (0..<length).compactMap { _ in
                        alphabet.randomElement(using: &generator)
                    }
                    return .text(String(characters))
                })
        }
        let read = try CSVRows(parsing: table.text)
        let expected = table.rows.map { row in
            row.map { field -> String in
                guard case .text(let text) = field else { return "" }
                return text
            }
        }
        #expect(read.columns == table.columns, "seed \(seed)")
        // Scalars, for characters are equal that are written in different ways.
        #expect(
            read.rows.map { $0.fields.map { Array($0.unicodeScalars) } }
                == expected.map { $0.map { Array($0.unicodeScalars) } }, "seed \(seed)")
    }
}
