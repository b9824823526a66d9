import Exposure
import Foundation
import Results
import Testing
import Units

@Suite("Costs with where they are from")
struct CostsTests {
    @Test("what is stated is taken, and the default for what is not")
    func resolved() throws {
        var settings = CostSettings()
        settings.recordPrice = ThreePoint(0.5, 2, 3)
        settings.devices = 4
        let costs = Costs(settings)
        #expect(costs.devices == 4 && costs[.recordPrice] == PERT(low: 0.5, likely: 2, high: 3))
        #expect(costs[.deviceHourly] == PERT(ThreePoint(1.6)))
        #expect(costs[.guessingHourly].low == 0.16 && costs[.guessingHourly].high == 0.18)
        let origins = Dictionary(uniqueKeysWithValues: costs.figures.map { ($0.item, $0.origin) })
        #expect(origins[.recordPrice] == .stated && origins[.recordLoss] == .assumed)
        let fact = try #require(Facts.documented.named("cloudhsm-hourly"))
        #expect(origins[.deviceHourly] == .documented(fact))
    }

    @Test("the price of a record is bounded by the study, the rest of it is assumed")
    func bounded() {
        let costs = Costs(CostSettings())
        #expect(costs[.recordPrice] == PERT(low: 0.05, likely: 1, high: 10))
        #expect(
            costs.assumptions.contains(
                "A thief is paid for a record: 0.05 to 10 USD, most likely 1 (the most: "
                    + "underground price of a payment card, NordVPN study, 2021, cited by others; "
                    + "in USD; the least and the likeliest: assumed; no source)."))
    }

    @Test("every figure says where it is from, and a default without a document that it has none")
    func assumptions() {
        var settings = CostSettings(currency: "EUR")
        settings.triage = ThreePoint(80)
        let lines = Costs(settings).assumptions
        #expect(lines.count == CostItem.allCases.count + 1)
        #expect(lines.contains("Looking into an alarm costs: 80 EUR (as the scenario states)."))
        #expect(
            lines.contains(
                "A device costs an hour: 1.6 EUR (AWS CloudHSM pricing, no year given, cited by "
                    + "others; a price in USD, taken at par)."))
        #expect(
            lines.contains(
                "The defender loses with a stolen record: 1 to 100 EUR, most likely 10 (assumed; "
                    + "no source)."))
        #expect(lines.last == "The defender has 1 device (assumed; no source).")
    }

    @Test("of a cluster every HSM is paid for, and the assumptions say so")
    func cluster() {
        var settings = CostSettings()
        settings.devices = 2
        let costs = Costs(settings, cluster: 6)
        #expect(costs.hsms == 12)
        #expect(
            costs.assumptions.last == "The defender has 2 clusters (as the scenario states) of 6 "
                + "HSMs (as the document has them): the price of a device is paid for each of the "
                + "12 HSMs.")
        let month = DefenderMonth.expected(burdenedCalls: 0, falseAlarms: 0, costs: costs)
        #expect(isClose(month, 12 * 1.6 * 720))
    }

    @Test("without documents everything is assumed")
    func withoutFacts() throws {
        let none = try Facts(
            CSVRows(parsing: "name,title,low,likely,high,unit,statistic,year,source,kind,remark\n"))
        #expect(Costs(CostSettings(), facts: none).figures.allSatisfy { $0.origin == .assumed })
    }

    @Test("a price that is none, and a currency that is none, are told by their keys")
    func flaws() {
        #expect(CostSettings().flaw == nil)
        for currency in ["", "usd", "DOLLAR", "U$D", "ÉUR"] {
            #expect(CostSettings(currency: currency).flaw?.key == "currency", "\(currency)")
        }
        var settings = CostSettings()
        settings.devices = -1
        #expect(settings.flaw?.key == "devices")
        settings.devices = 2
        settings.triage = ThreePoint(-1, 2, 3)
        #expect(
            settings.flaw?.description
                == "'triage': '[-1.0, 2.0, 3.0]' must be prices from 0 to 10¹⁵")
        settings.triage = ThreePoint(1e16)
        #expect(settings.flaw?.value == "1e+16")
        settings.triage = ThreePoint(0, 1, 1e15)
        #expect(settings.flaw == nil)
        let reversed = CostSettings.flaw(ofPrice: "record-price", low: 1, likely: 3, high: 2)
        #expect(
            reversed?.description == "'record-price': '[1.0, 3.0, 2.0]' must go from the least to "
                + "the likeliest to the most")
        let nothing = CostSettings.flaw(ofPrice: "operation", low: 0, likely: .nan, high: 2)
        #expect(nothing?.key == "operation")
    }

    @Test("each key names its own price")
    func keys() {
        let bad = ThreePoint(-1.0)
        let changes: [(String, (inout CostSettings) -> Void)] = [
            ("record-price", { $0.recordPrice = bad }),
            ("attacker-hourly", { $0.attackerHourly = bad }),
            ("attacker-fixed", { $0.attackerFixed = bad }), ("operation", { $0.operation = bad }),
            ("device-hourly", { $0.deviceHourly = bad }), ("record-loss", { $0.recordLoss = bad }),
            ("triage", { $0.triage = bad }), ("denied-call", { $0.deniedCall = bad }),
            ("guessing-hourly", { $0.guessingHourly = bad }),
        ]
        #expect(Set(changes.map(\.0)) == Set(CostItem.allCases.map(\.rawValue)))
        for (key, change) in changes {
            var settings = CostSettings()
            change(&settings)
            #expect(settings.flaw?.key == key)
        }
    }

    @Test("costs are the same read back from JSON")
    func coding() throws {
        var settings = CostSettings(currency: "CHF")
        settings.recordPrice = ThreePoint(0.05, 1, 10)
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(CostSettings.self, from: data) == settings)
    }
}
