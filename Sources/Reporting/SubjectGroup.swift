import Exposure
import Results
import Throttling

/// The projections of one mechanism and record size, those that say the same once.
struct SubjectGroup {
    let subject: String
    /// The projections, in their order, each different from those before it.
    private(set) var projections: [Projection]
    private var all: [Projection]
    /// The alarm that tells projections apart; nil for none.
    private var rule: AlarmRule?
    /// The subject as a part of a file's name.
    var fileName: String { subject.replacing("/", with: "-") }

    /// The throttle's name, with the identities where there are several.
    ///
    /// Where throttles of the same words say the same, as one that waits and one that denies do of
    /// a thief, what tells them apart is left out.
    func label(of projection: Projection) -> String {
        let kin = all.filter {
            $0.throttle.inWords == projection.throttle.inWords
                && $0.identities == projection.identities
        }
        let isAlike = kin.allSatisfy { $0.saysTheSame(as: projection, under: rule) }
        let names = ThrottleNames(
            isAlike ? [] : kin.map(\.throttle), by: ThrottleNames.Aspect.binding)
        let identities = projection.identities
        return names[projection.throttle] + (identities > 1 ? ", \(identities) identities" : "")
    }

    /// Projections by subject, in their order.
    static func grouping(_ projections: [Projection]) -> [SubjectGroup] {
        var groups: [SubjectGroup] = []
        for projection in projections {
            if let index = groups.firstIndex(where: { $0.subject == projection.subject }) {
                groups[index].append(projection)
            } else {
                groups.append(
                    SubjectGroup(
                        subject: projection.subject, projections: [projection],
                        all: [projection], rule: nil))
            }
        }
        return groups
    }

    private mutating func append(_ projection: Projection) {
        all.append(projection)
        guard !projections.contains(where: { $0.saysTheSame(as: projection, under: rule) })
        else { return }
        projections.append(projection)
    }

    /// The same group, where one alarm watches it: what it hears behind one throttle and not behind
    /// another is told of each.
    func watched(by rule: AlarmRule?) -> SubjectGroup {
        var group = SubjectGroup(subject: subject, projections: [], all: [], rule: rule)
        for projection in all { group.append(projection) }
        return group
    }
}

extension Projection {
    /// Whether another differs in nothing that a thief is bound by, nor in what an alarm hears.
    fileprivate func saysTheSame(as other: Projection, under rule: AlarmRule?) -> Bool {
        let (own, its) = (throttle, other.throttle)
        if let rule, canRaise(rule) != other.canRaise(rule) { return false }
        return own.limit == its.limit && own.charge == its.charge && own.enforced == its.enforced
            && (own.scope == its.scope || identities == 1) && identities == other.identities
            && subject == other.subject
    }
}
