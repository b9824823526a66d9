import CCryptoki

/// An attribute of an object: its `CKA_` number and its bytes as the module wants them.
struct Attribute {
    let type: UInt
    var bytes: [UInt8]

    static func flag(_ type: UInt, _ value: Bool) -> Attribute {
        Attribute(type: type, bytes: [value ? 1 : 0])
    }

    /// A `CK_ULONG`, in the machine's byte order.
    static func number(_ type: UInt, _ value: UInt) -> Attribute {
        let bytes = unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
        return Attribute(type: type, bytes: bytes)
    }

    static func bytes(_ type: UInt, _ value: [UInt8]) -> Attribute {
        Attribute(type: type, bytes: value)
    }

    static func text(_ type: UInt, _ value: String) -> Attribute {
        Attribute(type: type, bytes: Array(value.utf8))
    }
}

extension [Attribute] {
    /// The attributes as the C array that a call takes, valid while `body` runs.
    func withTemplate<Result>(
        _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, UInt) -> Result
    ) -> Result {
        var values = flatMap(\.bytes)
        return unsafe values.withUnsafeMutableBytes { storage in
            var offset = 0
            var template = unsafe map { attribute in
                let start = unsafe storage.baseAddress.map { unsafe $0 + offset }
                offset += attribute.bytes.count
                return unsafe CK_ATTRIBUTE(
                    type: attribute.type, pValue: start, ulValueLen: UInt(attribute.bytes.count))
            }
            return unsafe template.withUnsafeMutableBufferPointer {
                unsafe body($0.baseAddress, UInt($0.count))
            }
        }
    }
}

/// A template that lives as long as its value, for a call that is timed: nothing is laid out then.
@safe struct FixedTemplate: ~Copyable {
    let start: UnsafeMutablePointer<CK_ATTRIBUTE>
    let count: UInt
    private let values: UnsafeMutableRawPointer

    init(_ attributes: [Attribute]) {
        count = UInt(attributes.count)
        unsafe start = .allocate(capacity: attributes.count)
        unsafe values = .allocate(
            byteCount: max(1, attributes.reduce(0) { $0 + $1.bytes.count }), alignment: 8)
        var offset = 0
        for (index, attribute) in attributes.enumerated() {
            let place = unsafe values + offset
            unsafe place.copyMemory(from: attribute.bytes, byteCount: attribute.bytes.count)
            unsafe (start + index).initialize(
                to: CK_ATTRIBUTE(
                    type: attribute.type, pValue: place, ulValueLen: UInt(attribute.bytes.count)))
            offset += attribute.bytes.count
        }
    }

    deinit {
        unsafe start.deallocate()
        unsafe values.deallocate()
    }
}

/// What asking for one attribute gave.
package enum AttributeValue: Equatable, Sendable {
    /// The bytes.
    case bytes([UInt8])
    /// The module keeps it to itself (`CKR_ATTRIBUTE_SENSITIVE`).
    case sensitive
    /// The object, or the module, has no such attribute.
    case absent

    /// The value as a `CK_BBOOL`, nil where it is none.
    package var flag: Bool? {
        guard case .bytes(let bytes) = self, bytes.count == 1 else { return nil }
        return bytes[0] != 0
    }

    /// The value as a `CK_ULONG`, nil where it is none.
    package var number: UInt? {
        guard case .bytes(let bytes) = self, bytes.count == MemoryLayout<UInt>.size else {
            return nil
        }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt($1) }
    }
}
