import Units

/// An open legitimate load and attackers who call flat out, on one anchor at one time: what a
/// throttle costs the innocent.
package struct MixedLoad: Codable, Hashable, Sendable {
    /// When the legitimate calls are due.
    package var legitimate: OpenRate
    /// Callers that make the legitimate calls, all processes together.
    package var callers: Int
    /// Client identities that the legitimate calls come from in turn: call n from n mod clients.
    package var clients: Int
    /// Attackers in closed loop, all of whom share one identity of their own: the stolen access of
    /// one client, held open by so many calls.
    package var attackers: Int

    /// How many identities legitimate calls come from where nobody says.
    package static let usualClients = 4

    /// A mixed load.
    package init(
        legitimate: OpenRate, callers: Int = OpenLoad.usualCallers,
        clients: Int = MixedLoad.usualClients, attackers: Int = 1
    ) {
        precondition(callers > 0 && clients > 0 && attackers > 0, "both classes call")
        self.legitimate = legitimate
        self.callers = callers
        self.clients = clients
        self.attackers = attackers
    }

    /// Client identities of both classes together, the attackers' own the last of them.
    package var identities: Int { clients + 1 }

    /// `mixed-200ps-poisson-1`: the legitimate rate, its arrivals and the number of attackers; what
    /// else is not usual is named after them.
    var name: String {
        let rate = "\(legitimate.rate.keyForm)-\(legitimate.arrivals.rawValue)"
        let clients = clients == Self.usualClients ? "" : "-\(self.clients)-clients"
        let callers = callers == OpenLoad.usualCallers ? "" : "-\(self.callers)-callers"
        return "mixed-\(rate)-\(attackers)\(clients)\(callers)"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int {
            let count = try values.decode(Int.self, forKey: key)
            // A file that someone has edited must not break a precondition.
            guard (1...1 << 20).contains(count) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: values, debugDescription: "\(count) must be at least 1")
            }
            return count
        }
        legitimate = try values.decode(OpenRate.self, forKey: .legitimate)
        callers = try count(.callers)
        clients = try count(.clients)
        attackers = try count(.attackers)
    }
}

/// Whose calls a row tells of.
package enum CallerClass: String, Codable, CaseIterable, Hashable, Sendable {
    /// Calls that fall due: the users'.
    case legitimate
    /// Calls that follow one another at once: the thief's.
    case attacker
}

extension Cell {
    /// The two cells of a mixed load, the legitimate one first, which differ in nothing but their
    /// class and what follows from it.
    ///
    /// They are measured in one go, and this cell gives what both have besides.
    package func classes(of load: MixedLoad) -> [Cell] {
        CallerClass.allCases.map { callerClass in
            var cell = self
            cell.mixed = load
            cell.open = callerClass == .legitimate ? load.legitimate : nil
            cell.callers = callerClass == .legitimate ? load.callers : load.attackers
            return cell
        }
    }

    /// The cell of the other class that is measured in one go with this one; nil where there is
    /// one class alone.
    package var otherClass: Cell? {
        mixed.flatMap { load in classes(of: load).first { $0.callerClass != callerClass } }
    }
}
