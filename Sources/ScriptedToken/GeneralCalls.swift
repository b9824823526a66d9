import CCryptoki
import Glibc

/// `C_Initialize`, `C_Finalize`, `C_GetInfo`: the calls about the library.
extension FunctionList {
    static func fillGeneral(_ list: inout CK_FUNCTION_LIST) {
        list.C_GetFunctionList = { getFunctionList($0) }
        list.C_Initialize = { arguments in
            do throws(Refusal) {
                try Token.shared.initialize(arguments)
                return CKR_OK
            } catch {
                return error.code
            }
        }
        list.C_Finalize = { reserved in
            guard reserved == nil else { return CKR_ARGUMENTS_BAD }
            guard Token.shared.isInitialized else { return CKR_CRYPTOKI_NOT_INITIALIZED }
            Token.shared.stop()
            return CKR_OK
        }
        list.C_GetInfo = { info in
            guard Token.shared.isInitialized else { return CKR_CRYPTOKI_NOT_INITIALIZED }
            guard let info else { return CKR_ARGUMENTS_BAD }
            info.pointee = CK_INFO()
            info.pointee.cryptokiVersion = CK_VERSION(major: 2, minor: 40)
            pad(&info.pointee.manufacturerID, with: "anchorbench")
            pad(&info.pointee.libraryDescription, with: "Scripted token, no cryptography")
            info.pointee.libraryVersion = CK_VERSION(major: 1, minor: 0)
            return CKR_OK
        }
    }
}

extension Token {
    /// The environment variable that the script is read from.
    private static let scriptVariable = "ANCHORBENCH_SCRIPT"

    /// Reads the script and starts the token.
    func initialize(_ arguments: UnsafeMutableRawPointer?) throws(Refusal) {
        let reserved = try Self.checkedReserve(of: arguments)
        let before = contents.withLock { contents in
            contents.initializations += 1
            return contents.initializations - 1
        }
        guard !isInitialized else {
            _ = try admit(.initialize)
            throw Refusal(CKR_CRYPTOKI_ALREADY_INITIALIZED)
        }
        let script: Script
        let playback: Playback?
        do throws(ScriptError) {
            script = try Script(
                parsing: getenv(Self.scriptVariable).map { String(cString: $0) } ?? "")
            playback =
                script.concernsCalls ? try Playback(script, initializations: before) : nil
        } catch {
            Self.report(error)
            throw Refusal(CKR_ARGUMENTS_BAD)
        }
        guard Self.bytes(of: reserved) == script.initialize else {
            throw Refusal(CKR_ARGUMENTS_BAD)
        }
        _ = try playback?.admit(.initialize)
        try start(script, playback)
    }

    /// The rules of the standard for `CK_C_INITIALIZE_ARGS`; locking is always the system's. Gives
    /// `pReserved`, which the standard wants null and the script may want otherwise.
    private static func checkedReserve(
        of arguments: UnsafeMutableRawPointer?
    ) throws(Refusal) -> UnsafeMutableRawPointer? {
        guard let arguments else { return nil }
        let given = arguments.loadUnaligned(as: CK_C_INITIALIZE_ARGS.self)
        let mutexCalls = [
            given.CreateMutex != nil, given.DestroyMutex != nil,
            given.LockMutex != nil, given.UnlockMutex != nil,
        ].count { $0 }
        guard mutexCalls == 0 || mutexCalls == 4 else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard mutexCalls == 0 || given.flags & CKF_OS_LOCKING_OK != 0 else {
            throw Refusal(CKR_CANT_LOCK)
        }
        return given.pReserved
    }

    /// The bytes of a C text.
    private static func bytes(of text: UnsafeMutableRawPointer?) -> [UInt8]? {
        text.map { Array(String(cString: $0.assumingMemoryBound(to: CChar.self)).utf8) }
    }

    private static func report(_ error: ScriptError) {
        let line = Array("ScriptedToken: \(scriptVariable): \(error.message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

/// Fills a text field of fixed length: the text, cut where it is too long, then spaces.
func pad<Field>(_ field: inout Field, with text: String) {
    pad(&field, with: Array(text.utf8))
}

/// Fills a text field of fixed length with UTF-8 bytes, then spaces.
func pad<Field>(_ field: inout Field, with text: [UInt8]) {
    withUnsafeMutableBytes(of: &field) { bytes in
        for index in bytes.indices {
            bytes[index] = index < text.count ? text[index] : UInt8(ascii: " ")
        }
    }
}
