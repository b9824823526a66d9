import CCryptoki
import Testing

@testable import Cryptoki

@Suite("A return code survives with its name")
struct CodeNameTests {
    @Test("codes have the names of the standard's header")
    func known() {
        let codes: [(UInt, String)] = [
            (CKR_OK, "CKR_OK"), (CKR_HOST_MEMORY, "CKR_HOST_MEMORY"),
            (CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"), (CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD"),
            (CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"), (CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"),
            (CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID"),
            (CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"),
            (CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"),
            (CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE"),
            (CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"), (CKR_PIN_LOCKED, "CKR_PIN_LOCKED"),
            (CKR_SESSION_COUNT, "CKR_SESSION_COUNT"),
            (CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"),
            (CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"),
            (CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"),
            (CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN"),
            (CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL"),
            (CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"),
            (CKR_CRYPTOKI_ALREADY_INITIALIZED, "CKR_CRYPTOKI_ALREADY_INITIALIZED"),
        ]
        for (code, name) in codes {
            #expect(ReturnCode(rawValue: code).description == name)
        }
        #expect(ReturnCode.pinIncorrect.rawValue == CKR_PIN_INCORRECT)
        #expect(ReturnCode.attributeSensitive.rawValue == CKR_ATTRIBUTE_SENSITIVE)
    }

    @Test("only the five codes on which the published headers disagree share a name")
    func names() {
        let names = ReturnCode.names.values
        let shared = Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys
        #expect(
            shared.sorted() == [
                "CKR_EXCEEDED_MAX_ITERATIONS", "CKR_FIPS_SELF_TEST_FAILED",
                "CKR_LIBRARY_LOAD_FAILED", "CKR_PIN_TOO_WEAK", "CKR_PUBLIC_KEY_INVALID",
            ])
        #expect(names.count > 80)
        #expect(names.allSatisfy { $0.hasPrefix("CKR_") })
    }

    @Test(
        "a vendor's code and an unknown one keep their number",
        arguments: [
            (0x8000_0000, "CKR_VENDOR_DEFINED+0x0"), (0x8000_0012, "CKR_VENDOR_DEFINED+0x12"),
            (0xffff_ffff, "CKR_VENDOR_DEFINED+0x7fffffff"), (0x1234, "CKR_0x1234"),
            (0x1_0000_0000, "CKR_0x100000000"),
        ] as [(UInt, String)])
    func unknown(_ code: UInt, _ name: String) {
        #expect(ReturnCode(rawValue: code).description == name)
        #expect(ReturnCode(rawValue: code).rawValue == code)
    }

    @Test("an error names the function and the code")
    func errors() {
        let error = #expect(throws: CryptokiError.self) { try check("C_Sign", CKR_DEVICE_ERROR) }
        #expect(error?.description == "C_Sign answered CKR_DEVICE_ERROR")
        #expect(throws: Never.self) { try check("C_Sign", CKR_OK) }
        let refused = CryptokiError.pinRefused(code: .pinIncorrect).description
        #expect(refused.hasPrefix("C_Login answered CKR_PIN_INCORRECT: the PIN was tried once"))
        let locked = CryptokiError.pinRefused(code: .pinLocked).description
        #expect(locked.hasSuffix("only its security officer can set a new one"))
    }

    @Test(
        "what ends a command says what to do",
        arguments: [
            ("C_Initialize", CKR_HOST_MEMORY, "is the daemon or device that it needs there"),
            ("C_OpenSession", CKR_TOKEN_WRITE_PROTECTED, "take 'anchor.session: read-only'"),
            ("C_GenerateKey", CKR_TOKEN_WRITE_PROTECTED, "a key that it stores with 'object='"),
            ("C_GenerateKey", CKR_SESSION_READ_ONLY, "take 'anchor.session: read-write'"),
            ("C_OpenSession", CKR_SESSION_COUNT, "take fewer callers"),
            ("C_Login", CKR_USER_PIN_NOT_INITIALIZED, "its security officer must set one"),
            ("C_OpenSession", CKR_DEVICE_REMOVED, "the token is gone"),
        ] as [(String, UInt, String)])
    func advice(_ function: String, _ code: UInt, _ expected: String) {
        let error = CryptokiError.call(function: function, code: ReturnCode(rawValue: code))
        #expect(error.advice.hasPrefix(error.description + ": "), "\(error.advice)")
        #expect(error.advice.contains(expected), "\(error.advice)")
        #expect(!error.description.contains(expected))
    }

    @Test("a code tells whether a request was refused or a device is in trouble")
    func concerns() {
        for code in [
            CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_DATA_LEN_RANGE,
            CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_SIZE_RANGE, CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_TEMPLATE_INCONSISTENT, CKR_FUNCTION_NOT_SUPPORTED, CKR_SESSION_READ_ONLY,
        ] {
            #expect(ReturnCode(rawValue: code).concernsRequest)
        }
        for code in [
            CKR_OK, CKR_GENERAL_ERROR, CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_HOST_MEMORY,
            CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT, CKR_KEY_HANDLE_INVALID,
            CKR_PIN_LOCKED, CKR_CRYPTOKI_NOT_INITIALIZED,
        ] {
            #expect(!ReturnCode(rawValue: code).concernsRequest)
        }
    }
}
