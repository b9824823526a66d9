import Anchors
import Units

/// A thief whom no anchor holds: rows in the clear, or rows under one data key that he has
/// unwrapped once.
struct Dumper {
    private let order: DumpOrder
    private let anchor: LoadedAnchor?

    /// Rows that he reads together.
    private static let page = 1_000

    init(_ order: DumpOrder, _ anchor: LoadedAnchor?) {
        (self.order, self.anchor) = (order, anchor)
    }

    /// Takes every row and compares it with the truth.
    ///
    /// - Throws: `CryptokiError`, `StoreError`, `OpenSSLError`.
    func dump() throws -> DumpReport {
        let start = MonotonicInstant.now()
        let store = try order.opening.store.open(readOnly: true)
        defer { store.close() }
        let key = try unwrappedKey()
        var report = DumpReport(records: 0, wrong: 0, calls: key == nil ? 0 : 1, seconds: 0)
        var last: Int64 = 0
        while true {
            let rows = try store.rows(
                after: last, atMost: Self.page, from: key == nil ? .clear : .shared)
            guard let end = rows.last?.id else { break }
            for row in rows {
                let record = try key?.open(SealedBytes(iv: row.iv, ciphertext: row.sealed))
                let isRight = (record ?? row.sealed) == order.opening.truth.record(row.id)
                if isRight { report.records += 1 } else { report.wrong += 1 }
            }
            last = end
        }
        report.seconds = (MonotonicInstant.now() - start).seconds.value
        return report
    }

    /// The data key, for one call of the anchor.
    private func unwrappedKey() throws -> DataKey? {
        guard let wrapped = order.dataKey, let anchor else { return nil }
        var opener = try anchor.recordOpener(
            order.opening.mechanism, recordBytes: DataKey.length)
        let code = opener.open(SealedBytes(iv: wrapped.iv, ciphertext: wrapped.ciphertext))
        guard code == .ok else {
            throw CryptokiError.call(function: "C_Decrypt", code: code)
        }
        return DataKey(opener.takeOutput())
    }
}
