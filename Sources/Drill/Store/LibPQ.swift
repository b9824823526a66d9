import CLibpq
import Glibc

/// The functions of libpq, found in the installed library when a PostgreSQL database is first
/// opened: whoever drills on SQLite needs no libpq.
@safe final class LibPQ: @unchecked Sendable {
    /// The library, or why it cannot be had; opened once and for good.
    static let loaded = load(name)

    /// The name that its versions since PostgreSQL 8 share.
    private static let name = "libpq.so.5"

    let connect: @convention(c) (UnsafePointer<CChar>?) -> OpaquePointer?
    let ping: @convention(c) (UnsafePointer<CChar>?) -> PGPing
    let finish: @convention(c) (OpaquePointer?) -> Void
    let status: @convention(c) (OpaquePointer?) -> ConnStatusType
    let errorMessage: @convention(c) (OpaquePointer?) -> UnsafeMutablePointer<CChar>?
    let serverVersion: @convention(c) (OpaquePointer?) -> CInt
    let execute: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> OpaquePointer?
    let prepare:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, CInt, UnsafePointer<Oid>?
        ) -> OpaquePointer?
    let executePrepared:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, CInt, UnsafePointer<UnsafePointer<CChar>?>?,
            UnsafePointer<CInt>?, UnsafePointer<CInt>?, CInt
        ) -> OpaquePointer?
    let nextResult: @convention(c) (OpaquePointer?) -> OpaquePointer?
    // C has `const char *` here, for bytes of any kind.
    let putCopyData: @convention(c) (OpaquePointer?, UnsafeRawPointer?, CInt) -> CInt
    let putCopyEnd: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> CInt
    let resultStatus: @convention(c) (OpaquePointer?) -> ExecStatusType
    let resultErrorField: @convention(c) (OpaquePointer?, CInt) -> UnsafeMutablePointer<CChar>?
    let rowCount: @convention(c) (OpaquePointer?) -> CInt
    let length: @convention(c) (OpaquePointer?, CInt, CInt) -> CInt
    let value: @convention(c) (OpaquePointer?, CInt, CInt) -> UnsafeMutablePointer<CChar>?
    let clear: @convention(c) (OpaquePointer?) -> Void

    private init(_ name: String) throws(StoreError) {
        guard let library = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen failed"
            throw Self.unusable(reason)
        }
        unsafe connect = try Self.find("PQconnectdb", in: library)
        unsafe ping = try Self.find("PQping", in: library)
        unsafe finish = try Self.find("PQfinish", in: library)
        unsafe status = try Self.find("PQstatus", in: library)
        unsafe errorMessage = try Self.find("PQerrorMessage", in: library)
        unsafe serverVersion = try Self.find("PQserverVersion", in: library)
        unsafe execute = try Self.find("PQexec", in: library)
        unsafe prepare = try Self.find("PQprepare", in: library)
        unsafe executePrepared = try Self.find("PQexecPrepared", in: library)
        unsafe nextResult = try Self.find("PQgetResult", in: library)
        unsafe putCopyData = try Self.find("PQputCopyData", in: library)
        unsafe putCopyEnd = try Self.find("PQputCopyEnd", in: library)
        unsafe resultStatus = try Self.find("PQresultStatus", in: library)
        unsafe resultErrorField = try Self.find("PQresultErrorField", in: library)
        unsafe rowCount = try Self.find("PQntuples", in: library)
        unsafe length = try Self.find("PQgetlength", in: library)
        unsafe value = try Self.find("PQgetvalue", in: library)
        unsafe clear = try Self.find("PQclear", in: library)
    }

    /// The library of a name.
    static func load(_ name: String) -> Result<LibPQ, StoreError> {
        do throws(StoreError) {
            return .success(try LibPQ(name))
        } catch {
            return .failure(error)
        }
    }

    private static func find<Function>(
        _ function: String, in library: UnsafeMutableRawPointer
    ) throws(StoreError) -> Function {
        guard let symbol = unsafe dlsym(library, function) else {
            throw unusable("it has no \(function)")
        }
        return unsafe unsafeBitCast(symbol, to: Function.self)
    }

    private static func unusable(_ reason: String) -> StoreError {
        StoreError(
            .refused, "postgres", "PostgreSQL's library does not load: \(reason)",
            remedy: "install it with 'apt-get install libpq5'")
    }
}
