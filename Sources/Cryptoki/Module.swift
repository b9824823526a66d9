import CCryptoki
import Glibc

/// A loaded and initialised PKCS#11 module: its function list, valid until the value dies.
///
/// Initialised with `CKF_OS_LOCKING_OK`, so that callers on several threads may share it.
@safe package final class Module: @unchecked Sendable {
    /// The path that the module was loaded from.
    package let path: String
    let functions: UnsafePointer<CK_FUNCTION_LIST>
    private let library: UnsafeMutableRawPointer
    /// Whether this value started the module, and so has to end it.
    private var isOwner = false

    /// Loads the library at `path` and calls `C_GetFunctionList` and `C_Initialize`.
    ///
    /// - Parameter initialize: a text that the module wants with `C_Initialize` (`pReserved`), such
    ///   as the configuration of NSS; nil for none, as the standard has it.
    /// - Throws: `CryptokiError.module` where the file is no PKCS#11 module, `.call` where the
    ///   module refuses to start.
    package init(path: String, initialize text: String? = nil) throws(CryptokiError) {
        self.path = path
        unsafe library = try Self.open(path)
        unsafe functions = try Self.functionList(of: library, path: path)
        let initialize = unsafe try member(functions.pointee.C_Initialize, "C_Initialize")
        let code = unsafe Self.withText(text) { text in
            var arguments = unsafe InitializeArguments()
            unsafe arguments.standard.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
            unsafe arguments.standard.pReserved = text
            return unsafe withUnsafeMutablePointer(to: &arguments) { unsafe initialize($0) }
        }
        guard code != ReturnCode.cryptokiAlreadyInitialized.rawValue else { return }
        try check("C_Initialize", code)
        isOwner = true
    }

    deinit {
        if isOwner { _ = unsafe functions.pointee.C_Finalize?(nil) }
        // The library stays mapped: some modules run threads that outlive C_Finalize.
    }

    /// `C_GetInfo`.
    package func info() throws(CryptokiError) -> ModuleInfo {
        var info = CK_INFO()
        let call = unsafe try member(functions.pointee.C_GetInfo, "C_GetInfo")
        try check("C_GetInfo", unsafe call(&info))
        return ModuleInfo(info)
    }

    /// A function of the list, which the standard says is never null.
    func member<Function>(
        _ function: Function?, _ name: String
    ) throws(CryptokiError) -> Function {
        guard let function else {
            throw CryptokiError.module(path: path, reason: "its function list lacks \(name)")
        }
        return function
    }

    /// The arguments of `C_Initialize`. Modules that take a text, as NSS and those made after it,
    /// look for one more pointer behind it, which must be null.
    @unsafe private struct InitializeArguments {
        var standard = unsafe CK_C_INITIALIZE_ARGS()
        var behind: UnsafeMutableRawPointer?
    }

    /// Lends a text as C has it; the module copies what it keeps.
    private static func withText(
        _ text: String?, _ body: (UnsafeMutableRawPointer?) -> CK_RV
    ) -> CK_RV {
        guard let text else { return body(nil) }
        var bytes = Array(text.utf8) + [0]
        return unsafe bytes.withUnsafeMutableBytes { unsafe body($0.baseAddress) }
    }

    private static func open(_ path: String) throws(CryptokiError) -> UnsafeMutableRawPointer {
        guard unsafe access(path, F_OK) == 0 else {
            throw CryptokiError.module(path: path, reason: "there is no such file")
        }
        // A bare name would be searched for in the folders of the system's libraries.
        guard path.utf8.contains(UInt8(ascii: "/")) else {
            throw CryptokiError.module(
                path: path, reason: "write its whole path, or './\(path)' for this folder")
        }
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen failed"
            guard !reason.contains("wrong ELF class") else {
                throw CryptokiError.module(
                    path: path,
                    reason: "it is a library for another word size than this 64-bit program; take "
                        + "the vendor's 64-bit one (\(reason))")
            }
            throw CryptokiError.module(path: path, reason: "it does not load (\(reason))")
        }
        return unsafe library
    }

    private static func functionList(
        of library: UnsafeMutableRawPointer, path: String
    ) throws(CryptokiError) -> UnsafePointer<CK_FUNCTION_LIST> {
        typealias GetFunctionList =
            @convention(c) (
                UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?
            ) -> CK_RV
        guard let symbol = unsafe dlsym(library, "C_GetFunctionList") else {
            let reason = "it exports no C_GetFunctionList, so it is no PKCS#11 module"
            throw CryptokiError.module(path: path, reason: reason)
        }
        let get = unsafe unsafeBitCast(symbol, to: GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        try check("C_GetFunctionList", unsafe get(&list))
        guard let list = unsafe list else {
            throw CryptokiError.module(path: path, reason: "C_GetFunctionList gave no list")
        }
        return unsafe UnsafePointer(list)
    }
}
