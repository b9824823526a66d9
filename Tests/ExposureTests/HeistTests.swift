import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Closed forms against a simulation, call by call")
struct HeistTests {
    @Test("the thief who plays it out needs T(N), to within one call", arguments: Gate.allCases)
    func agrees(kind: Gate) throws {
        for seed: UInt64 in 1...60 {
            var generator = SeededGenerator(seed: seed)
            let heist = Self.heist(kind, &generator)
            let operations = Int.random(in: 1...1_200, using: &generator)
            let projection = try Runs.projection(
                Self.policy(of: heist.gate),
                perSecond: [Double(heist.servers) * 1e9 / Double(heist.service_ns)])
            let predicted_ns =
                projection.theft(of: RecordCount(UInt64(operations))).seconds.value * 1e9
            let played_ns = Double(heist.time_ns(for: operations))
            // One nanosecond for the rounding of instants, one part in 10¹² for that of rates.
            let tolerance_ns = Double(heist.service_ns) + 1 + 1e-12 * played_ns
            #expect(
                abs(played_ns - predicted_ns) <= tolerance_ns,
                "seed \(seed): \(heist), \(operations): \(played_ns) against \(predicted_ns)")
        }
    }

    @Test("the simulation gives the worked numbers, to within one call")
    func workedNumbers() {
        let bucket = Heist(
            servers: 1, service_ns: 50_000, gate: .bucket(perSecond: 500, burst: 100))
        #expect(bucket.time_ns(for: 1_000) == 1_800_000_000 + 50_000)
        let free = Heist(servers: 4, service_ns: 200_000, gate: .open)
        #expect(free.time_ns(for: 1_000) == 50_000_000)
        let window = Heist(
            servers: 1, service_ns: 50_000, gate: .window(limit: 4, length_ns: 1_000_000))
        // Four before the edge, four after it, then four at each of the next two edges.
        #expect(window.time_ns(for: 16) == 150_001 + 2_000_000 + 200_000)
    }

    enum Gate: CaseIterable { case open, bucket, window, sliding }

    private static func heist(_ kind: Gate, _ generator: inout SeededGenerator) -> Heist {
        let servers = Int.random(in: 1...4, using: &generator)
        let service_ns = Int.random(in: 1...2_000, using: &generator) * 1_000
        let perSecond = servers * 1_000_000_000 / service_ns
        let gate: Heist.Gate
        switch kind {
        case .open: gate = .open
        case .bucket:
            gate = .bucket(
                perSecond: max(1, perSecond * Int.random(in: 1...150, using: &generator) / 100),
                burst: Int.random(in: 1...300, using: &generator))
        case .window, .sliding:
            let limit = Int.random(in: 1...150, using: &generator)
            let length_ns =
                service_ns * Int.random(in: 1...60, using: &generator)
                + Int.random(in: 0..<service_ns, using: &generator)
            gate =
                kind == .window
                ? .window(limit: limit, length_ns: length_ns)
                : .sliding(limit: limit, length_ns: length_ns)
        }
        return Heist(servers: servers, service_ns: service_ns, gate: gate)
    }

    private static func policy(of gate: Heist.Gate) -> Policy {
        switch gate {
        case .open: .none
        case .bucket(let perSecond, let burst):
            .bucket(Rate(UInt64(perSecond)), burst: UInt64(burst))
        case .window(let limit, let length_ns):
            .window(UInt64(limit), per: Nanoseconds(Int64(length_ns)))
        case .sliding(let limit, let length_ns):
            Policy(
                .slidingWindow(
                    SlidingWindow(
                        limit: RecordCount(UInt64(limit)),
                        window: Nanoseconds(Int64(length_ns)))))
        }
    }

    @Test("behind a delay the thief who plays it out needs T(N), to within a round of his calls")
    func delayed() throws {
        for seed: UInt64 in 1...200 {
            var generator = SeededGenerator(seed: seed)
            let servers = Int.random(in: 1...6, using: &generator)
            let heist = DelayedHeist(
                callers: servers + Int.random(in: 0...20, using: &generator), servers: servers,
                service_ns: Int.random(in: 1...2_000, using: &generator) * 1_000,
                delay_ns: Int.random(in: 1...20_000, using: &generator) * 1_000)
            // X(n) of a device that serves so many calls side by side, each as fast as one alone.
            let cells = (1...servers).map { count in
                Runs.result(
                    Runs.cell(callers: count),
                    perSecond: [Double(count) * 1e9 / Double(heist.service_ns)])
            }
            let projection = try Runs.projection(
                .delayed(Nanoseconds(Int64(heist.delay_ns))), of: cells, callers: heist.callers)
            let operations = Int.random(in: 1...2_000, using: &generator)
            let predicted_ns =
                projection.theft(of: RecordCount(UInt64(operations))).seconds.value * 1e9
            let played_ns = Double(heist.time_ns(for: operations))
            // The bound is fluid: the first calls are out after a delay and a call's own time.
            let tolerance_ns = Double(heist.delay_ns + heist.service_ns) * (1 + 1e-9) + 1
            #expect(
                abs(played_ns - predicted_ns) <= tolerance_ns,
                "seed \(seed): \(heist), \(operations): \(played_ns) against \(predicted_ns)")
        }
    }
}
