import Foundation

/// Reads a CSV file as another program does: with the `csv` module of Python.
enum CSVReader {
    /// The header and the rows, each field by its column.
    static func read(_ path: String) throws -> (columns: [String], rows: [[String: String]]) {
        let program = """
            import csv, json, sys
            with open(sys.argv[1], newline='', encoding='utf-8') as file:
                print(json.dumps(list(csv.reader(file, strict=True))))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unreadable(path: path) }
        let table = try JSONDecoder().decode([[String]].self, from: data)
        guard let columns = table.first, table.allSatisfy({ $0.count == columns.count }) else {
            throw Unreadable(path: path)
        }
        let rows = table.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(columns, $0))
        }
        return (columns, rows)
    }

    /// A file that is no CSV, or whose rows differ in length.
    struct Unreadable: Error { let path: String }
}
