import Results
import Throttling
import Units

/// The section of a report that tells how many records one call opens, what that makes of a
/// throttle, and what to do about it.
struct BatchingSection {
    private let run: Run

    init(_ run: Run) { self.run = run }

    /// The whole section; empty where nothing was joined.
    var text: String {
        guard !run.batching.isEmpty else { return "" }
        let lines = findings.map { "- \($0)" }.joined(separator: "\n")
        let parts = ["## Records per operation", lines, callTable, sizeTable, rateTable, advice]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// One paragraph for each kind of record that was joined.
    var findings: [String] { run.batching.map(finding) }

    /// What is taken for granted about k, in sentences.
    var assumptions: [String] {
        if let count = run.scenario.exposure.recordsPerOperation, count > 1 {
            return ["One call opens \(count) records."]
        }
        let audited = run.scenario.exposure.recordsPerOperation == nil ? run.batching : []
        let joining = audited.filter { $0.recordsPerOperation > 1 }.map {
            "One call opens \(Significant.grouped($0.recordsPerOperation)) records of "
                + "\($0.subject), as was tried on this anchor; a joined call takes as many times "
                + "as long as one of a single record as it did for one caller, whatever the number "
                + "of callers."
        }
        let single =
            "One call opens one record\(joining.isEmpty ? "" : " of anything else"). Where one "
            + "data key seals many, set `records-per-operation`: times shrink by that factor."
        return joining + [single] + unaudited
    }

    /// What only an audit could tell.
    private var unaudited: [String] {
        guard run.scenario.exposure.recordsPerOperation == nil else { return [] }
        let subjects = run.cells.map(\.cell).filter { cell in
            cell.isAnchored && Self.joining.contains(cell.mechanism)
                && cell.operation == Cell.usualOperation
                && run.batchingAudit(
                    mechanism: cell.mechanism, recordBytes: cell.recordBytes) == nil
        }
        let names = Self.joining.filter { name in subjects.contains { $0.mechanism == name } }
        guard !names.isEmpty else { return [] }
        return [
            "For \(names.joined(separator: " and ")) that is an assumption, and a kind one: its "
                + "ciphertexts join, so that a thief may open many records with one call. "
                + "`--audit-batching` finds out how many."
        ]
    }

    /// The mechanisms whose ciphertexts join.
    private static let joining = ["aes-cbc-pad", "aes-cbc"]

    private func finding(_ audit: BatchingAudit) -> String {
        let title = Findings.title(audit.subject)
        guard audit.recordsPerOperation > 1 else { return refusal(audit, title) }
        let count = Significant.grouped(audit.recordsPerOperation)
        let sentences = [
            "**\(title): one call opens \(count) records.** \(weakening(audit))",
            charging(audit), inParts(audit),
        ]
        return sentences.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func refusal(_ audit: BatchingAudit, _ title: String) -> String {
        let joined = audit.joined
        let many = "\(Significant.grouped(joined.records)) joined records"
        guard joined.outcome == "CKR_OK" else {
            return "**\(title): records do not join.** To \(many) the device answered "
                + "\(joined.outcome), and gave none."
        }
        let bytes = joined.records * UInt64(audit.recordBytes)
        return "**\(title): records do not join.** Of \(many) \(joined.opened) came out right "
            + "(\(Significant.grouped(joined.rightBytes)) of \(Significant.grouped(bytes)) bytes, "
            + "those of the others by chance)."
    }

    /// What a throttle that counts calls is worth.
    private func weakening(_ audit: BatchingAudit) -> String {
        let count = audit.recordsPerOperation
        var sentence =
            "A throttle that counts calls is weakened \(Significant.grouped(count))-fold"
        for rates in audit.throttled where rates.policy.charge == .operation {
            guard case .tokenBucket(let bucket) = rates.policy.limit else { continue }
            // Both are exact, and so is their product.
            let most = UInt64(min(bucket.rate.perSecond * Double(count), 1e18))
            sentence +=
                ": \(Wording.number(bucket.rate.perSecond)) calls a second are up to "
                + "\(Significant.grouped(most)) records a second"
            if let joined = rates.rates.joined, let gain = rates.rates.gain {
                sentence +=
                    ", of which one caller got \(Wording.number(joined)) with "
                    + "\(Significant.grouped(rates.rates.batch)) in each call, "
                    + "\(Wording.factor(gain)) what single records come to"
            }
            break
        }
        return sentence + "."
    }

    /// What a throttle that charges bytes is worth.
    private func charging(_ audit: BatchingAudit) -> String {
        for rates in audit.throttled where rates.policy.charge != .operation {
            guard let joined = rates.rates.joined, let gain = rates.rates.gain else { continue }
            let verb = gain < Self.kept ? "holds" : "does not hold"
            return "One that charges by bytes, a unit for every \(audit.ciphertextBytes), "
                + "\(verb): \(Wording.number(joined)) records a second came out joined, "
                + "\(Wording.factor(gain)) what single records come to."
        }
        return ""
    }

    /// Joining gains less than this where a throttle holds: what is left is the measuring's own.
    private static let kept = 1.1

    private func inParts(_ audit: BatchingAudit) -> String {
        guard let parts = audit.parts else { return "" }
        guard parts.trial.opened > 1 else {
            return "In parts the device gives none (\(parts.trial.outcome))."
        }
        let rate = parts.rate.map { ", at \(Wording.number($0)) records a second" } ?? ""
        return "In parts one C_DecryptInit opened \(Significant.grouped(parts.trial.opened)) "
            + "records\(rate): a charge for the Init alone is no charge at all."
    }
}

extension BatchingSection {
    private var callTable: String {
        var table = MarkdownTable([
            ("records", .left), ("ciphertext of one", .right), ("longest call", .left),
            ("joined", .right), ("answer", .left), ("opened right", .right),
        ])
        for audit in run.batching {
            table.append([
                Findings.title(audit.subject), "\(audit.ciphertextBytes) bytes",
                audit.largestCall.map(longest) ?? "—", Significant.grouped(audit.joined.records),
                audit.joined.outcome, Significant.grouped(audit.joined.opened),
            ])
            guard let parts = audit.parts else { continue }
            table.append([
                "the same in parts", "",
                "parts of \(Significant.grouped(UInt64(parts.partBytes))) bytes",
                Significant.grouped(parts.trial.records), parts.trial.outcome,
                Significant.grouped(parts.trial.opened),
            ])
        }
        return table.text + """

            Each record is sealed under an IV of its own, as a thief finds it. The ciphertexts \
            are handed over one after another as if they were one; where a record begins, the \
            thief XORs what comes out with the block before it and its own IV, and cuts the \
            padding away. Every byte is compared.
            """
    }

    private func longest(_ call: BatchingAudit.LargestCall) -> String {
        let bytes = "\(Significant.grouped(UInt64(call.bytes))) bytes"
        if let refusal = call.refusal { return "\(bytes), longer: \(refusal)" }
        return bytes + (call.isSlow ? ", longer ones take long" : ", the longest that was tried")
    }

    private var sizeTable: String {
        var table = MarkdownTable([
            ("records", .left), ("in one call", .right), ("records a second", .right),
        ])
        for audit in run.batching {
            for size in audit.rates {
                table.append([
                    Findings.title(audit.subject), Significant.grouped(size.records),
                    Wording.number(size.rate),
                ])
            }
        }
        guard !table.isEmpty else { return "" }
        return table.text + """

            Without a throttle, one caller. The longest call is not always the quickest way; a \
            thief takes the best, and so do the projections: a call takes as many times as long \
            as one of a single record as it did here.
            """
    }

    private var rateTable: String {
        var table = MarkdownTable([
            ("records a second", .left), ("one a call", .right), ("joined", .right),
            ("in one call", .right), ("times as many", .right),
        ])
        for audit in run.batching {
            guard let free = audit.unthrottled else { continue }
            table.append(row("\(audit.subject), no throttle", free))
            for throttled in audit.throttled {
                let by = throttled.policy.charge == .operation ? ", counting calls" : ""
                table.append(row(throttled.policy.inWords + by, throttled.rates))
            }
            if let parts = audit.parts, let rate = parts.rate {
                table.append([
                    "no throttle, in parts", "—", Wording.number(rate),
                    Significant.grouped(parts.trial.records), "—",
                ])
            }
        }
        guard !table.isEmpty else { return "" }
        let length = run.batching.map(\.rateSeconds).max() ?? 0
        return table.text + """

            One caller, \(Seconds(length).inWords) each, measured once, so without an interval; \
            the comparing counts as the thief's time, the repairing of seams, which needs no \
            anchor, does not. A bucket is emptied first: what stands here is what it lets through \
            in the long run. Where bytes are charged a call holds no more records than the \
            throttle ever admits at once, and few enough to be admitted several times in the \
            measured time.
            """
    }

    private func row(_ name: String, _ pair: BatchingAudit.RatePair) -> [String] {
        [
            name, pair.single.map(Wording.number) ?? "—", pair.joined.map(Wording.number) ?? "—",
            Significant.grouped(pair.batch), pair.gain.map(Wording.factor) ?? "—",
        ]
    }

    private var advice: String {
        guard let audit = run.batching.first(where: { $0.recordsPerOperation > 1 }) else {
            return ""
        }
        return """
            **What follows.** Seal records with a mechanism that authenticates (aes-gcm): joined \
            ciphertexts then open nothing. Let the throttle charge by bytes of ciphertext, one \
            unit for a record's worth (`charge: { bytes: \(audit.ciphertextBytes) }`), and those \
            of every C_DecryptUpdate too. And forbid the key every other mechanism with \
            CKA_ALLOWED_MECHANISMS: a thief chooses the mechanism, and a key that also encrypts \
            in ECB gives away the key streams of CTR and GCM.
            """
    }
}
