import Experiment
import Foundation

/// A file that is written anew as a whole, so that a reader never sees a part of it.
struct TextFile {
    private let path: String
    private let flag: String

    init(_ path: String, _ flag: String) { (self.path, self.flag) = (path, flag) }

    /// Beside the file, under a name that node-exporter's collector leaves alone.
    private var draft: String { path + ".tmp" }

    /// Puts a text in the file's place.
    ///
    /// - Throws: `ExperimentError.output` with the reason.
    func write(_ text: String) throws {
        do {
            signal(SIGXFSZ, SIG_IGN)
            let number = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard number >= 0 else { throw Self.refusal }
            let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
            try file.write(contentsOf: Data(text.utf8))
            guard rename(draft, path) == 0 else { throw Self.refusal }
        } catch {
            unlink(draft)
            throw ExperimentError.output("\(flag): '\(path)' cannot be written: \(error.reason)")
        }
    }

    /// Takes the file away.
    func remove() { unlink(path) }

    private static var refusal: NSError {
        NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
    }
}
