import Anchors
import Foundation
import Synchronization
import Units

/// A thief on a front end: he reads rows in an order of his own, each once, and asks the anchor for
/// each. What he opens is compared with the truth, and then forgotten.
final class Thief: Sendable {
    private let order: ThiefOrder
    private let anchor: LoadedAnchor
    private let threads = StageThreads()
    private let stop = StopFlag()
    private let released = DispatchSemaphore(value: 0)
    private let pace: ThiefTurns
    private let loot: Mutex<Loot>

    /// What he has so far.
    private struct Loot {
        /// The rows in the order in which he wants them, and how many he has asked for.
        var wanted: [Int64]
        var asked = 0
        var firstCall: Nanoseconds?
        var lastRecord: Nanoseconds?
        var opened: UInt64 = 0
        var wrong: UInt64 = 0
        var denied: UInt64 = 0
        var bins: [Int64: UInt64] = [:]
        var end: ThiefReport.End?

        var hasEverything: Bool { opened + wrong >= UInt64(wanted.count) }
    }

    /// Rows that he reads together where each is a call.
    private static let page = 32

    init(_ order: ThiefOrder, _ anchor: LoadedAnchor) {
        (self.order, self.anchor) = (order, anchor)
        pace = ThiefTurns(order.pace)
        var generator = SeededGenerator(seed: order.seed)
        loot = Mutex(
            Loot(wanted: (1...order.opening.rows).shuffled(using: &generator)))
    }

    /// Opens a session and the database for every caller.
    ///
    /// - Throws: `StageFailure`.
    func prepare() throws(StageFailure) {
        let opened = ReadinessLatch()
        threads.start(order.callers) { [self] _ in
            do {
                let opening = order.opening
                let one = opening.mechanism.sealedBound(
                    recordBytes: opening.truth.recordBytes, keyBits: Self.longestKey)
                var opener = try anchor.recordOpener(
                    opening.mechanism, recordBytes: opening.truth.recordBytes,
                    // An IV more where the last record is a single block.
                    longest: one * (order.recordsPerCall + 1))
                let store = try opening.store.open(readOnly: true)
                defer { store.close() }
                opened.report(nil)
                released.wait()
                steal(&opener, store)
            } catch {
                opened.report("\(error)")
            }
        }
        try opened.wait(for: order.callers)
    }

    /// No key makes a longer record; bits.
    private static let longestKey = 4_096

    /// Begins at an instant of the monotonic clock.
    ///
    /// - Parameter whenOver: called once he is at his end before he was told to stop.
    func start(at instant: Nanoseconds, whenOver: @escaping @Sendable () -> Void) {
        Thread.detachNewThread { [self] in
            MonotonicInstant.wait(until: instant)
            pace.begin(at: instant)
            for _ in 0..<order.callers { released.signal() }
            threads.join()
            whenOver()
        }
    }

    /// Stops, and tells what he has.
    func end() -> ThiefReport {
        stop.set()
        pace.stop()
        threads.join()
        return loot.withLock { loot in
            ThiefReport(
                end: loot.end ?? (loot.hasEverything ? .everything : .stopped),
                firstCall: loot.firstCall,
                lastRecord: loot.lastRecord, opened: loot.opened, wrong: loot.wrong,
                denied: loot.denied,
                bins: loot.bins.sorted { $0.key < $1.key }
                    .map { ThiefBin(index: $0.key, opened: $0.value) })
        }
    }

    private func steal(_ opener: inout RecordOpener, _ store: any RecordStore) {
        let count = max(order.recordsPerCall, Self.page / order.recordsPerCall)
        while let ids = nextRows(count) {
            let rows: [StoredRow]
            do throws(StoreError) {
                rows = try store.rows(withIDs: ids, from: .sealed)
            } catch {
                return finish(.broken("\(error)"))
            }
            guard rows.count == ids.count else {
                return finish(.broken("rows are missing in the database"))
            }
            for first in stride(from: 0, to: rows.count, by: order.recordsPerCall) {
                let group = Array(rows[first..<min(rows.count, first + order.recordsPerCall)])
                guard take(group, &opener) else { return }
            }
        }
    }

    /// The rows that he asks for next; nil where he has all, or is at his end.
    private func nextRows(_ count: Int) -> [Int64]? {
        loot.withLock { loot in
            guard loot.end == nil, !stop.isSet else { return nil }
            let rows = loot.wanted[loot.asked...].prefix(count)
            guard !rows.isEmpty else { return nil }
            loot.asked += rows.count
            return Array(rows)
        }
    }

    /// Opens some rows with one call, asking again where it is denied; false where he is at his
    /// end.
    private func take(_ rows: [StoredRow], _ opener: inout RecordOpener) -> Bool {
        let joined = JoinedRows(rows, order.opening.mechanism)
        while !stop.isSet {
            guard pace.awaitTurn() else { return false }
            loot.withLock { loot in
                if loot.end == nil, loot.firstCall == nil {
                    loot.firstCall = MonotonicInstant.now()
                }
            }
            let code = opener.open(joined.sealed)
            if code.rawValue == order.opening.revokedCode {
                finish(.revoked)
                return false
            }
            if code.rawValue == order.opening.throttledCode {
                loot.withLock { $0.denied += 1 }
                MonotonicInstant.wait(until: MonotonicInstant.now() + order.backoff)
                continue
            }
            guard code == .ok else {
                finish(.broken("a call was refused with \(code)"))
                return false
            }
            keep(joined.records(in: opener.takeOutput()), of: rows)
            return true
        }
        return false
    }

    /// Compares what was opened with the truth, and counts it.
    private func keep(_ records: [[UInt8]?], of rows: [StoredRow]) {
        let right = zip(records, rows).count { $0 == order.opening.truth.record($1.id) }
        let now = MonotonicInstant.now()
        loot.withLock { loot in
            loot.opened += UInt64(right)
            loot.wrong += UInt64(rows.count - right)
            guard right > 0 else { return }
            loot.lastRecord = now
            loot.bins[now.count / order.grain.count, default: 0] += UInt64(right)
        }
    }

    private func finish(_ end: ThiefReport.End) {
        loot.withLock { if $0.end == nil { $0.end = end } }
    }
}

/// Rows as one call opens them.
private struct JoinedRows {
    /// What is handed over.
    let sealed: SealedBytes
    private let joined: JoinedRecords?

    /// Rows that one call opens; more than one only of a mechanism that can be joined.
    init(_ rows: [StoredRow], _ mechanism: RecordMechanism) {
        guard rows.count > 1, mechanism.isJoinable else {
            sealed = SealedBytes(iv: rows[0].iv, ciphertext: rows[0].sealed)
            joined = nil
            return
        }
        let joined = JoinedRecords(
            rows.map { JoinedRecords.Record(iv: $0.iv, ciphertext: $0.sealed) },
            isPadded: mechanism == .aesCBCPad)
        sealed = SealedBytes(iv: rows[0].iv, ciphertext: joined.ciphertext)
        self.joined = joined
    }

    /// The records in what a call gave; nil for each that is not well padded.
    func records(in output: [UInt8]) -> [[UInt8]?] {
        guard let joined else { return [output] }
        return joined.plaintexts(in: output)
    }
}
