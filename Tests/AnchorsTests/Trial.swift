import Foundation

@testable import Anchors

/// The scripted module in a process of the test's own, with its calls counted.
final class Trial {
    private let countFile = FileManager.default.temporaryDirectory
        .appending(path: "vector-tests-\(UUID().uuidString)")

    /// The places of functions in the count file.
    enum Function: Int {
        case encryptInit = 3
        case encrypt = 4
        case decrypt = 6
    }

    init(_ script: String) {
        setenv("ANCHORBENCH_SCRIPT", "\(script);count-file=\(countFile.path)", 1)
    }

    deinit { try? FileManager.default.removeItem(at: countFile) }

    /// Opens it, with the stored key for AES-GCM.
    func open() throws(CryptokiError) -> LoadedAnchor {
        let anchor = try LoadedAnchor(
            modulePath: ScriptedLibrary.path, tokenLabel: "scripted", pin: pin("1234"),
            isReadWrite: false)
        _ = try anchor.prepareKey(.token(label: "records"), for: .aesGCM, bits: 256)
        return anchor
    }

    /// How often a function was called, the refused calls among them.
    func calls(_ function: Function) -> UInt64? {
        guard let counters = try? Data(contentsOf: countFile), counters.count >= 80 else {
            return nil
        }
        let place = 8 * function.rawValue
        return counters[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// What a body ends with; nil where it does not fail.
func failure(_ body: () throws(CryptokiError) -> Void) -> CryptokiError? {
    do throws(CryptokiError) {
        try body()
        return nil
    } catch {
        return error
    }
}
