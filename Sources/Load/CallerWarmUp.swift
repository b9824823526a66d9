import Latency
import Units

// What a caller does before the release: calls that nothing records, past the throttle, so that the
// first recorded call is like all others.

/// How long a warm-up that ends by itself lasts.
enum AutomaticWarmUp {
    /// The calls of this time are judged first; then those of twice the time, and so on.
    static let shortest = Nanoseconds.milliseconds(50)
    /// After this time the warm-up ends, settled or not.
    static let longest = Nanoseconds.milliseconds(400)
}

extension Caller {
    /// Warms up as the load wants it, and records whether the service times have settled.
    func warmUp<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ record: inout CallerRecord
    ) {
        let begin = clock.now()
        switch load.warmUp {
        case .lasting(let time):
            _ = callUnrecorded(until: begin + time, &operation, &record) { _ in }
        case .automatic:
            settle(from: begin, &operation, &record)
        }
    }

    /// Calls until MSER-5 finds the end of the warm-up in the first half of what was called so far.
    private func settle<Call: Operation & ~Copyable>(
        from begin: Nanoseconds, _ operation: inout Call, _ record: inout CallerRecord
    ) {
        var detector = WarmUpDetector()
        var length = AutomaticWarmUp.shortest
        while true {
            let mayGoOn = callUnrecorded(until: begin + length, &operation, &record) {
                detector.record($0)
            }
            let isLast = length >= AutomaticWarmUp.longest || !mayGoOn
            switch detector.warmUp {
            case .ends: return record.isSettled = true
            // Too few calls to judge within the time allowed: nobody knows.
            case .tooFewCalls: if isLast { return }
            case .noSteadyState: if isLast { return record.isSettled = false }
            }
            length = min(Nanoseconds(2 * length.count), AutomaticWarmUp.longest)
        }
    }

    /// Calls until an instant; false where no more calls may be made before the release.
    private func callUnrecorded<Call: Operation & ~Copyable>(
        until end: Nanoseconds, _ operation: inout Call, _ record: inout CallerRecord,
        _ observe: (Nanoseconds) -> Void
    ) -> Bool {
        var index = Int(record.warmUpCalls % UInt64(operation.recordCount))
        var start = clock.now()
        while start < end, !gate.isStopped, pace(end) {
            guard mayWarmUp else { return false }
            if load.limits.isLimiting { start = clock.now() }
            let code = operation.perform(index)
            let done = clock.now()
            record.warmUpCalls &+= 1
            if code == 0 {
                observe(done - start)
            } else if !load.denialCodes.contains(code) {
                record.warmUpErrors[code, default: 0] += 1
                gate.countError(limit: load.errorLimit)
            }
            index = index + 1 < operation.recordCount ? index + 1 : 0
            start = done
        }
        return !gate.isStopped
    }

    /// Takes one call from the warm-up's part of the budget, if there is one left.
    private var mayWarmUp: Bool {
        load.limits.budget?.spendOnWarmUp() ?? true
    }
}
