import Anchors
import Foundation
import Synchronization
import Units

/// A front end that opens rows for its users: calls that fall due whatever becomes of them, of rows
/// at random, but for canaries.
final class FrontEnd: Sendable {
    private let order: FrontEndOrder
    private let anchor: LoadedAnchor
    private let canaries: Set<Int64>
    private let threads = StageThreads()
    private let stop = StopFlag()
    private let schedule = Mutex<ArrivalSchedule?>(nil)
    private let released = DispatchSemaphore(value: 0)
    private let tally = Mutex<(bins: [Int64: FrontEndBin], firstError: String?)>(([:], nil))

    init(_ order: FrontEndOrder, _ anchor: LoadedAnchor) {
        (self.order, self.anchor) = (order, anchor)
        canaries = order.canaries.ids
    }

    /// Opens a session and the database for every thread.
    ///
    /// - Throws: what the first of them failed with.
    func prepare() throws {
        let opened = ReadinessLatch()
        threads.start(order.threads) { [self] index in
            do {
                let opening = order.opening
                var opener = try anchor.recordOpener(
                    opening.mechanism, recordBytes: opening.truth.recordBytes)
                let store = try opening.store.open(readOnly: true)
                defer { store.close() }
                opened.report(nil)
                released.wait()
                serve(index, &opener, store)
            } catch {
                opened.report("\(error)")
            }
        }
        try opened.wait(for: order.threads)
    }

    /// Begins at an instant of the monotonic clock.
    func start(at instant: Nanoseconds) {
        schedule.withLock { $0 = ArrivalSchedule(order.arrivals, from: instant) }
        for _ in 0..<order.threads { released.signal() }
    }

    /// Ends, and tells what became of the calls.
    func end() -> FrontEndReport {
        stop.set()
        threads.join()
        return tally.withLock { tally in
            FrontEndReport(
                bins: tally.bins.values.sorted { $0.index < $1.index },
                firstError: tally.firstError)
        }
    }

    private func serve(
        _ index: Int, _ opener: inout RecordOpener, _ store: any RecordStore
    ) {
        guard let schedule = schedule.withLock({ $0 }) else { return }
        var generator = SeededGenerator(seed: order.arrivals.seed ^ UInt64(index + 1) << 32)
        while !stop.isSet {
            let due = schedule.next()
            guard stop.sleep(until: due) else { return }
            let outcome = open(wantedRow(&generator), &opener, store)
            count(outcome, due: due, response: MonotonicInstant.now() - due)
        }
    }

    /// A row that a user asks for.
    private func wantedRow(_ generator: inout SeededGenerator) -> Int64 {
        while true {
            let id = Int64.random(in: 1...order.opening.rows, using: &generator)
            if !canaries.contains(id) { return id }
        }
    }

    private enum Outcome {
        case opened, denied
        case failed(String)
    }

    private func open(
        _ id: Int64, _ opener: inout RecordOpener, _ store: any RecordStore
    ) -> Outcome {
        do throws(StoreError) {
            guard let row = try store.row(id, from: .sealed) else {
                return .failed("row \(id) is not in the database")
            }
            let code = opener.open(SealedBytes(iv: row.iv, ciphertext: row.sealed))
            if code.rawValue == order.opening.throttledCode { return .denied }
            guard code == .ok else { return .failed("a call was refused with \(code)") }
            return opener.takeOutput(is: order.opening.truth.record(id))
                ? .opened : .failed("row \(id) opened to something else than what was sealed")
        } catch {
            return .failed("\(error)")
        }
    }

    private func count(_ outcome: Outcome, due: Nanoseconds, response: Nanoseconds) {
        let index = due.count / order.grain.count
        tally.withLock { tally in
            var bin = tally.bins[index] ?? FrontEndBin(index: index)
            switch outcome {
            case .opened: bin.opened += 1
            case .denied: bin.denied += 1
            case .failed(let reason):
                bin.errors += 1
                if tally.firstError == nil { tally.firstError = reason }
            }
            bin.responses += response.count
            bin.longest = max(bin.longest, response.count)
            tally.bins[index] = bin
        }
    }
}

/// Where threads say that they are ready, or why they never will be.
final class ReadinessLatch: Sendable {
    private let failure = Mutex<String?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    /// Says that one more is ready, or why it is not.
    func report(_ reason: String?) {
        failure.withLock { if $0 == nil { $0 = reason } }
        arrived.signal()
    }

    /// Waits for so many.
    ///
    /// - Throws: `StageFailure` with what the first was not ready for.
    func wait(for count: Int) throws(StageFailure) {
        for _ in 0..<count { arrived.wait() }
        if let reason = failure.withLock({ $0 }) { throw StageFailure(reason) }
    }
}

/// Why a part cannot be played, in a sentence.
struct StageFailure: Error, CustomStringConvertible, Equatable {
    let description: String

    init(_ description: String) { self.description = description }
}
