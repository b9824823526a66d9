import Exposure
import Results
import Units

/// What to choose for each mechanism and record size of a run.
package struct ThresholdReports: Sendable {
    private let exposure: RunExposure
    private let reports: [ThresholdReport]

    /// The choices of a run by the settings of its scenario.
    ///
    /// - Throws: `ThresholdError` where there is nothing to choose for.
    package init(_ run: Run, on spread: some Spreading) throws(ThresholdError) {
        let settings = run.scenario.exposure
        guard settings.targets != nil else {
            throw ThresholdError(
                "'exposure.targets' is none: say what is to be met, with --targets")
        }
        guard settings.demand != nil else {
            throw ThresholdError(
                "'exposure.demand' is none, and a threshold is chosen for a demand: say it with "
                    + "--demand, such as '{ mean: 200/s }'")
        }
        guard settings.alarm != nil else {
            throw ThresholdError(
                "'exposure.alarm' is none: say its period with --alarm, such as "
                    + "'{ period: 60s }'")
        }
        let exposure = RunExposure(run, on: spread)
        guard let demand = exposure.detection.demand, !exposure.choices.isEmpty else {
            let why = exposure.model.gaps + exposure.detection.gaps
            throw ThresholdError(
                "no threshold can be chosen: "
                    + (why.first ?? "the run measured no rate that can be projected"))
        }
        self.exposure = exposure
        reports = exposure.choices.enumerated().map { index, choice in
            ThresholdReport(
                of: choice.choice, subject: choice.subject, demand: demand,
                dataset: exposure.model.spokenOf, cost: settings.cost,
                // The same demand stands before all: once is enough.
                remark: index == 0 ? DetectionSection.traced(exposure.detection) : nil)
        }
    }

    /// The choices, one after the other.
    package var markdown: String {
        (reports.map(\.markdown) + exposure.detection.gaps).joined(separator: "\n\n")
    }

    /// The frontiers as one table.
    package var table: CSVTable {
        var table = CSVTable(
            columns: ["subject"] + ThresholdChoice.columns, digits: CSVTable.computedDigits)
        for choice in exposure.choices {
            for row in choice.choice.table.rows { table.append([.text(choice.subject)] + row) }
        }
        return table
    }
}

/// Why no threshold can be chosen, in one sentence.
package struct ThresholdError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
