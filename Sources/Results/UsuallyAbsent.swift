/// A value that stands in a file only where it is not the usual one: files of earlier versions,
/// which know nothing of it, stay readable, and so do equal runs stay equal texts.
@propertyWrapper
package struct UsuallyAbsent<Value: HasUsualValue>: Codable, Equatable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package init(from decoder: any Decoder) throws {
        wrappedValue = try Value(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension UsuallyAbsent: Sendable where Value: Sendable {}

/// A type with a value that goes without saying.
package protocol HasUsualValue: Codable, Equatable {
    /// The value where a file has none.
    static var usual: Self { get }
}

extension Bool: HasUsualValue {
    package static let usual = false
}

extension Array: HasUsualValue where Element: Codable & Equatable {
    package static var usual: [Element] { [] }
}

extension Dictionary: HasUsualValue where Key: Codable, Value: Codable & Equatable {
    package static var usual: [Key: Value] { [:] }
}

// What the compiler writes for a type with such a property calls these.

extension KeyedDecodingContainer {
    func decode<Value>(
        _ type: UsuallyAbsent<Value>.Type, forKey key: Key
    ) throws -> UsuallyAbsent<Value> {
        try decodeIfPresent(type, forKey: key) ?? UsuallyAbsent(wrappedValue: .usual)
    }
}

extension KeyedEncodingContainer {
    mutating func encode<Value>(_ value: UsuallyAbsent<Value>, forKey key: Key) throws {
        guard value.wrappedValue != .usual else { return }
        try encodeIfPresent(Optional(value), forKey: key)
    }
}
