import ArgumentParser
import Experiment
import GateState

/// Which identities of a gate are meant.
struct GateTarget: ParsableArguments {
    @Argument(help: "The gate's state.", completion: .file())
    var state: String

    @Argument(help: "Identities.")
    var identities: [String] = []

    @Flag(help: "Everybody at once, whoever they are and whoever comes.")
    var all = false

    func validate() throws {
        guard all != identities.isEmpty else { return }
        throw ValidationError(
            all
                ? "--all means everybody: name no identity besides"
                : "name the identities that are meant, or --all")
    }

    /// The identity that was meant by one that never came, to go on a sentence with; empty where
    /// none is near.
    func meant(by name: String) -> String {
        let known = (try? GateSnapshot(path: state))?.identities.map(\.name) ?? []
        let others = known.filter { !identities.contains($0) }
        return nearestWord(to: name, among: others).map { "; did you mean '\($0)'?" } ?? ""
    }
}

/// `anchorbench gate revoke`.
struct GateRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse identities from their next call on, in every process.",
        discussion: """
            Sessions that are open already obey as well: nothing more is opened, sealed, signed or \
            wrapped. Whoever could choose his identity himself can choose another: --all refuses \
            everybody.

              anchorbench gate revoke gate.state web
              anchorbench gate revoke gate.state --all
            """)

    @OptionGroup var target: GateTarget

    func run() throws {
        let gate = try GateState(path: target.state, isTrusted: false)
        if target.all { gate.setClosed(true) }
        // Whoever is known is refused first, without a lock, and whatever the other names are.
        let rows = target.identities.map { (name: $0, row: gate.row(of: $0)) }
        for (_, row) in rows { if let row { gate.setRevoked(true, row: row) } }
        var failures: [GateStateError] = []
        for (name, row) in rows where row == nil {
            let meant = target.meant(by: name)
            do throws(GateStateError) {
                gate.setRevoked(true, row: try gate.claim(name))
                Console.say(
                    "no call of '\(name)' was seen yet; from its first one on it is refused\(meant)"
                )
            } catch {
                failures.append(error)
            }
        }
        for failure in failures.dropLast() { Console.say(failure.description) }
        if let last = failures.last { throw last }
    }
}

/// `anchorbench gate restore`.
struct GateRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Let revoked identities in again.",
        discussion: """
            --all takes back 'revoke --all'; identities that were revoked by name stay so.

              anchorbench gate restore gate.state web
            """)

    @OptionGroup var target: GateTarget

    func run() throws {
        let gate = try GateState(path: target.state, isTrusted: false)
        if target.all { gate.setClosed(false) }
        let rows = try target.identities.map { name in
            guard let row = gate.row(of: name) else {
                throw GateStateError(
                    "'\(name)' never came to the gate '\(target.state)'"
                        + target.meant(by: name))
            }
            return row
        }
        for row in rows { gate.setRevoked(false, row: row) }
    }
}
