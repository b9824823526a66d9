import Exposure
import Results
import Throttling

/// The projections of one mechanism and record size, those that say the same once.
struct SubjectGroup {
    let subject: String
    /// The projections, in their order, each different from those before it.
    private(set) var projections: [Projection]
    private var all: [Projection]
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
        let isAlike = kin.allSatisfy { $0.saysTheSame(as: projection) }
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
                        all: [projection]))
            }
        }
        return groups
    }

    private mutating func append(_ projection: Projection) {
        all.append(projection)
        guard !projections.contains(where: { $0.saysTheSame(as: projection) }) else { return }
        projections.append(projection)
    }
}

extension Projection {
    /// Whether another differs in nothing that a thief is bound by.
    fileprivate func saysTheSame(as other: Projection) -> Bool {
        let (own, its) = (throttle, other.throttle)
        return own.limit == its.limit && own.charge == its.charge && own.enforced == its.enforced
            && (own.scope == its.scope || identities == 1) && identities == other.identities
            && subject == other.subject
    }
}
