import Exposure
import Results
import Testing
import Units

@Suite("Documented facts")
struct FactsTests {
    private let facts = Facts.documented

    @Test("every row has a figure, a unit, a year or none on purpose, and a source")
    func complete() {
        #expect(facts.all.count == 35)
        for fact in facts.all {
            #expect(fact.value.low >= 0 && fact.value.high > 0, "\(fact.name)")
            #expect(!fact.unit.isEmpty && !fact.source.isEmpty && !fact.title.isEmpty)
            #expect(fact.year.map { (2011...2026).contains($0) } ?? true, "\(fact.name)")
        }
        #expect(
            Set(facts.all.filter { $0.year == nil }.map { $0.source.prefix(7) })
                == ["AWS Clo", "hashcat"])
    }

    @Test("medians to detection and means to containment stay apart")
    func statistics() throws {
        #expect(facts.beginning("dwell").allSatisfy { $0.statistic == "median" })
        #expect(facts.beginning("containment").allSatisfy { $0.statistic == "mean" })
        let dwell = facts.beginning("dwell").map { ($0.year ?? 0, $0.value.likely) }
        #expect(
            dwell.elementsEqual(
                [
                    (2025, 14), (2024, 11), (2023, 10), (2022, 16), (2021, 21), (2020, 24),
                    (2019, 56), (2014, 205), (2011, 416),
                ], by: ==))
        let longest = try #require(facts.containment)
        #expect(longest.year == 2025 && longest.length == Seconds(241 * 86_400))
    }

    @Test("the prices that defaults come from are as documented")
    func prices() throws {
        let card = try #require(facts.named("rtx-4090-hourly"))
        #expect(card.value.low == 0.16 && card.value.high == 0.18 && card.unit == "USD/h")
        // The source gives the ends alone.
        #expect(isClose(card.value.likely, 0.17))
        let device = try #require(facts.named("cloudhsm-hourly"))
        #expect(device.value == ThreePoint(1.6))
        #expect(device.citation == "AWS CloudHSM pricing, no year given, cited by others")
        #expect(facts.named("nothing") == nil)
    }

    @Test(
        "a row that is not complete is refused with its line",
        arguments: [
            ("x,,,5,,days,mean,2020,S,secondary,", "'title'"),
            ("x,t,,,,days,mean,2020,S,secondary,", "no figure"),
            ("x,t,,five,,days,mean,2020,S,secondary,", "no number"),
            ("x,t,6,5,,days,mean,2020,S,secondary,", "low to high"),
            ("x,t,,5,,,mean,2020,S,secondary,", "'unit'"),
            ("x,t,,5,,days,mean,,S,secondary,", "'year'"),
            ("x,t,,5,,days,mean,lately,S,secondary,", "no year"),
            ("x,t,,5,,days,mean,2020,,secondary,", "'source'"),
            ("x,t,,5,,days,mean,2020,S,hearsay,", "no kind"),
            ("first,t,,5,,days,mean,2020,S,primary,", "stands twice"),
        ])
    func refused(row: String, reason: String) throws {
        let head =
            "name,title,low,likely,high,unit,statistic,year,source,kind,remark\n"
            + "first,t,,5,,days,mean,2020,S,primary,\n"
        let table = try CSVRows(parsing: head + row + "\n")
        do {
            _ = try Facts(table)
            Issue.record("taken: \(row)")
        } catch {
            #expect(error.line == 3 && error.reason.contains(reason), "\(error)")
        }
    }

    @Test("ten million records outlast 14 days at 8.27 a second, and 241 days at 0.48")
    func holding() throws {
        let rates = HoldingRate.documented(RecordCount(10_000_000))
        #expect(rates.map { Significant.text($0.recordsPerSecond) } == ["8.27", "0.48"])
        #expect(
            rates.map(\.sentence) == [
                "To hold 10 million records for 14 days (median time from intrusion to detection; "
                    + "Mandiant M-Trends, 2025, cited by others), the anchor must give at most "
                    + "8.27 records a second.",
                "To hold 10 million records for 241 days (mean time to identify and contain a "
                    + "breach; IBM Cost of a Data Breach, 2025, cited by others), the anchor must "
                    + "give at most 0.48 records a second.",
            ])
    }

    @Test("no time needs no bound, and one without an end bears no rate")
    func holdingExtremes() {
        let most = RecordCount(1_000_000_000_000_000_000)
        #expect(HoldingRate(most, past: .never).recordsPerSecond == 0)
        #expect(HoldingRate(most, past: .zero).recordsPerSecond == .infinity)
        #expect(HoldingRate(RecordCount(0), past: .zero).recordsPerSecond == 0)
        let ages = Seconds(1e6 * 31_557_600)
        #expect(isClose(HoldingRate(most, past: ages).recordsPerSecond, 1e18 / 3.15576e13))
    }
}
