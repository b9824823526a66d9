import Foundation
import Regression
import Testing

/// Samples without ties, sizes 3 to 49, and what another program says of them.
private struct PeerSet: CustomStringConvertible, Sendable {
    var number = 0
    var baseline: [Double] = []
    var candidate: [Double] = []
    /// Name, the shift or confidence it belongs to, value.
    var figures: [(name: String, at: Double?, value: Double)] = []

    var description: String { "set \(number)" }

    static func read(_ peer: String) throws -> [PeerSet] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Peers/\(peer).csv")
        var sets: [PeerSet] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let number = try #require(Int(fields[0]))
            let value = try #require(Double(fields[3]))
            if sets.last?.number != number { sets.append(PeerSet(number: number)) }
            switch fields[1] {
            case "baseline": sets[sets.count - 1].baseline.append(value)
            case "candidate": sets[sets.count - 1].candidate.append(value)
            default:
                sets[sets.count - 1].figures.append((String(fields[1]), Double(fields[2]), value))
            }
        }
        return sets
    }

    /// What ours says where the peer gave a figure.
    func ours(_ name: String, _ at: Double?) throws -> Double {
        let test = RankSum(
            baseline: baseline, candidate: candidate,
            distribution: RankSumDistribution(baseline.count, candidate.count))
        guard name != "shift" else { return test.shift }
        let at = try #require(at)
        switch name {
        case "above": return test.pAbove(at)
        case "below": return test.pBelow(at)
        case "low": return try #require(test.interval(level: 1 - at)).lowerBound
        case "high": return try #require(test.interval(level: 1 - at)).upperBound
        default: throw Unknown(name: name)
        }
    }

    struct Unknown: Error { let name: String }
}

@Suite("The rank-sum test and its peers")
struct PeerTests {
    @Test(
        "chances, shift and intervals are those of R and SciPy",
        arguments: [("R", 24, 24 * 15 + 90), ("SciPy", 24, 24 * 14)])
    func peers(peer: String, sets: Int, figures: Int) throws {
        let read = try PeerSet.read(peer)
        #expect(read.count == sets)
        #expect(read.reduce(0) { $0 + $1.figures.count } == figures)
        for set in read {
            for (name, at, value) in set.figures {
                let ours = try set.ours(name, at)
                #expect(
                    abs(ours - value) <= 1e-9 * max(1, abs(value)),
                    "\(set): \(name) at \(at ?? 0) is \(ours), not \(value)")
            }
        }
    }
}
