/// How often at least M of the last N periods breach where before fewer did, in a cycle of
/// independent periods.
struct OnsetRate {
    /// Onsets a period, the mean over the cycle.
    let perPeriod: Double

    /// Additions above which only some periods of the cycle are looked at, evenly spread.
    private static let affordable = 20_000_000

    /// The rate, where each period of the cycle breaches with one of the probabilities.
    init(breaching: [Double], kinds: [Int], datapointsToAlarm: Int, evaluationPeriods: Int) {
        let (needed, window) = (datapointsToAlarm - 1, evaluationPeriods - 1)
        guard breaching.count > 1 else {
            let only = breaching.first ?? 0
            let others = Self.probability(
                of: needed, among: [Double](repeating: only, count: window))
            perPeriod = only * (1 - only) * others
            return
        }
        let isEnd = needed == 0 || needed == window
        let cost = kinds.count * max(1, isEnd ? 1 : window * min(needed, window - needed))
        let stride = max(1, cost / Self.affordable)
        var (sum, looked, run) = (0.0, 0, [Double]())
        // For the ends of the range a running product does: of the windows that end before `at`.
        let factors = breaching.map { needed == 0 ? 1 - $0 : $0 }
        let products = isEnd ? Self.products(factors, kinds, window) : []
        for at in Swift.stride(from: 0, to: kinds.count, by: stride) {
            let now = breaching[kinds[at]]
            let before = breaching[kinds[Self.index(at - evaluationPeriods, in: kinds)]]
            guard now > 0, before < 1 else {
                looked += 1
                continue
            }
            let others: Double
            if isEnd {
                others = products[at]
            } else {
                run = (1...window).map { breaching[kinds[Self.index(at - $0, in: kinds)]] }
                others = Self.probability(of: needed, among: run)
            }
            sum += now * (1 - before) * others
            looked += 1
        }
        perPeriod = sum / Double(looked)
    }

    private static func index(_ position: Int, in kinds: [Int]) -> Int {
        let rest = position % kinds.count
        return rest < 0 ? rest + kinds.count : rest
    }

    /// For each period the product of the factors of those before it, as many as a window holds.
    ///
    /// Multiplied afresh for each run of equal factors, so that nothing is ever divided by.
    private static func products(_ factors: [Double], _ kinds: [Int], _ window: Int) -> [Double] {
        // Two stacks make a queue whose product is known without a division.
        var (older, newer, newerProduct) = ([Double](), [Double](), 1.0)
        func push(_ factor: Double) {
            newer.append(factor)
            newerProduct *= factor
        }
        func pop() {
            if older.isEmpty {
                var product = 1.0
                for factor in newer.reversed() {
                    product *= factor
                    older.append(product)
                }
                newer.removeAll(keepingCapacity: true)
                newerProduct = 1
            }
            older.removeLast()
        }
        for back in Swift.stride(from: window, to: 0, by: -1) {
            push(factors[kinds[index(-back, in: kinds)]])
        }
        return kinds.map { kind in
            let product = (older.last ?? 1) * newerProduct
            push(factors[kind])
            pop()
            return product
        }
    }

    /// The probability that exactly so many of independent periods breach.
    private static func probability(of needed: Int, among breaching: [Double]) -> Double {
        // Counted from the side that needs fewer.
        let fromBreaches = needed <= breaching.count - needed
        let limit = fromBreaches ? needed : breaching.count - needed
        var counts = [Double](repeating: 0, count: limit + 1)
        counts[0] = 1
        for probability in breaching {
            let hit = fromBreaches ? probability : 1 - probability
            for count in Swift.stride(from: limit, to: 0, by: -1) {
                counts[count] = counts[count] * (1 - hit) + counts[count - 1] * hit
            }
            counts[0] *= 1 - hit
        }
        return counts[limit]
    }
}
