import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("A plan orders the cells of a scenario")
struct PlanTests {
    private func plan(_ text: String = "name: usual", seed: UInt64 = 1) throws -> Plan {
        let resolved = try ScenarioReader.read(text, source: "s.yaml")
        return try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName, processors: 2, seed: seed)
    }

    @Test("the built-in scenario has fourteen cells and two baselines")
    func builtIn() throws {
        let cells = try plan().cells
        let aes = [
            "closed-1/none", "closed-2/none", "closed-4/none", "closed-2x2/none",
            "closed-4x2/none", "closed-4/token-bucket-500ps-100",
            "closed-4/fixed-window-10k-1m-deny", "closed-2/none/openssl",
        ]
        #expect(
            cells.map(\.key)
                == aes.map { "aes-gcm-256/256B/\($0)" } + aes.map { "rsa-oaep-2048/32B/\($0)" })
        #expect(cells.count { !$0.isBaseline } == 14 && cells.count { $0.isBaseline } == 2)
        #expect(Set(cells.map(\.key)).count == 16)
    }

    @Test("an audit of the cache opens one record at the least load, and no figure rests on it")
    func cacheAudit() throws {
        let cells = try plan(
            "{ audit-cache: true, load: { closed: [4, 2], processes: [1, 2] } }"
        ).cells
        let audits = cells.filter(\.isCacheAudit)
        #expect(
            audits.map(\.key) == [
                "aes-gcm-256/256B/closed-2/none/1-record",
                "rsa-oaep-2048/32B/closed-2/none/1-record",
            ])
        #expect(audits.allSatisfy { $0.isAnchored && !$0.showsCapacity })
        #expect(throws: ScenarioError.self) {
            try plan("{ audit-cache: true, load: { closed: [], open: [{ rate: 10/s }] } }")
        }
    }

    @Test("an order is a permutation, follows from the seed, and differs between rounds and seeds")
    func order() throws {
        var orders: Set<[Int]> = []
        for seed in 0..<50 as Range<UInt64> {
            let plan = try plan(seed: seed)
            let again = try self.plan(seed: seed)
            for round in 1...5 {
                let order = plan.order(ofRound: round)
                #expect(order.sorted() == Array(0..<16), "seed \(seed), round \(round)")
                #expect(order == again.order(ofRound: round), "seed \(seed), round \(round)")
                orders.insert(order)
            }
        }
        #expect(orders.count == 250, "two rounds or seeds share an order")
    }

    @Test("no cell has a place of its own: every cell comes first in some round")
    func spread() throws {
        let plan = try plan(seed: 42)
        let first = Set((1...400).map { plan.order(ofRound: $0)[0] })
        #expect(first == Set(0..<16))
    }

    @Test("every round of every cell has arrivals of its own, the same from the same seed")
    func arrivalSeeds() throws {
        var seeds: Set<UInt64> = []
        for seed in 0..<20 as Range<UInt64> {
            let (plan, again) = (try plan(seed: seed), try self.plan(seed: seed))
            for round in 1...20 {
                for cell in plan.cells.indices {
                    let arrivals = plan.arrivalSeed(ofRound: round, cell: cell)
                    #expect(arrivals == again.arrivalSeed(ofRound: round, cell: cell))
                    let isNew = seeds.insert(arrivals).inserted
                    #expect(isNew, "seed \(seed), round \(round), cell \(cell)")
                }
            }
        }
    }

    @Test("throttles at all loads cross with every load")
    func throttlesAtAll() throws {
        let cells = try plan("throttles-at: all\nanchor: { mechanism: aes-gcm }").cells
        #expect(cells.count == 5 * 3 + 1)
    }

    @Test("a load with fewer callers than processes is left out")
    func tooFewCallers() throws {
        let cells = try plan("load: { closed: [1, 3], processes: [2, 4] }\nthrottles: none").cells
        #expect(cells.filter { !$0.isBaseline }.map(\.loadName) == ["closed-3x2", "closed-3x2"])
    }

    @Test("two throttles with the same key are refused by that key")
    func equalKeys() {
        let text = """
            throttles:
              - { token-bucket: { rate: 5/s }, max-wait: 1s }
              - { token-bucket: { rate: 5/s }, max-wait: 2s }
            """
        let error = #expect(throws: ScenarioError.self) { try plan(text) }
        #expect(
            error?.description.contains("'aes-gcm-256/256B/closed-4/token-bucket-5ps-1'") == true)
    }

    @Test("the measuring time is the sum over rounds, the baseline's rounds being short")
    func measuringTime() throws {
        let plan = try plan("warm-up: 0s")
        // Five rounds of fourteen cells of 500 ms and two of 100 ms.
        #expect(abs(plan.measuringTime.value - 36) < 1e-9)
        let baseline = try #require(plan.cells.first { $0.isBaseline })
        #expect(plan.duration(of: baseline) == .milliseconds(100))
        #expect(plan.duration(of: plan.cells[0]) == .milliseconds(500))
        #expect(plan.processes == 2)
    }
}
