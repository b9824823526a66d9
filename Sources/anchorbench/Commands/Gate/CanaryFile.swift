import Experiment
import Foundation

/// A file with the fingerprints of canaries, one a line; `#` begins a comment.
struct CanaryFile {
    /// They, in the order of the file.
    let fingerprints: [UInt64]

    /// What is wrong with a file, in one sentence.
    struct BadFile: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a file.
    ///
    /// - Throws: `ExperimentError.missingInput`; `BadFile` with the number of the first line that
    ///   is no fingerprint, or where there is none.
    init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExperimentError.missingInput("--canaries: '\(path)' cannot be read")
        }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var found: [UInt64] = []
        for (index, line) in lines.enumerated() {
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            let digits = String(decoding: text, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !digits.isEmpty else { continue }
            guard let fingerprint = Self.fingerprint(digits) else {
                throw BadFile(
                    description: "--canaries: line \(index + 1) of '\(path)', "
                        + "'\(digits.prefix(40))', is no fingerprint: write the first eight bytes "
                        + "of a ciphertext in 16 hexadecimal digits, not all of them 0")
            }
            found.append(fingerprint)
        }
        guard !found.isEmpty else {
            throw BadFile(description: "--canaries: '\(path)' names no canary: leave it out")
        }
        fingerprints = found
    }

    /// The first byte of the ciphertext stands first, and is the lowest.
    private static func fingerprint(_ digits: String) -> UInt64? {
        guard digits.utf8.count == 16, digits.utf8.first != UInt8(ascii: "+"),
            let number = UInt64(digits, radix: 16), number != 0
        else { return nil }
        return number.byteSwapped
    }
}
