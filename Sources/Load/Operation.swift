import Units

/// What one call does: made and used in one caller's own thread, never shared.
package protocol Operation: ~Copyable, SendableMetatype {
    /// How many distinct records there are to open in turn.
    var recordCount: Int { get }
    /// Whether `untimed` is ever more than nothing; the same at every call, so a load asks once.
    var hasUntimedPart: Bool { get }
    /// Time inside the last `perform` that was not the operation's own, such as reading a key back
    /// between two timed calls: to be taken off what was timed.
    var untimed: Nanoseconds { get }
    /// Opens the record at `index`: the timed part, nothing else; 0 is success, anything else the
    /// code by which the failure is counted.
    mutating func perform(_ index: Int) -> UInt
    /// Whether what the last `perform` gave is right, every byte; not timed.
    func verify(_ index: Int) -> Bool
}

extension Operation where Self: ~Copyable {
    package var hasUntimedPart: Bool { false }
    package var untimed: Nanoseconds { .zero }
}
