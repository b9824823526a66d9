import GateState
import Units

/// The counts of a gate since it was made, as text for a scrape.
package struct GateOpenMetrics: Sendable {
    private let snapshot: GateSnapshot

    /// The text of one snapshot.
    package init(_ snapshot: GateSnapshot) { self.snapshot = snapshot }

    /// Which of the two texts, which differ in the names of counters.
    package enum Form: Sendable {
        /// Prometheus text 0.0.4: what `promtool` checks and node-exporter's collector reads.
        case prometheus
        /// OpenMetrics 1.0.
        case openMetrics

        /// How HTTP names it.
        package var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }

        /// The one that a request prefers: OpenMetrics where it is named and weighs no less.
        package init(accepting header: String?) {
            let accepted = AcceptedTypes(header ?? "")
            let open = accepted.weight(of: "application/openmetrics-text", named: true)
            let plain = accepted.weight(of: "text/plain", named: false)
            self = open > 0 && open >= plain ? .openMetrics : .prometheus
        }
    }

    /// The text.
    package func text(_ form: Form) -> String {
        let families = gateFamilies + identityFamilies + canaryFamilies
        let text = families.map { $0.text(form) }.joined()
        return form == .openMetrics ? text + "# EOF\n" : text
    }

    private var gateFamilies: [MetricFamily] {
        let configuration = snapshot.configuration
        return [
            MetricFamily(
                "anchorgate", .info, "What the gate guards, and its policy.",
                [
                    sample(
                        [
                            ("module", configuration.module),
                            ("policy", configuration.policy.inWords),
                            ("scope", configuration.policy.scope.rawValue),
                        ], "1")
                ]),
            MetricFamily(
                "anchorgate_created_timestamp_seconds", .gauge, "When the gate was made.",
                unit: "seconds", [sample([], InstantText.seconds(snapshot.created))]),
            MetricFamily(
                "anchorgate_closed", .gauge, "Whether nobody at all is let in.",
                [sample([], snapshot.closedSince == nil ? "0" : "1")]),
            MetricFamily(
                "anchorgate_gate_operations", .counter,
                "Calls of all identities together, by what became of them.",
                GateOutcome.allCases.map { outcome in
                    let sum = snapshot.identities.reduce(0) { $0 &+ $1.total[outcome] }
                    return sample([("outcome", outcome.name)], "\(sum)")
                }),
        ]
    }

    private var identityFamilies: [MetricFamily] {
        [
            MetricFamily(
                "anchorgate_operations", .counter,
                "Calls by identity, function and what became of them.",
                snapshot.identities.flatMap(operations)),
            each("anchorgate_units", .counter, "Units that were charged.") { "\($0.units)" },
            each("anchorgate_waits", .counter, "Calls that were made to wait.") { "\($0.waits)" },
            each(
                "anchorgate_wait_seconds", .counter, "How long calls were made to wait.",
                unit: "seconds"
            ) { InstantText.seconds($0.waited) },
            each("anchorgate_identity_revoked", .gauge, "Whether the identity is refused.") {
                $0.revokedSince == nil ? "0" : "1"
            },
            each(
                "anchorgate_last_call_timestamp_seconds", .gauge,
                "When the last charged call was admitted.", unit: "seconds"
            ) { $0.lastCall.map(InstantText.seconds) },
        ]
    }

    /// Only of a gate that looks for canaries: elsewhere a zero would say that none was opened.
    private var canaryFamilies: [MetricFamily] {
        guard snapshot.canaries > 0 else { return [] }
        return [
            each(
                "anchorgate_canaries", .counter,
                "Canaries, which nobody has a reason to open, that calls handed over to be opened."
            ) { "\($0.canaries)" }
        ]
    }

    /// Every count of an identity, zeros included: a rise from nothing is seen only where there was
    /// a zero before.
    private func operations(of identity: GateIdentity) -> [MetricFamily.Sample] {
        GateFunction.allCases.flatMap { function in
            let calls = identity.calls[function] ?? GateCalls()
            return GateOutcome.allCases.map { outcome in
                sample(
                    [
                        ("identity", identity.name), ("function", function.name),
                        ("outcome", outcome.name),
                    ], "\(calls[outcome])")
            }
        }
    }

    private func each(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, unit: String? = nil,
        _ value: (GateIdentity) -> String?
    ) -> MetricFamily {
        MetricFamily(
            name, kind, help, unit: unit,
            snapshot.identities.compactMap { identity in
                value(identity).map { sample([("identity", identity.name)], $0) }
            })
    }

    /// A sample of this gate: the files of several gates meet in one collector.
    private func sample(
        _ labels: [(name: String, value: String)], _ value: String
    ) -> MetricFamily.Sample {
        MetricFamily.Sample(labels: labels + [("gate", snapshot.path)], value: value)
    }
}
