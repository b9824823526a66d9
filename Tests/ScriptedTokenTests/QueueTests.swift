import CCryptoki
import Glibc
import Synchronization
import Testing

extension ModuleTests {
    @Suite struct QueueTests {
        /// One call: who made it, and when it ended, in nanoseconds.
        private struct Completion {
            let caller: Int
            let end_ns: UInt64
        }

        /// A run of several callers at once, each in a thread and a session of its own.
        private struct Run {
            let start_ns: UInt64
            /// In the order in which the calls ended.
            let completions: [Completion]

            var length_ms: Double {
                Double((completions.last?.end_ns ?? 0) - start_ns) / 1e6
            }
        }

        @Test("one server of 10 ms serves 20 calls of 4 threads in 200 ms, one at a time, in turn")
        func oneServer() throws {
            let script = "service=fixed:10ms; servers=1"
            let inTurn = try cleanRun(script, callers: 4, calls: 5) { run in
                #expect(run.completions.count == 20)
                // The n-th completion cannot come before n services of 10 ms are over.
                for (index, completion) in run.completions.enumerated() {
                    let elapsed_ms = Double(completion.end_ns - run.start_ns) / 1e6
                    #expect(elapsed_ms >= Double(index + 1) * 10 - 0.01)
                }
                // First come, first served: each caller once in every four.
                let rounds = stride(from: 0, to: 20, by: 4).map { first in
                    Set(run.completions[first..<first + 4].map(\.caller)).count
                }
                return run.length_ms < 210 && rounds == [4, 4, 4, 4, 4]
            }
            #expect(inTurn)
        }

        @Test("two servers halve the time")
        func twoServers() throws {
            let script = "service=fixed:10ms; servers=2"
            let halved = try cleanRun(script, callers: 4, calls: 5) { run in
                #expect(run.length_ms >= 99.99)
                return run.length_ms < 110
            }
            #expect(halved)
        }

        @Test("exponential service times have their mean, and depend on the seed alone")
        func exponential() throws {
            // A busy machine makes all runs of an attempt long.
            var isDrawn = false
            for _ in 0..<10 where !isDrawn {
                let first = try serviceTimes_ms(seed: 7)
                let sum_ms = first.reduce(0, +)
                #expect(sum_ms >= 35, "\(sum_ms) ms")
                func distance(_ other: [Double]) -> Double {
                    zip(first, other).map { abs($0 - $1) }.reduce(0, +)
                }
                let same = distance(try serviceTimes_ms(seed: 7))
                let other = distance(try serviceTimes_ms(seed: 8))
                isDrawn = sum_ms < 65 && same * 4 < other
            }
            #expect(isDrawn)
        }

        /// The times of 100 calls with a mean of 0.5 ms: of several runs the shortest of each, as a
        /// loaded machine makes some calls longer and none shorter.
        private func serviceTimes_ms(seed: Int) throws -> [Double] {
            let runs = try (0..<5).map { _ in
                let run = try run("service=exponential:500us; seed=\(seed)", callers: 1, calls: 100)
                let ends = run.completions.map(\.end_ns)
                return zip(ends, [run.start_ns] + ends).map { Double($0 - $1) / 1e6 }
            }
            return (0..<100).map { index in runs.map { $0[index] }.min() ?? 0 }
        }

        @Test("a stall holds up what would be served in it, once")
        func stall() throws {
            let script = "service=fixed:1ms; stall=20ms:50ms"
            let heldOnce = try cleanRun(script, callers: 1, calls: 40) { run in
                let ends = run.completions.map(\.end_ns)
                let gaps_ms = zip(ends.dropFirst(), ends).map { Double($0 - $1) / 1e6 }
                return gaps_ms.count { $0 > 49 } == 1 && gaps_ms.count { $0 > 5 } == 1
            }
            #expect(heldOnce)
        }

        @Test("a stall may count from the first call, however long after C_Initialize that is")
        func stallFromWork() throws {
            let script = "service=fixed:1ms; stall=20ms:50ms:work"
            let heldOnce = try cleanRun(script, callers: 1, calls: 40, delay_ms: 100) { run in
                let ends_ms = run.completions.map { Double($0.end_ns - run.start_ns) / 1e6 }
                let gaps_ms = zip(ends_ms.dropFirst(), ends_ms).map { $0 - $1 }
                let held = gaps_ms.firstIndex { $0 > 49 }
                return gaps_ms.count { $0 > 5 } == 1
                    && held.map { (15..<22).contains(ends_ms[$0]) } == true
            }
            #expect(heldOnce)
        }

        /// Runs until a run shows what it should: a loaded machine may delay a thread at any time,
        /// which makes calls late but never early. What must hold in every run is expected in the
        /// body.
        private func cleanRun(
            _ script: String, callers: Int, calls: Int, delay_ms: UInt64 = 2,
            _ body: (Run) throws -> Bool
        ) throws -> Bool {
            for _ in 0..<20
            where try body(run(script, callers: callers, calls: calls, delay_ms: delay_ms)) {
                return true
            }
            return false
        }

        /// Starts all callers at one instant, some time after the script was read, and waits for
        /// them.
        private func run(
            _ script: String, callers: Int, calls: Int, delay_ms: UInt64 = 2
        ) throws -> Run {
            let module = try ScriptedModule(script)
            let workers = try (0..<callers).map { try Worker($0, module.functions, calls: calls) }
            let start_ns = now_ns() + delay_ms * 1_000_000
            let threads = workers.map { worker in
                var thread = pthread_t()
                worker.start_ns = start_ns
                let context = Unmanaged.passUnretained(worker).toOpaque()
                pthread_create(
                    &thread, nil,
                    { context in
                        guard let context else { return nil }
                        Unmanaged<Worker>.fromOpaque(context).takeUnretainedValue().work()
                        return nil
                    }, context)
                return thread
            }
            for thread in threads { pthread_join(thread, nil) }
            let all = workers.flatMap { worker in
                worker.ends_ns.map { Completion(caller: worker.number, end_ns: $0) }
            }
            return Run(start_ns: start_ns, completions: all.sorted { $0.end_ns < $1.end_ns })
        }

        /// One calling thread.
        private final class Worker {
            let number: Int
            var start_ns: UInt64 = 0
            var ends_ns: [UInt64] = []
            private let caller: Caller
            private let key: CK_OBJECT_HANDLE
            private let calls: Int

            init(_ number: Int, _ functions: CK_FUNCTION_LIST, calls: Int) throws {
                self.number = number
                self.calls = calls
                caller = try Caller(functions)
                _ = caller.logIn()
                key = try caller.find("records", CKO_SECRET_KEY)
            }

            func work() {
                let ciphertext = [UInt8](repeating: 0, count: 64)
                while now_ns() < start_ns {}
                for _ in 0..<calls {
                    guard caller.decryptInit(.ctr, key) == CKR_OK,
                        caller.decrypt(ciphertext, capacity: 64).code == CKR_OK
                    else { return }
                    ends_ns.append(now_ns())
                }
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
