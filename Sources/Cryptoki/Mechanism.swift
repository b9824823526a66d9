/// A `CKM_` number, named where the standard names it.
package struct MechanismType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    package let rawValue: UInt

    package init(rawValue: UInt) { self.rawValue = rawValue }

    package var description: String {
        Self.names[rawValue] ?? "CKM_0x\(String(rawValue, radix: 16))"
    }
}
