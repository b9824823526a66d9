import Foundation
import Testing
import Units

@Suite("A quantity is read back as it was written")
struct RoundTripTests {
    static let seeds: [UInt64] = Array(1...400)

    private func expectRoundTrip<Q: Quantity>(
        _ quantity: Q, seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let read = try Q(parsing: quantity.description)
        #expect(read == quantity, "seed \(seed)", sourceLocation: sourceLocation)
        let json = try JSONEncoder().encode([quantity])
        #expect(
            String(decoding: json, as: UTF8.self).replacing("\\/", with: "/")
                == "[\"\(quantity)\"]", "seed \(seed)", sourceLocation: sourceLocation)
        let decoded = try JSONDecoder().decode([Q].self, from: json)
        #expect(decoded == [quantity], "seed \(seed)", sourceLocation: sourceLocation)
    }

    @Test("a duration survives text and JSON", arguments: seeds)
    func durations(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let count = Int64(generator.count(below: 1 << 63))
        try expectRoundTrip(Nanoseconds(count), seed: seed)
        let days = Int64(generator.count(below: 100_000))
        try expectRoundTrip(Nanoseconds.seconds(days * 86_400), seed: seed)
    }

    @Test("a count survives text and JSON", arguments: seeds)
    func counts(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        try expectRoundTrip(RecordCount(generator.count(below: .max)), seed: seed)
    }

    @Test("a size survives text and JSON", arguments: seeds)
    func sizes(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let size = generator.count(below: 1 << 40)
        try expectRoundTrip(ByteCount(Int(size)), seed: seed)
        try expectRoundTrip(ByteCount(Int(size << UInt64(seed % 20))), seed: seed)
    }

    @Test("a rate survives text and JSON with its period", arguments: seeds)
    func rates(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let periods = [1, 60, 3_600, 86_400] as [Int64]
        let period = periods[Int(seed % 4)]
        let rate = Rate(generator.count(below: .max) + 1, per: .seconds(period))
        try expectRoundTrip(rate, seed: seed)
        let read = try Rate(parsing: rate.description)
        #expect(read.period == .seconds(period), "seed \(seed)")
    }

    @Test("a probability survives text and JSON to the last bit", arguments: seeds)
    func probabilities(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var value = Double.random(in: 0...1, using: &generator)
        for _ in 0..<(seed % 30) { value /= 10 }
        try expectRoundTrip(Probability(value), seed: seed)
    }

    @Test("the extremes survive")
    func extremes() throws {
        try expectRoundTrip(Nanoseconds.zero, seed: 0)
        try expectRoundTrip(Nanoseconds.max, seed: 0)
        try expectRoundTrip(RecordCount(0), seed: 0)
        try expectRoundTrip(RecordCount(.max), seed: 0)
        try expectRoundTrip(ByteCount(0), seed: 0)
        try expectRoundTrip(ByteCount(.max), seed: 0)
        try expectRoundTrip(Rate(.max, per: .seconds(86_400)), seed: 0)
        try expectRoundTrip(Probability(0), seed: 0)
        try expectRoundTrip(Probability(1), seed: 0)
    }

    @Test("a projection of seconds survives JSON, and so does never")
    func projections() throws {
        for seconds in [Seconds(1.5), .zero, Seconds(1e300), .never] {
            let json = try JSONEncoder().encode([seconds])
            #expect(try JSONDecoder().decode([Seconds].self, from: json) == [seconds])
        }
    }

    @Test("the difference of two instants may be below zero, but no duration is written so")
    func differences() {
        let difference = Nanoseconds.seconds(1) - Nanoseconds.seconds(3)
        #expect(difference.description == "-2s")
        #expect(throws: UnitError.self) { try Nanoseconds(parsing: "-2s") }
        #expect(Nanoseconds(.min).description == "-9223372036854775808ns")
    }
}
