import CCryptoki
import GateState
import Glibc
import Synchronization

/// The gate of this process: the module behind it and the state that it obeys.
///
/// All functions that can open nothing are those of the wrapped module itself; the others ask here.
enum Gate {
    /// The functions of the wrapped module, copied; those of no module before one was loaded.
    nonisolated(unsafe) private(set) static var wrapped = CK_FUNCTION_LIST()

    /// What this gate obeys; nil before `C_Initialize` and after `C_Finalize`. Whatever it ever was
    /// is kept for as long as the process lives, so that a call need not count its references.
    nonisolated(unsafe) private static var current: Unmanaged<Guardian>?

    /// Runs a call before the guardian. Where there is none, the wrapped module answers as it does
    /// before `C_Initialize`; it is called for no session, lest somebody else had started it.
    @inline(__always)
    static func guarded(
        _ call: (CK_SESSION_HANDLE) -> CK_RV?, by body: (Guardian) -> CK_RV
    ) -> CK_RV {
        guard let current else {
            return call(CK_SESSION_HANDLE(CK_INVALID_HANDLE)) ?? CKR_FUNCTION_NOT_SUPPORTED
        }
        return current._withUnsafeGuaranteedRef(body)
    }

    /// The list that applications get. It lives as long as the process.
    nonisolated(unsafe) static let list: UnsafeMutablePointer<CK_FUNCTION_LIST> = {
        let list = UnsafeMutablePointer<CK_FUNCTION_LIST>.allocate(capacity: 1)
        list.initialize(to: CK_FUNCTION_LIST())
        fillUnusable(&list.pointee)
        return list
    }()

    private struct Loaded {
        /// The path that was loaded; nil before.
        var path: String?
        /// States that were ever opened: a call in another thread may still be at one.
        var guardians: [Guardian] = []
    }

    private static let lock = ProcessLock()
    /// Read and written under the lock.
    nonisolated(unsafe) private static var loaded = Loaded()
    /// The thread that asks the wrapped module for its functions: it comes back where that is this
    /// gate itself.
    private static let asking = Atomic<pthread_t>(0)

    private static let stateVariable = "ANCHORGATE_STATE"
    private static let identityVariable = "ANCHORGATE_IDENTITY"

    /// Loads the wrapped module where that is possible already, so that its own functions answer
    /// from the first call on. What hinders it is said by `C_Initialize`.
    static func prepare() {
        guard asking.load(ordering: .relaxed) != pthread_self() else { return }
        lock.withLock {
            guard loaded.path == nil, let state = try? openState() else { return }
            _ = load(state.configuration.module)
        }
    }

    /// `C_Initialize`: opens the state and starts the wrapped module.
    static func initialize(_ arguments: UnsafeMutableRawPointer?) -> CK_RV {
        lock.withLock {
            if current != nil, let initialize = wrapped.C_Initialize {
                return initialize(arguments)
            }
            let next: Guardian
            do throws(GateStateError) {
                let state = try openState()
                let row = try state.claim(identity())
                next =
                    loaded.guardians.first { $0.state.isFile(of: state) && $0.row == row }
                    ?? Guardian(state, row: row)
            } catch {
                report(error.description)
                return CKR_GENERAL_ERROR
            }
            if let problem = load(next.state.configuration.module) {
                report(problem)
                return CKR_GENERAL_ERROR
            }
            guard let initialize = wrapped.C_Initialize else { return CKR_GENERAL_ERROR }
            let code = initialize(arguments)
            // Where somebody else in this process was first, the module works all the same.
            guard code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED else { return code }
            if !loaded.guardians.contains(where: { $0 === next }) { loaded.guardians.append(next) }
            next.operations?.forget()
            current = Unmanaged.passUnretained(next)
            return code
        }
    }

    /// `C_Finalize`: stops the wrapped module, and lets nothing through any more.
    static func finalize(_ reserved: UnsafeMutableRawPointer?) -> CK_RV {
        lock.withLock {
            guard let finalize = wrapped.C_Finalize else { return CKR_CRYPTOKI_NOT_INITIALIZED }
            let code = finalize(reserved)
            if code == CKR_OK { current = nil }
            return code
        }
    }

    private static func openState() throws(GateStateError) -> GateState {
        guard let path = getenv(stateVariable).map({ String(cString: $0) }), !path.isEmpty else {
            throw GateStateError(
                "\(stateVariable) is not set: name the state that 'anchorbench gate create' made")
        }
        return try GateState(path: path)
    }

    private static func identity() -> String {
        let given = getenv(identityVariable).map { String(cString: $0) } ?? ""
        return given.isEmpty ? "uid:\(getuid())" : given
    }

    /// Loads a module and fills the list; a sentence where that is impossible.
    private static func load(_ path: String) -> String? {
        if let known = loaded.path {
            guard known != path else { return nil }
            return "this process already has a gate before '\(known)': '\(path)' cannot be guarded "
                + "by the same library"
        }
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            return "the wrapped module '\(path)' cannot be loaded: \(reason)"
        }
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            return "the wrapped module '\(path)' is no PKCS#11 module: it has no C_GetFunctionList"
        }
        let get = unsafeBitCast(symbol, to: CK_C_GetFunctionList.self)
        var functions: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        asking.store(pthread_self(), ordering: .relaxed)
        let code = withUnsafeMutablePointer(to: &functions) { get($0) }
        asking.store(0, ordering: .relaxed)
        guard code == CKR_OK, let functions else {
            return "the wrapped module '\(path)' gives no functions: its C_GetFunctionList "
                + "returned 0x\(String(code, radix: 16))"
        }
        guard functions != list else {
            return "the wrapped module '\(path)' is this gate itself: name the module behind it"
        }
        wrapped = functions.pointee
        var gated = wrapped
        // A list of a later standard is longer, and clients read its version to know that.
        if wrapped.version.major > 2 { gated.version = CK_VERSION(major: 2, minor: 40) }
        fillGated(&gated)
        list.pointee = gated
        loaded.path = path
        return nil
    }

    /// Says it in one line, whatever stands in the names that it quotes.
    private static func report(_ problem: String) {
        let text = problem.utf8.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: "?") : $0 }
        let line = Array("anchorgate: ".utf8) + text + [0x0a]
        _ = write(STDERR_FILENO, line, line.count)
    }
}

/// The one symbol that this library exports: where every other function is reached from.
///
/// C function: `C_GetFunctionList`. It may be called before `C_Initialize`.
@c(C_GetFunctionList)
public func getFunctionList(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?
) -> CK_RV {
    Gate.prepare()
    guard let list else { return Gate.wrapped.C_GetFunctionList?(nil) ?? CKR_ARGUMENTS_BAD }
    list.pointee = Gate.list
    return CKR_OK
}
