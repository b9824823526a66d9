/// The ticks of an axis that there is room for: some with labels, the others short strokes.
struct Ticks {
    /// A tick with its text and its place along the axis, in pixels.
    struct Labelled {
        let value: Double
        let position: Double
        let text: String
    }

    /// Ticks with labels, ascending; their labels do not touch.
    let labelled: [Labelled]
    /// Places along the axis of ticks without labels, in pixels.
    let minor: [Double]

    /// Chooses ticks; `room` is the length that a label takes along the axis, gap included.
    init(_ mapping: AxisMapping, room: (String) -> Double) {
        let candidates = Self.candidates(mapping).filter {
            mapping.contains($0.value) && mapping.axis.raised($0.value) == $0.value
        }
        var chosen: [Labelled] = []
        var taken: [ClosedRange<Double>] = []
        for rank in 0...2 where rank < 2 || chosen.count < 4 {
            let ranked = candidates.filter { $0.rank == rank }
            // The same room for each, so that even ticks stay even when some are left out.
            let half = (ranked.map { room(mapping.axis.text($0.value)) }.max() ?? 0) / 2
            for tick in ranked {
                guard let position = mapping.position(tick.value) else { continue }
                let text = mapping.axis.text(tick.value)
                let place = position - half...position + half
                guard !taken.contains(where: { $0.overlaps(place) }) else { continue }
                taken.append(place)
                chosen.append(Labelled(value: tick.value, position: position, text: text))
            }
        }
        labelled = chosen.sorted { $0.value < $1.value }
        minor = Self.minor(candidates, mapping, besides: Set(chosen.map(\.value)))
    }

    /// Every value that may carry a tick, ascending, without repeats.
    private static func candidates(_ mapping: AxisMapping) -> [Tick] {
        if let given = mapping.axis.ticks {
            return Set(given.filter(mapping.axis.canShow)).sorted().map { Tick($0, 0) }
        }
        let domain = mapping.domain
        switch mapping.axis.scale {
        case .log10: return TickCandidates.logarithmic(mapping.axis.unit, around: domain)
        case .linear:
            let span = domain.upperBound - domain.lowerBound
            let step = TickCandidates.step(mapping.axis.unit, atLeast: span / 6 * 0.999_999)
            let first = (domain.lowerBound / step - 1e-6).rounded(.up)
            let count = Int((span / step + 1e-6).rounded(.down))
            return (0...count).map { Tick((first + Double($0)) * step, 0) }
        }
    }

    /// Unlabelled ticks of the finest rank that still leaves three pixels between neighbours.
    private static func minor(
        _ candidates: [Tick], _ mapping: AxisMapping, besides chosen: Set<Double>
    ) -> [Double] {
        guard mapping.axis.scale == .log10 else { return [] }
        let rank = mapping.pixelsPerDecade >= 60 ? 3 : mapping.pixelsPerDecade >= 14 ? 2 : 1
        return candidates.filter { $0.rank <= rank && !chosen.contains($0.value) }
            .compactMap { mapping.position($0.value) }
    }
}
