import CCryptoki
import Glibc
import Testing

/// Everything runs one after the other: a module has one state a process, and so has an
/// environment.
@Suite(.serialized) enum ModuleTests {}

/// The built library, opened as an application does, and initialised with one script.
///
/// The library is opened from a copy, so that tests of others that open it in this process have
/// their own.
struct ScriptedModule: ~Copyable {
    let functions: CK_FUNCTION_LIST

    nonisolated(unsafe) private static let list = load()

    struct LoadError: Error {
        let reason: String
    }

    /// A code that a call answered and that a test did not ask for.
    struct Unexpected: Error {
        let function: String
        let code: CK_RV
    }

    /// Initialises with a script, or fails the test.
    init(_ script: String = "") throws {
        let list = try Self.functionList()
        let code = Self.initialize(script)
        guard code == CKR_OK else { throw Unexpected(function: "C_Initialize", code: code) }
        functions = list
    }

    deinit {
        _ = functions.C_Finalize(nil)
    }

    static func functionList() throws -> CK_FUNCTION_LIST {
        try list.get().pointee
    }

    /// Calls `C_Initialize` with a script in the environment.
    static func initialize(_ script: String) -> CK_RV {
        setenv("ANCHORBENCH_SCRIPT", script, 1)
        defer { unsetenv("ANCHORBENCH_SCRIPT") }
        guard let functions = try? functionList() else { return CKR_GENERAL_ERROR }
        return functions.C_Initialize(nil)
    }

    private static func load() -> Result<UnsafeMutablePointer<CK_FUNCTION_LIST>, LoadError> {
        guard let library = copyOfLibrary() else {
            return .failure(LoadError(reason: "libScriptedToken.so is not beside the tests"))
        }
        defer { unlink(library) }
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
            return .failure(LoadError(reason: String(cString: dlerror())))
        }
        guard let symbol = dlsym(handle, "C_GetFunctionList") else {
            return .failure(LoadError(reason: "C_GetFunctionList is not exported"))
        }
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        _ = unsafeBitCast(symbol, to: CK_C_GetFunctionList.self)(&list)
        guard let list else { return .failure(LoadError(reason: "no function list")) }
        return .success(list)
    }

    /// Walks up from the executable and from the test bundle to the build folder.
    private static func copyOfLibrary() -> String? {
        for start in [executable()] + CommandLine.arguments {
            var folder = start[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                let copy = "/tmp/libScriptedToken-\(getpid()).so"
                if copyFile(folder + "/libScriptedToken.so", to: copy) { return copy }
            }
        }
        return nil
    }

    private static func executable() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
            guard let start = path.baseAddress else { return "" }
            let length = max(0, readlink("/proc/self/exe", start, path.count - 1))
            path[length] = 0
            return String(cString: start)
        }
    }

    private static func copyFile(_ source: Substring, to target: String) -> Bool {
        let from = open(String(source), O_RDONLY)
        guard from >= 0 else { return false }
        defer { close(from) }
        let to = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o700)
        guard to >= 0 else { return false }
        defer { close(to) }
        while true {
            let copied = sendfile(to, from, nil, 1 << 24)
            if copied <= 0 { return copied == 0 }
        }
    }
}
