import CCryptoki
import Glibc
import Testing

extension ModuleTests {
    /// A loaded machine makes calls longer and none shorter: figures are the shortest of several.
    @Suite struct PaceTests {
        /// One call, in nanoseconds of the monotonic clock.
        private struct Timed {
            let start_ns: UInt64
            let length_ns: UInt64
        }

        @Test("a slowdown multiplies every service and no more")
        func slowdown() throws {
            let isSlowed = try attempts { seed in
                let script = "service=exponential:400us; seed=\(seed)"
                let usual = try shortest_ns(script, calls: 40)
                let slowed = try shortest_ns("\(script); slowdown=2.5", calls: 40)
                let ratio = Double(slowed.reduce(0, +)) / Double(usual.reduce(0, +))
                return (2.3..<2.7).contains(ratio)
            }
            #expect(isSlowed)
            let isQuickened = try attempts { _ in
                let fixed = try shortest_ns("service=fixed:2ms; slowdown=0.5", calls: 10)
                #expect(fixed.allSatisfy { $0 >= 995_000 })
                return (fixed.min() ?? 0) < 1_500_000
            }
            #expect(isQuickened)
        }

        @Test("a jitter changes from period to period by as much as it says, around 1")
        func depth() throws {
            let period_ns: UInt64 = 12_000_000
            let near = try attempts { seed in
                let calls = try timed(
                    "service=fixed:100us; jitter=0.5:12ms; seed=\(seed)", calls: 4_000)
                let periods = Dictionary(grouping: calls) { $0.start_ns / period_ns }
                // A call of the last nanosecond of a period may be served in the next, and a
                // period that the machine spoils has no short call: medians forgive both.
                let logs = periods.values.compactMap { calls in
                    calls.map(\.length_ns).min().map { log(Double($0) / 100_000) }
                }
                let middle = median(logs)
                let deviation = 1.4826 * median(logs.map { abs($0 - middle) })
                return logs.count >= 25 && abs(middle) < 0.3 && (0.3..<0.75).contains(deviation)
            }
            #expect(near)
        }

        @Test("at one time a jitter is the same for all who have its seed, and for no others")
        func shared() throws {
            let period_ns: UInt64 = 2_000_000_000
            let isShared = try attempts { seed in
                waitForRoom(in: period_ns)
                let script = "service=fixed:1ms; jitter=1:2s; seed="
                let lengths = try [seed, seed, seed + 1].map { seed in
                    try timed(script + String(seed), calls: 12)
                }
                let periods = Set(lengths.joined().map { $0.start_ns / period_ns })
                guard periods.count == 1 else { return false }
                let shortest = lengths.map { Double($0.map(\.length_ns).min() ?? 0) }
                return abs(log(shortest[1] / shortest[0])) < 0.1
                    && abs(log(shortest[2] / shortest[0])) > 0.2
            }
            #expect(isShared)
        }

        @Test("jitters multiply")
        func multiplied() throws {
            let near = try attempts { seed in
                let period_ns: UInt64 = 2_000_000_000
                waitForRoom(in: period_ns)
                let base = "service=fixed:1ms; seed=\(seed); jitter="
                let scripts = ["0.8:2s", "0:1s; jitter=0.5:2s", "0.8:2s; jitter=0.5:2s"]
                let runs = try scripts.map { try timed(base + $0, calls: 12) }
                guard Set(runs.joined().map { $0.start_ns / period_ns }).count == 1 else {
                    return false
                }
                let logs = runs.map { log(Double($0.map(\.length_ns).min() ?? 0) / 1e6) }
                return abs(logs[0] + logs[1] - logs[2]) < 0.1 && abs(logs[1]) > 0.1
            }
            #expect(near)
        }

        private func median(_ values: [Double]) -> Double {
            values.sorted()[values.count / 2]
        }

        /// Returns where at least half of a period is left.
        private func waitForRoom(in period_ns: UInt64) {
            let gone_ns = now_ns() % period_ns
            if gone_ns > period_ns / 2 { usleep(UInt32((period_ns - gone_ns) / 1000 + 1)) }
        }

        /// Whether one of ten seeds shows what it should: any may meet a busy machine.
        private func attempts(_ body: (Int) throws -> Bool) rethrows -> Bool {
            for seed in 1...10 where try body(seed) { return true }
            return false
        }

        /// The length of each call, the shortest of five runs.
        private func shortest_ns(_ script: String, calls: Int) throws -> [UInt64] {
            let runs = try (0..<5).map { _ in try timed(script, calls: calls).map(\.length_ns) }
            return (0..<calls).map { call in runs.map { $0[call] }.min() ?? 0 }
        }

        /// Calls of one caller, one after the other.
        private func timed(_ script: String, calls: Int) throws -> [Timed] {
            let module = try ScriptedModule(script)
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            let ciphertext = [UInt8](repeating: 0, count: 64)
            return try (0..<calls).map { _ in
                try #require(caller.decryptInit(.ctr, key) == CKR_OK)
                let start_ns = now_ns()
                let code = caller.decrypt(ciphertext, capacity: 64).code
                let length_ns = now_ns() - start_ns
                try #require(code == CKR_OK)
                return Timed(start_ns: start_ns, length_ns: length_ns)
            }
        }
    }
}

/// Now, in nanoseconds of the monotonic clock.
private func now_ns() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
