import ArgumentParser
import Experiment

/// The words after the command's name, as typed: what the parser would refuse with a sentence that
/// leads nowhere is told here first.
struct TypedArguments {
    private let words: [String]

    init(_ words: some Sequence<String>) { self.words = Array(words) }

    /// Refuses what cannot be meant.
    ///
    /// - Throws: `ValidationError` with what to do instead.
    func check(against command: CommandConfiguration) throws {
        try checkNames(among: command)
        try checkDevice()
        try checkNumbers()
    }

    /// Refuses a first word that is no command, and a second one that is none of `gate`; without
    /// this all words together are called unexpected.
    private func checkNames(among command: CommandConfiguration) throws {
        try Self.checkName(words.first, among: command.subcommands, of: nil)
        let gate = GateCommand.configuration
        guard let name = gate.commandName, words.first == name else { return }
        try Self.checkName(words.dropFirst().first, among: gate.subcommands, of: name)
    }

    private static func checkName(
        _ word: String?, among commands: [any ParsableCommand.Type], of parent: String?
    ) throws {
        guard let word, !word.hasPrefix("-"), word != "help" else { return }
        let commands = commands.map { $0.configuration }
        guard !commands.contains(where: { $0.commandName == word }) else { return }
        let names = commands.filter(\.shouldDisplay).compactMap(\.commandName)
        throw ValidationError(
            "'\(word)' is no command\(parent.map { " of '\($0)'" } ?? ""); "
                + (nearestWord(to: word, among: names).map { "did you mean '\($0)'?" }
                    ?? "known: \(names.joined(separator: ", "))"))
    }

    /// Refuses a documented device where something measured is wanted.
    private func checkDevice() throws {
        let reasons = [
            "capacity": "a capacity is measured on an anchor",
            "threshold": "a threshold is chosen for what a run measured",
        ]
        guard let command = words.first, let reason = reasons[command] else { return }
        let flag = "--device"
        guard let index = words.firstIndex(where: { $0 == flag || $0.hasPrefix("\(flag)=") })
        else { return }
        let isTied = words[index] != flag
        let name: String? =
            isTied
            ? String(words[index].dropFirst(flag.count + 1)) : words.dropFirst(index + 1).first
        throw ValidationError(
            "\(flag): \(reason), and not for a device that is only documented; 'anchorbench "
                + "project \(flag) \(name ?? "NAME")' says what that one holds")
    }

    /// Refuses an option's number below 0: it looks like an option, so that the number would be
    /// called missing.
    private func checkNumbers() throws {
        for (option, value) in zip(words, words.dropFirst()) {
            // What follows the terminator is no option.
            guard option != "--" else { return }
            guard option.hasPrefix("--"), !option.contains("="), Self.isNegative(value) else {
                continue
            }
            throw ValidationError("\(option) \(value): the value must be positive")
        }
    }

    private static func isNegative(_ word: String) -> Bool {
        guard word.hasPrefix("-") else { return false }
        return word.dropFirst().drop { $0 == "." }.first.map { ("0"..."9").contains($0) } ?? false
    }
}
