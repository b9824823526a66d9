import Regression
import Results

/// How a duel ended, and what was lost on the way.
struct DuelEnd {
    let cause: Cause
    /// Blocks that were left out.
    let losses: [DuelBlockRunner.Loss]

    /// What ended it.
    enum Cause: Equatable {
        /// A look, or the cap.
        case complete
        /// Ctrl-C.
        case interrupted
        /// The limit of calls, in a sentence.
        case spent(String)
        /// Too many lost blocks.
        case lost
    }

    init(_ cause: Cause, _ losses: [DuelBlockRunner.Loss]) {
        self.cause = cause
        self.losses = losses
    }

    /// Why the runs are not whole; nil where they are.
    var partial: String? {
        switch cause {
        case .complete: nil
        case .interrupted: "it was interrupted"
        case .spent(let sentence): sentence
        case .lost: "too many blocks were lost (\(losses.last?.sentence ?? ""))"
        }
    }

    /// What was left out, with how often and why; nil where nothing was.
    var lossSentence: String? {
        guard !losses.isEmpty else { return nil }
        var counts: [(text: String, count: Int)] = []
        for text in losses.map(\.sentence) {
            if let index = counts.firstIndex(where: { $0.text == text }) {
                counts[index].count += 1
            } else {
                counts.append((text, 1))
            }
        }
        let why = counts.map { $0.count == 1 ? $0.text : "\($0.text) (\($0.count) times)" }
        let count = losses.count == 1 ? "1 block was" : "\(losses.count) blocks were"
        return "\(count) lost and left out: \(why.joined(separator: "; "))."
    }

    /// The judged comparison of what was measured.
    ///
    /// - Throws: `ExperimentError` where nothing was, by the device's fault or by Ctrl-C.
    func judge(_ tally: DuelTally) throws(ExperimentError) -> Comparison {
        var found = tally.evidence(isOver: true)
        found.invalid += invalidCells
        if tally.kept == 0 {
            guard cause != .interrupted else {
                throw .interrupted("stopped before a block was whole")
            }
            // Figures that may not be used are a verdict; a device that gives none has none.
            guard cause == .lost, losses.contains(where: \.isInvalid) else {
                throw .device(
                    "nothing could be measured: "
                        + (losses.last?.sentence ?? partial ?? "no block was run"))
            }
        }
        found.notes += [lossSentence].compactMap(\.self)
        if let partial, cause != .lost {
            found.notes.append("The duel ended early, after \(tally.kept) blocks: \(partial).")
        }
        return found.judged()
    }

    /// The cells at which it failed in the end, and those whose calls failed in any block: what
    /// lets no block come through, or gives wrong answers in some, must not pass.
    private var invalidCells: [Comparison.InvalidCell] {
        var cells: [Comparison.InvalidCell] = []
        let last = cause == .lost ? losses.suffix(1) : []
        for loss in losses.filter(\.isAnchors) + last {
            let side = loss.role?.rawValue ?? CampaignTools.nullModuleName
            if let index = cells.firstIndex(where: { $0.cell == loss.cell && $0.side == side }) {
                guard !cells[index].reasons.contains(loss.reason) else { continue }
                cells[index].reasons.append(loss.reason)
            } else {
                cells.append(
                    Comparison.InvalidCell(cell: loss.cell, side: side, reasons: [loss.reason]))
            }
        }
        return cells
    }
}
