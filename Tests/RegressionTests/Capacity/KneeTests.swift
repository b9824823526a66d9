import Regression
import Testing
import Units

@Suite("Knees")
struct KneeTests {
    private static func load(_ throughput: Double, _ seconds: Double) -> Knee.Load {
        Knee.Load(throughput: throughput, response: Nanoseconds(Int64(seconds * 1e9)))
    }

    @Test("the knee of M/M/1 is at half of its capacity")
    func half() throws {
        // T = 1 / (μ − λ): λ (μ − λ) is largest at μ / 2 (Kleinrock 1979).
        let rates = [90.0, 10, 70, 50, 30]
        let knee = try #require(Knee(among: rates.map { Self.load($0, 1 / (100 - $0)) }))
        #expect(knee.load.throughput == 50 && knee.index == 3 && !knee.isAtEdge)
    }

    @Test("a knee at the end of what was measured says so")
    func edge() throws {
        let knee = try #require(Knee(among: [10, 20, 30].map { Self.load($0, 0.001) }))
        #expect(knee.index == 2 && knee.isAtEdge)
    }

    @Test("loads without throughput or response have no knee")
    func unusable() {
        #expect(Knee(among: []) == nil)
        #expect(Knee(among: [Self.load(0, 1), Self.load(5, 0)]) == nil)
    }

    @Test("what a demand needs and leaves over, at both ends of the capacity")
    func headroom() {
        let headroom = Headroom(capacity: 100, low: 90, high: 130, demand: 260)
        #expect(headroom.devices == 3 && headroom.devicesAtMost == 3)
        #expect(headroom.devicesAtLeast == 2)
        #expect(headroom.leftOver(devices: 3) == 40 && headroom.leftOver(devices: 2) == -60)
        #expect(headroom.leftOverAtMost(devices: 3) == 130)
        #expect(headroom.recordsPerDay(devices: 3) == 40 * 86_400)
        #expect(headroom.recordsPerDay(devices: 2) == 0)
        #expect(Headroom(capacity: 100, demand: 300).devices == 3)
        #expect(Headroom(capacity: 100, demand: 0).devices == 1)
        #expect(Headroom(capacity: 100, demand: 1).devicesAtLeast == nil)
    }

    @Test("a headroom is taken from the interval of a search, and from nothing else")
    func fromResult() throws {
        let settings = SearchSettings(start: Rate(10), largest: Rate(1_000))
        let promise = Promise(percentileMillionths: 99_000_000, limit: .milliseconds(20))
        var result = CapacityResult(promise: promise, settings: settings, finding: .none)
        #expect(Headroom(result, demand: Rate(5)) == nil)
        (result.capacity, result.lowestFailing) = (Rate(400), Rate(500))
        let headroom = try #require(Headroom(result, demand: Rate(60_000, per: .seconds(60))))
        #expect(headroom.devices == 3 && headroom.devicesAtLeast == 2)
        #expect(headroom.leftOver(devices: 3) == 200)
    }
}
