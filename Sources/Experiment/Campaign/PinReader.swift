import Anchors
import Foundation

/// Gets a PIN from where its source says, into memory that is wiped.
enum PinReader {
    /// The PIN, or an empty one where no source is stated.
    ///
    /// - Throws: `ExperimentError.missingInput` where the variable, the file or the terminal is
    ///   not there.
    static func read(_ source: PinSource?) throws(ExperimentError) -> Pin {
        var bytes: [UInt8] = []
        switch source {
        case nil: break
        case .environment(let name): bytes = try fromEnvironment(name)
        case .file(let path): bytes = try fromFile(path)
        case .prompt: bytes = try SystemTerminal.readWithoutEcho(prompt: "PIN: ")
        }
        if source != nil, bytes.isEmpty {
            throw ExperimentError.missingInput(
                "the PIN from pin-source=\(source.map(\.description) ?? "") is empty")
        }
        return Pin(wiping: &bytes)
    }

    private static func fromEnvironment(_ name: String) throws(ExperimentError) -> [UInt8] {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            throw ExperimentError.missingInput(
                "pin-source=env:\(name) was given, but the variable \(name) is not set: export it")
        }
        return Array(value.utf8)
    }

    private static func fromFile(_ path: String) throws(ExperimentError) -> [UInt8] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw ExperimentError.missingInput(
                "pin-source=file:\(path) was given, but the file cannot be read")
        }
        return Array(data.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
