import Units

extension Policy {
    /// The policy as numbers, for a file that knows no text: what `init(words:)` reads.
    package var words: [UInt64] {
        let patience: UInt64 =
            switch onLimit {
            case .deny: .max
            case .wait(let longest): UInt64(longest.count.magnitude)
            }
        let unit: UInt64 = if case .bytes(let size) = charge { UInt64(size.count) } else { 0 }
        let place = EnforcementPoint.allCases.firstIndex(of: enforced) ?? 0
        let members = limit.members
        return [patience, scope == .global ? 0 : 1, UInt64(place), unit, UInt64(members.count)]
            + members.flatMap(\.words)
    }

    /// The policy of such numbers.
    ///
    /// - Returns: nil where they are none that `words` could have been.
    package init?(words: [UInt64]) {
        var rest = words[...]
        guard let head = rest.take(5), head[1] <= 1,
            head[2] < UInt64(EnforcementPoint.allCases.count), let unit = Int(exactly: head[3]),
            head[0] == .max || Int64(exactly: head[0]) != nil
        else { return nil }
        var members: [Limit] = []
        for _ in 0..<min(head[4], 64) {
            guard let member = Limit.member(from: &rest) else { return nil }
            members.append(member)
        }
        guard rest.isEmpty, members.count == Int(clamping: head[4]) else { return nil }
        let limit: Limit =
            switch members.count {
            case 0: .none
            case 1: members[0]
            default: .all(members)
            }
        self.init(
            limit, onLimit: head[0] == .max ? .deny : .wait(atMost: Nanoseconds(Int64(head[0]))),
            scope: head[1] == 0 ? .global : .perClient,
            enforced: EnforcementPoint.allCases[Int(head[2])],
            charge: unit == 0 ? .operation : .bytes(ByteCount(unit)))
    }
}

extension Limit {
    /// A tag and the values of one limit.
    fileprivate var words: [UInt64] {
        func length(_ length: Nanoseconds) -> UInt64 { UInt64(length.count.magnitude) }
        return switch self {
        case .tokenBucket(let bucket):
            [1, bucket.rate.count, length(bucket.rate.period), bucket.burst.count]
        case .fixedWindow(let fixed):
            [2, fixed.limit.count, length(fixed.window), length(fixed.phase)]
        case .slidingWindow(let sliding): [3, sliding.limit.count, length(sliding.window)]
        case .breaker(let breaker):
            [4, breaker.threshold.count, length(breaker.window), length(breaker.lockout)]
        case .budget(let budget): [5, budget.quota.count, length(budget.period.length)]
        case .tarpit(let tarpit):
            [
                6, tarpit.free.count, length(tarpit.first), tarpit.growth.bitPattern,
                length(tarpit.longest), length(tarpit.window),
            ]
        case .concurrency(let most): [7, most.count]
        case .delay(let wait): [8, length(wait)]
        case .none, .all: preconditionFailure("a limit of several is written one by one")
        }
    }

    /// Reads one limit off the front; nil where there is no sensible one.
    fileprivate static func member(from words: inout ArraySlice<UInt64>) -> Limit? {
        guard let tag = words.take(1)?.first,
            let count = [1: 3, 2: 3, 3: 2, 4: 3, 5: 2, 6: 5, 7: 1, 8: 1][tag],
            let values = words.take(count)
        else { return nil }
        func length(_ index: Int) -> Nanoseconds {
            Nanoseconds(Int64(exactly: values[index]) ?? 0)
        }
        let first = RecordCount(values[0])
        switch tag {
        case 1:
            guard values[0] > 0, length(1) > .zero else { return nil }
            let (rate, burst) = (Rate(values[0], per: length(1)), RecordCount(values[2]))
            guard TokenBucket.flaw(rate: rate, burst: burst) == nil else { return nil }
            return .tokenBucket(TokenBucket(rate: rate, burst: burst))
        case 2:
            let phase = length(2) > .zero ? length(2) : nil
            guard FixedWindow.flaw(limit: first, window: length(1), phase: phase) == nil else {
                return nil
            }
            return .fixedWindow(FixedWindow(limit: first, window: length(1), phase: phase))
        case 3:
            guard SlidingWindow.flaw(limit: first, window: length(1)) == nil else { return nil }
            return .slidingWindow(SlidingWindow(limit: first, window: length(1)))
        case 4:
            let (window, lockout) = (length(1), length(2))
            guard Breaker.flaw(threshold: first, window: window, lockout: lockout) == nil else {
                return nil
            }
            return .breaker(Breaker(threshold: first, window: window, lockout: lockout))
        case 5:
            let period = Budget.Period.allCases.first { $0.length == length(1) }
            guard let period, values[0] > 0 else { return nil }
            return .budget(Budget(quota: first, period: period))
        case 6:
            return Tarpit(
                free: first, first: length(1), growth: Double(bitPattern: values[2]),
                longest: length(3), window: length(4)
            ).map(Limit.tarpit)
        case 7: return values[0] > 0 ? .concurrency(first) : nil
        default: return .delay(length(0))
        }
    }
}

extension ArraySlice<UInt64> {
    /// Takes so many words off the front; nil where there are fewer.
    fileprivate mutating func take(_ count: Int) -> [UInt64]? {
        guard self.count >= count else { return nil }
        defer { removeFirst(count) }
        return Array(prefix(count))
    }
}
