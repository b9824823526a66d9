import Results
import Throttling
import Units

/// A run with mixed loads behind several throttles, every figure of it fixed.
enum AttackedRun {
    static let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100)))

    static let waiting = Policy(bucket)
    static let denying = Policy(bucket, onLimit: .deny)
    static let ownState = Policy(bucket, onLimit: .deny, scope: .perClient)
    static let window = Policy(
        .slidingWindow(SlidingWindow(limit: RecordCount(10_000), window: .seconds(60))),
        onLimit: .deny, enforced: .host)
    static let both = Policy(.all([.concurrency(RecordCount(2)), bucket]), enforced: .hsm)
    static let delay = Policy(.delay(.milliseconds(5)))
    static let tarpit = Tarpit(
        free: RecordCount(100), first: .milliseconds(10), growth: 2, longest: .seconds(1),
        window: .seconds(60)
    ).map { Policy(.tarpit($0)) }

    static let throttles =
        [Policy.none, waiting, denying, ownState, window, both, delay] + [tarpit].compactMap(\.self)

    /// Every throttle but the tarpit beside one attacker who hammers, and what is refused.
    static let whole = run(
        FixedRun.mixed(.none, .init(stolen: 18_000))
            + FixedRun.mixed(waiting, .init(wait: .milliseconds(12)))
            + FixedRun.mixed(denying, .init(admitted: 5, stolen: 594, refused: 19_406))
            + FixedRun.mixed(ownState, .init(stolen: 600, refused: 19_400))
            + FixedRun.mixed(window, .init(admitted: 110, stolen: 9_890, refused: 10_110))
            + FixedRun.mixed(both, .init(wait: .milliseconds(9)))
            + FixedRun.mixed(delay, .init(wait: .milliseconds(5), stolen: 190)))

    /// A run of these mixed cells, and what is measured besides.
    static func run(_ mixed: [CellResult], onDenied: String = "spin") -> Run {
        FixedRun.run(
            cells: [
                FixedRun.result(FixedRun.cell(callers: 1), perSecond: [9_000, 10_000, 11_000]),
                FixedRun.result(
                    FixedRun.cell(callers: 4, processes: 2), perSecond: [19_000, 20_000, 21_000]),
            ] + mixed, throttles: throttles, datasets: [10_000, 10_000_000],
            windows: [900, 86_400], onDenied: onDenied)
    }
}
