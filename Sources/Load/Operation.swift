/// What one call does: made and used in one caller's own thread, never shared.
package protocol Operation: ~Copyable, SendableMetatype {
    /// How many distinct records there are to open in turn.
    var recordCount: Int { get }
    /// Opens the record at `index`: the timed part, nothing else; 0 is success, anything else the
    /// code by which the failure is counted.
    mutating func perform(_ index: Int) -> UInt
    /// Whether what the last `perform` gave is right, every byte; not timed.
    func verify(_ index: Int) -> Bool
}
