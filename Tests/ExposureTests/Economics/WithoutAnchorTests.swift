import Exposure
import Results
import Testing
import Units

@Suite("The same theft without an anchor")
struct WithoutAnchorTests {
    @Test("ten million rows at 100,000 a second leave in 100 s, and an anchor makes it longer")
    func dump() {
        let dump = BulkDump(rowsPerSecond: 100_000)
        let dataset = RecordCount(10_000_000)
        #expect(dump.time(for: dataset) == Seconds(100))
        #expect(dump.anchorFactor(of: Seconds(5_000), for: dataset) == 50)
        #expect(dump.anchorFactor(of: .never, for: dataset) == .infinity)
        let most = dump.time(for: RecordCount(1_000_000_000_000_000_000))
        #expect(most == Seconds(1e13) && most.inWords == "317,000 years")
    }

    @Test("each step of bcrypt's cost halves the guesses")
    func bcrypt() throws {
        let five = try #require(OfflineGuessing(hash: "bcrypt"))
        #expect(five.perCardAndSecond == 184_000)
        let twelve = try #require(OfflineGuessing(hash: "bcrypt", cost: 12))
        #expect(twelve.perCardAndSecond == 184_000.0 / 128)
        let four = try #require(OfflineGuessing(hash: "bcrypt", cost: 4))
        #expect(four.perCardAndSecond == 368_000)
        #expect(OfflineGuessing(hash: "bcrypt", cost: 3) == nil)
        #expect(OfflineGuessing(hash: "bcrypt", cost: 32) == nil)
        #expect(OfflineGuessing(hash: "rot13") == nil && OfflineGuessing(hash: "hourly") == nil)
    }

    @Test(
        "the benchmarks of both cards are as documented",
        arguments: [
            ("ntlm", 288.5e9, 340.1e9), ("md5", 164.1e9, 220.6e9), ("sha-256", 21.98e9, 28.4e9),
            ("bcrypt", 184.0e3, 304.8e3), ("scrypt", 7_126, 7_760),
            ("pbkdf2-hmac-sha256", 8.866e6, 11.157e6),
        ])
    func benchmarks(hash: String, older: Double, newer: Double) throws {
        #expect(try #require(OfflineGuessing(hash: hash)).perCardAndSecond == older)
        let other = try #require(OfflineGuessing(hash: hash, card: "rtx-5090"))
        #expect(other.perCardAndSecond == newer)
    }

    @Test("guessing costs the same on one card and on a thousand, in a thousandth of the time")
    func parallel() throws {
        let guessing = try #require(OfflineGuessing(hash: "sha-256"))
        let guesses = 21.98e9 * 3_600 * 1_000
        #expect(isClose(guessing.time(for: guesses).value, 3_600_000))
        #expect(isClose(guessing.time(for: guesses, cards: 1_000).value, 3_600))
        #expect(isClose(guessing.cardHours(for: guesses), 1_000))
        #expect(isClose(guessing.cost(of: guesses, hourly: 0.17), 170))
        #expect(guessing.cost(of: 1e300, hourly: 0) == 0)
        #expect(guessing.time(for: 1e30).value.isFinite)
    }
}
