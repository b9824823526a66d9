import CCryptoki
import Testing

/// One session of a module, with the calls that tests make of it.
final class Caller: @unchecked Sendable {
    let functions: CK_FUNCTION_LIST
    let session: CK_SESSION_HANDLE

    /// What a cipher call gave: a code and as many bytes as it said.
    struct Answer: Equatable {
        let code: CK_RV
        let bytes: [UInt8]
    }

    /// Opens a read-write session, without logging in.
    init(_ functions: CK_FUNCTION_LIST) throws {
        self.functions = functions
        var handle: CK_SESSION_HANDLE = 0
        let code = functions.C_OpenSession(
            0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nil, nil, &handle)
        if code != CKR_OK { throw ScriptedModule.Unexpected(function: "C_OpenSession", code: code) }
        session = handle
    }

    func logIn(_ pin: String = "1234") -> CK_RV {
        var bytes = Array(pin.utf8)
        return functions.C_Login(session, CKU_USER, &bytes, CK_ULONG(bytes.count))
    }

    /// The handles of the objects with these attributes.
    func find(_ attributes: [(CK_ATTRIBUTE_TYPE, [UInt8])]) -> [CK_OBJECT_HANDLE] {
        var handles = [CK_OBJECT_HANDLE](repeating: 0, count: 16)
        var count: CK_ULONG = 0
        let begun = withTemplate(attributes) { functions.C_FindObjectsInit(session, $0, $1) }
        #expect(begun == CKR_OK)
        #expect(functions.C_FindObjects(session, &handles, 16, &count) == CKR_OK)
        #expect(functions.C_FindObjectsFinal(session) == CKR_OK)
        return Array(handles.prefix(Int(count)))
    }

    /// The handle of the one object with a label and a class.
    func find(_ label: String, _ objectClass: CK_OBJECT_CLASS) throws -> CK_OBJECT_HANDLE {
        try #require(find([(CKA_LABEL, Array(label.utf8)), (CKA_CLASS, bytes(objectClass))]).first)
    }

    func decryptInit(_ mechanism: MechanismCase, _ key: CK_OBJECT_HANDLE) -> CK_RV {
        mechanism.withMechanism { functions.C_DecryptInit(session, $0, key) }
    }

    func encryptInit(_ mechanism: MechanismCase, _ key: CK_OBJECT_HANDLE) -> CK_RV {
        mechanism.withMechanism { functions.C_EncryptInit(session, $0, key) }
    }

    func encrypt(_ plaintext: [UInt8], capacity: Int = 4096) -> Answer {
        cipher(functions.C_Encrypt, plaintext, capacity)
    }

    func decrypt(_ ciphertext: [UInt8], capacity: Int = 4096) -> Answer {
        cipher(functions.C_Decrypt, ciphertext, capacity)
    }

    /// The length that a call with no output buffer tells.
    func lengthOf(_ function: CK_C_Decrypt?, _ input: [UInt8]) -> CK_ULONG? {
        var input = input
        var length: CK_ULONG = 0
        let code = function?(session, &input, CK_ULONG(input.count), nil, &length)
        return code == CKR_OK ? length : nil
    }

    func cipher(_ function: CK_C_Decrypt?, _ input: [UInt8], _ capacity: Int) -> Answer {
        var input = input
        var output = [UInt8](repeating: 0, count: max(1, capacity))
        var length = CK_ULONG(capacity)
        let code =
            function?(session, &input, CK_ULONG(input.count), &output, &length) ?? CKR_GENERAL_ERROR
        return Answer(code: code, bytes: code == CKR_OK ? Array(output.prefix(Int(length))) : [])
    }
}

/// The bytes of a number, as an attribute has them.
func bytes(_ number: CK_ULONG) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
}

/// A template for the length of a call.
func withTemplate<Result>(
    _ attributes: [(CK_ATTRIBUTE_TYPE, [UInt8])],
    _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Result
) -> Result {
    let values = attributes.map { attribute in
        let value = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: attribute.1.count)
        _ = value.update(from: attribute.1)
        return value
    }
    defer { values.forEach { $0.deallocate() } }
    var template = zip(attributes, values).map { attribute, value in
        CK_ATTRIBUTE(
            type: attribute.0, pValue: value.baseAddress, ulValueLen: CK_ULONG(value.count))
    }
    return body(&template, CK_ULONG(template.count))
}
