import Foundation
import Regression
import Testing
import Units

/// Searches over queues whose capacity is known in closed form.
@Suite("Proof of the capacity search")
struct CapacityProofTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let servers: Int
        let service: Double
        let promise: String
        var testDescription: String { "M/M/\(servers) of \(service)/s, \(promise)" }
    }

    /// Searches a case where more than the usual ones are asked for: 100.
    private static let asked = ProcessInfo.processInfo.environment["ANCHORBENCH_PROOF"]

    // ms-scaled queues: a search takes the same number of calls whatever the unit of time.
    private static let cases = [
        Case(servers: 1, service: 1000, promise: "p99<20ms"),
        Case(servers: 4, service: 250, promise: "p99<40ms"),
        Case(servers: 1, service: 1000, promise: "p50<3ms"),
        Case(servers: 4, service: 250, promise: "p50<6ms"),
    ]

    @Test("the true capacity of a queue lies in the interval", arguments: cases)
    func coverage(of queue: Case) throws {
        let promise = try Promise(parsing: queue.promise)
        let runs = Self.asked == nil ? 3 : 100
        var (inside, ends) = (0, 0)
        var (width, time) = (0.0, 0.0)
        for seed in 0..<UInt64(runs) {
            var waiting = WaitingQueue(
                servers: queue.servers, service: queue.service, seed: seed * 7919 + 1)
            let capacity = waiting.capacity(promise)
            let settings = SearchSettings(
                start: Rate(UInt64(capacity / 10)), largest: Rate(UInt64(queue.service) * 16))
            var search = CapacitySearch(promise: promise, settings: settings)
            while let step = search.next() {
                search.tell(.measured(waiting.counts(step, promise)))
            }
            let result = try #require(search.result)
            let low = result.capacity?.perSecond ?? 0
            let high = result.lowestFailing?.perSecond ?? .infinity
            inside += low <= capacity && capacity <= high ? 1 : 0
            time += result.measured.seconds.value / Double(runs)
            #expect(result.measured <= settings.longest)
            guard low > 0, high < .infinity else { continue }
            ends += 1
            width += (high - low) / capacity
        }
        #expect(inside * 100 >= 95 * runs, "\(inside) of \(runs)")
        #expect(ends * 100 >= 65 * runs, "\(ends) of \(runs) have both ends")
        #expect(width / Double(max(1, ends)) < 1)
        guard Self.asked != nil else { return }
        Attachment.record(
            "\(queue.testDescription): \(inside) of \(runs) inside, both ends \(ends), "
                + "width \(width / Double(max(1, ends))), \(time) s a search",
            named: "coverage.txt")
    }

    @Test("a search over a queue is the same twice")
    func repeats() throws {
        let promise = try Promise(parsing: "p99<20ms")
        func result() -> CapacityResult? {
            var queue = WaitingQueue(servers: 1, service: 400, seed: 5)
            var search = CapacitySearch(
                promise: promise, settings: SearchSettings(start: Rate(50), largest: Rate(5_000)))
            while let step = search.next() { search.tell(.measured(queue.counts(step, promise))) }
            return search.result
        }
        let first = try #require(result())
        #expect(result() == first)
        let coded = try JSONEncoder().encode(first)
        #expect(try JSONDecoder().decode(CapacityResult.self, from: coded) == first)
    }
}
