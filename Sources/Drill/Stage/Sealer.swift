import Anchors
import GateState
import Units

/// Fills the database of a drill: every row sealed under the anchor's key, and the same rows in the
/// clear and under one shared data key for the thefts that need no anchor.
struct Sealer {
    private let order: OpeningOrder
    private let canaries: CanaryRows
    private let anchor: LoadedAnchor

    /// Rows that are stored together.
    private static let batch: Int64 = 2_000

    init(_ order: SealOrder, _ anchor: LoadedAnchor) {
        (self.order, canaries, self.anchor) = (order.opening, order.canaries, anchor)
    }

    /// Fills it.
    ///
    /// - Throws: `CryptokiError`, `StoreError`, `OpenSSLError`.
    func fill() throws -> SealedReport {
        let start = MonotonicInstant.now()
        let store = try order.store.open(readOnly: false)
        defer { store.close() }
        var opener = try anchor.recordOpener(
            order.mechanism, recordBytes: order.truth.recordBytes)
        let shared = DataKey()
        let unwanted = canaries.ids
        var fingerprints: [UInt64] = []
        for first in stride(from: 1, through: order.rows, by: Int(Self.batch)) {
            let ids = first...min(order.rows, first + Self.batch - 1)
            var sealed: [StoredRow] = []
            sealed.reserveCapacity(ids.count)
            for id in ids {
                let record = try opener.seal(order.truth.record(id))
                sealed.append(StoredRow(id: id, iv: record.iv, sealed: record.ciphertext))
                if unwanted.contains(id),
                    let fingerprint = GateConfiguration.fingerprint(of: record.ciphertext)
                {
                    fingerprints.append(fingerprint)
                }
            }
            try store.insert(sealed, into: .sealed)
            try store.insert(
                ids.map { StoredRow(id: $0, iv: [], sealed: order.truth.record($0)) },
                into: .clear)
            try store.insert(
                ids.map { id in
                    let record = try shared.seal(order.truth.record(id))
                    return StoredRow(id: id, iv: record.iv, sealed: record.ciphertext)
                }, into: .shared)
        }
        let seconds = (MonotonicInstant.now() - start).seconds.value
        var wrapper = try anchor.recordOpener(order.mechanism, recordBytes: DataKey.length)
        let wrapped = try wrapper.seal(shared.value)
        return SealedReport(
            introduction: try order.anchor.introduce(anchor), database: store.version,
            seconds: seconds,
            dataKey: WrappedKey(iv: wrapped.iv, ciphertext: wrapped.ciphertext),
            canaries: fingerprints)
    }
}
