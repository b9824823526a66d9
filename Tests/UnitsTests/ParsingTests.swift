import Foundation
import Testing
import Units

@Suite("What is written means exactly what it says")
struct ParsingTests {
    @Test(
        "durations",
        arguments: [
            ("0s", 0, "0s"), ("250us", 250_000, "250us"), ("5ms", 5_000_000, "5ms"),
            ("1.5ms", 1_500_000, "1500us"), ("90s", 90_000_000_000, "90s"),
            ("60s", 60_000_000_000, "1m"), ("15m", 900_000_000_000, "15m"),
            ("1h", 3_600_000_000_000, "1h"), ("24h", 86_400_000_000_000, "1d"),
            ("30d", 2_592_000_000_000_000, "30d"), ("1ns", 1, "1ns"),
            ("0.000000001s", 1, "1ns"), ("00012s", 12_000_000_000, "12s"),
            ("9223372036854775807ns", Int64.max, "9223372036854775807ns"),
        ] as [(String, Int64, String)])
    func durations(text: String, count: Int64, printed: String) throws {
        let duration = try Nanoseconds(parsing: text)
        #expect(duration.count == count)
        #expect(duration.description == printed)
    }

    @Test(
        "counts",
        arguments: [
            ("0", 0, "0", "0"), ("500", 500, "500", "500"), ("1500", 1_500, "1500", "1,500"),
            ("1.5k", 1_500, "1500", "1,500"), ("10k", 10_000, "10k", "10,000"),
            ("1M", 1_000_000, "1M", "1 million"), ("1000k", 1_000_000, "1M", "1 million"),
            ("2.5G", 2_500_000_000, "2500M", "2.5 billion"),
            ("7T", 7_000_000_000_000, "7T", "7 trillion"),
            ("3P", 3_000_000_000_000_000, "3P", "3 quadrillion"),
            ("1234567", 1_234_567, "1234567", "1,234,567"),
            ("18446744073709551615", .max, "18446744073709551615", "18,446,744,073,709,551,615"),
        ] as [(String, UInt64, String, String)])
    func counts(text: String, count: UInt64, printed: String, words: String) throws {
        let records = try RecordCount(parsing: text)
        #expect(records.count == count)
        #expect(records.description == printed)
        #expect(records.inWords == words)
    }

    @Test(
        "counts in words lose no digit",
        arguments: [
            (123_400_000, "123.4 million"), (1_234_000_000, "1,234 million"),
            (123_400_000_000, "123.4 billion"), (12_300_000, "12.3 million"),
        ] as [(UInt64, String)])
    func exactWords(count: UInt64, words: String) {
        #expect(RecordCount(count).inWords == words)
    }

    @Test(
        "sizes",
        arguments: [
            ("256B", 256, "256B"), ("256", 256, "256B"), ("4KiB", 4_096, "4KiB"),
            ("4096", 4_096, "4KiB"), ("1.5KiB", 1_536, "1536B"), ("1MiB", 1_048_576, "1MiB"),
            ("2GiB", 2_147_483_648, "2GiB"), ("0", 0, "0B"), ("1025", 1_025, "1025B"),
        ] as [(String, Int, String)])
    func sizes(text: String, count: Int, printed: String) throws {
        let size = try ByteCount(parsing: text)
        #expect(size.count == count)
        #expect(size.description == printed)
    }

    @Test(
        "rates",
        arguments: [
            ("500/s", 500, 1, 500.0, "500/s", "500ps"),
            ("30k/min", 30_000, 60, 500.0, "30k/min", "30kpmin"),
            ("100/h", 100, 3_600, 100.0 / 3_600, "100/h", "100ph"),
            ("50/d", 50, 86_400, 50.0 / 86_400, "50/d", "50pd"),
            ("1.5k/s", 1_500, 1, 1_500.0, "1500/s", "1500ps"),
            ("60/min", 60, 60, 1.0, "60/min", "60pmin"),
        ] as [(String, UInt64, Int64, Double, String, String)])
    func rates(
        text: String, count: UInt64, seconds: Int64, perSecond: Double, printed: String, key: String
    ) throws {
        let rate = try Rate(parsing: text)
        #expect(rate.count == count)
        #expect(rate.period == .seconds(seconds))
        #expect(rate.perSecond == perSecond)
        #expect(rate.description == printed)
        #expect(rate.keyForm == key)
    }

