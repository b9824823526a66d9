import CCryptoki

/// A set of attributes: a template that a caller gave, or those of an object.
struct Attributes {
    private var values: [CK_ATTRIBUTE_TYPE: [UInt8]] = [:]

    private static let flags: Set<CK_ATTRIBUTE_TYPE> = [
        CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP,
        CKA_SIGN, CKA_VERIFY, CKA_DERIVE, CKA_EXTRACTABLE, CKA_MODIFIABLE, CKA_DESTROYABLE,
    ]

    private static let numbers: Set<CK_ATTRIBUTE_TYPE> = [
        CKA_CLASS, CKA_KEY_TYPE, CKA_VALUE_LEN, CKA_MODULUS_BITS,
    ]

    init() {}

    /// Copies a template.
    ///
    /// - Throws: `CKR_ARGUMENTS_BAD` for an array that is not there, `CKR_ATTRIBUTE_VALUE_INVALID`
    ///   for a value that is not there or has not the length of its type.
    init(_ template: UnsafeMutablePointer<CK_ATTRIBUTE>?, _ count: CK_ULONG) throws(Refusal) {
        guard count > 0 else { return }
        guard let template, count <= 1024 else { throw Refusal(CKR_ARGUMENTS_BAD) }
        for attribute in UnsafeBufferPointer(start: template, count: Int(count)) {
            let length = Int(bitPattern: attribute.ulValueLen)
            guard length >= 0, length == 0 || attribute.pValue != nil,
                !Self.flags.contains(attribute.type) || length == MemoryLayout<CK_BBOOL>.size,
                !Self.numbers.contains(attribute.type) || length == MemoryLayout<CK_ULONG>.size
            else { throw Refusal(CKR_ATTRIBUTE_VALUE_INVALID) }
            values[attribute.type] = Array(
                UnsafeRawBufferPointer(start: attribute.pValue, count: length))
        }
    }

    /// The bytes of an attribute, as the C interface has them; nil where it is not there.
    subscript(_ type: CK_ATTRIBUTE_TYPE) -> [UInt8]? {
        get { values[type] }
        set { values[type] = newValue }
    }

    /// An attribute that is a `CK_ULONG`.
    func number(_ type: CK_ATTRIBUTE_TYPE) -> CK_ULONG? {
        guard let bytes = values[type], bytes.count == MemoryLayout<CK_ULONG>.size else {
            return nil
        }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: CK_ULONG.self) }
    }

    /// An attribute that is a `CK_BBOOL`; false where it is not there.
    func flag(_ type: CK_ATTRIBUTE_TYPE) -> Bool {
        values[type].map { $0 != [0] } ?? false
    }

    mutating func set(_ type: CK_ATTRIBUTE_TYPE, _ number: CK_ULONG) {
        values[type] = withUnsafeBytes(of: number) { Array($0) }
    }

    mutating func set(_ type: CK_ATTRIBUTE_TYPE, _ flag: Bool) {
        values[type] = [flag ? 1 : 0]
    }

    /// Takes from others what is not here yet.
    mutating func complete(with others: Attributes) {
        values.merge(others.values) { own, _ in own }
    }

    /// Whether each of these attributes is in the other set with the same value: template matching.
    func matches(_ others: Attributes) -> Bool {
        values.allSatisfy { others.values[$0.key] == $0.value }
    }
}
