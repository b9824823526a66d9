import Latency
import Results
import Throttling
import Units

extension DeviceProfile {
    /// A run in place of a measured one, so that whatever is told of a run is told of the device:
    /// one closed load of one caller at the documented rate, without any latency.
    ///
    /// - Parameters:
    ///   - scenario: what is projected: throttles, data sets, windows, attackers. Its anchor and
    ///     its loads become the profile's.
    ///   - others: where the notes on the device stand.
    /// - Throws: `DeviceError` where the documented operation opens no record.
    package func run(
        under scenario: Scenario, among others: DeviceProfiles = .documented
    ) throws(DeviceError) -> Run {
        guard let mechanism else {
            throw DeviceError(
                "'\(name)' is documented for '\(operation)', which opens no record: nothing can be "
                    + "projected from it")
        }
        let operation = mechanism == "aes-key-wrap" ? "unwrap" : Cell.usualOperation
        let bytes = recordBytes ?? scenario.recordBytes.first?.count ?? Self.usualRecordBytes
        let cell = Cell(
            anchor: name, operation: operation, mechanism: mechanism, keyBits: keyBits ?? 0,
            keyKind: .token, recordBytes: bytes, callers: 1, processes: 1, throttle: .none,
            // Nothing can be derived from a key of unknown length.
            requestBytes: keyBits == nil ? bytes : nil)
        var result = CellResult(cell)
        result.add(round, pooled: PooledHistograms())
        var run = Run(
            scenario: resolved(scenario, cell), seed: 0,
            provenance: Provenance(host: [:], tool: [:], anchor: facts, run: [:]),
            cells: [result], partial: nil, notes: notes)
        run.documented = DocumentedSource(
            title: title, source: source, asOf: asOf, cluster: cluster,
            counting: others.counting(operation, on: self))
        return run
    }

    /// The length of a record where neither the document nor the scenario says.
    private static let usualRecordBytes = 256

    /// A round that gives the rate: only the quotient of its two figures is used.
    private var round: Round {
        let seconds = figure / perSecond
        let operations = UInt64(figure)
        return Round(
            number: 1, order: 1, verdict: Verdict(remarks: ["documented, not measured"]),
            seconds: seconds, operations: operations, denied: 0, errors: [:],
            latency: PooledHistograms().figures, admitted: operations,
            cpuNanosecondsPerOperation: nil)
    }

    private func resolved(_ scenario: Scenario, _ cell: Cell) -> Scenario {
        var scenario = scenario
        scenario.name = name
        scenario.anchor = AnchorSettings(
            uri: name, operation: cell.operation, mechanisms: [cell.mechanism],
            keyBits: keyBits.map { [cell.mechanism: $0] } ?? [:], key: .token, isReadWrite: false)
        scenario.recordBytes = [ByteCount(cell.recordBytes)]
        scenario.load = LoadSettings(closed: [1], processes: [1])
        scenario.limits = Limits()
        (scenario.auditsCache, scenario.auditsBatching) = (false, false)
        return scenario
    }

    private var facts: [String: Fact] {
        [
            "device": .value(title), "operation": .value(operation),
            "figure": .value("\(Significant.text(figure, digits: 6)) \(unit)"),
            "document": .value(source),
            "as_of": asOf.map(Fact.value) ?? .unavailable("the document bears no date"),
        ]
    }

    private var notes: [String] {
        ["\(title): \(operation), \(Significant.text(figure, digits: 6)) \(unit), by \(citation)."]
            + (remark.isEmpty ? [] : [remark]) + unknowns
    }
}