    @Test(
        "probabilities",
        arguments: [
            ("0.05", 0.05, "5 %"), ("5%", 0.05, "5 %"), ("0", 0, "0 %"), ("1", 1, "100 %"),
            ("100%", 1, "100 %"), ("0.0471", 0.0471, "4.71 %"), ("1e-3", 0.001, "0.1 %"),
            ("12.5%", 0.125, "12.5 %"),
        ])
    func probabilities(text: String, value: Double, percent: String) throws {
        let probability = try Probability(parsing: text)
        #expect(probability.value == value)
        #expect(probability.inPercent == percent)
    }

    @Test("a share in percent equals the same share as a fraction")
    func percents() throws {
        let unequal = try (0..<1_000).filter { thousandths in
            let fraction = "0." + String(String(10_000 + thousandths).suffix(3))
            let percent = "\(thousandths / 10).\(thousandths % 10)%"
            return try Probability(parsing: percent) != Probability(parsing: fraction)
        }
        #expect(unequal.isEmpty, "thousandths")
        #expect(try Probability(parsing: "0.7%").description == "0.007")
    }
}

@Suite("What cannot be read is refused with the text and a remedy")
struct RefusalTests {
    private func refusal<Q: Quantity>(_ type: Q.Type, _ text: String) -> UnitError? {
        do throws(UnitError) {
            _ = try Q(parsing: text)
            return nil
        } catch { return error }
    }

    @Test(
        "a duration",
        arguments: [
            "", "5", "ms", "5 ms", " 5ms", "5ms ", "5sec", "5MS", "-", "5.ms", ".5ms", "1.2.3s",
            "1e3s", "+5s", "٣s", "5m30s", "0x5s",
        ])
    func durations(text: String) {
        let error = refusal(Nanoseconds.self, text)
        #expect(
            error?.description
                == "'\(text)' is not a duration: write it as 250us, 5ms, 90s, 15m, 1h or 30d")
    }

    @Test(
        "a duration that is no whole number of nanoseconds, or longer than a clock can count",
        arguments: ["0.5ns", "1.0000000001s", "9223372036854775808ns", "300000d"])
    func durationBounds(text: String) {
        #expect(
            refusal(Nanoseconds.self, text)?.description
                == "'\(text)' is not a duration: it must be whole nanoseconds, 292 years at most")
    }

    @Test(
        "a count",
        arguments: [
            "", "k", "-1", "1.5", "1 k", "10K", "1e6", "10,000", "1_000", "0.0001k", "1kk",
            "18446744073709551616", "20000P",
        ])
    func counts(text: String) {
        let error = refusal(RecordCount.self, text)
        #expect(error?.quantity == "a count")
        #expect(error?.text == text)
        #expect(
            error?.remedy == "write it as 500, 10k, 1M or 1G (at most 1.8e19)")
    }

    @Test(
        "a size",
        arguments: ["", "B", "-1B", "1.5B", "4KB", "4kib", "4 KiB", "1TiB", "9007199254740992KiB"])
    func sizes(text: String) {
        #expect(
            refusal(ByteCount.self, text)?.description
                == "'\(text)' is not a size: write it as 256B, 4KiB or 1MiB")
    }

    @Test(
        "a rate",
        arguments: [
            "", "500", "/s", "500/", "500/sec", "500/m", "500/s/s", "500 /s", "500/ s", "-1/s",
            "0.5/s", "k/s",
        ])
    func rates(text: String) {
        #expect(
            refusal(Rate.self, text)?.description
                == "'\(text)' is not a rate: write it as 500/s, 30k/min, 100/h or 50/d")
    }

    @Test("a rate of nothing", arguments: ["0/s", "0k/d"])
    func rateOfZero(text: String) {
        #expect(
            refusal(Rate.self, text)?.description
                == "'\(text)' is not a rate: it must be more than zero")
    }

    @Test(
        "a probability",
        arguments: [
            "", "%", "-0.1", "1.1", "101%", "-1%", "5 %", "nan", "inf", "0,5", "half", "0.5%%",
        ])
    func probabilities(text: String) {
        #expect(
            refusal(Probability.self, text)?.description
                == "'\(text)' is not a probability: write it as 0.05 or 5%, from 0 to 1")
    }

    @Test("a wrong text in a file is refused by the same error")
    func decoding() {
        #expect(throws: UnitError.self) {
            try JSONDecoder().decode([Rate].self, from: Data(#"["5/fortnight"]"#.utf8))
        }
    }
}
