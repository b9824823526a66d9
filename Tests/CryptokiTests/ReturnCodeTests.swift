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
    }
}
