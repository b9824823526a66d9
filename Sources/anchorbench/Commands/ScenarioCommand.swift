import ArgumentParser
import Experiment

/// `anchorbench scenario`.
struct ScenarioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Print the built-in scenario, commented, to start from.",
        discussion: """
            With --mixed it is the one that asks what an attack costs your users: legitimate calls \
            beside a thief, behind a throttle that is shared by all or by each client, and that \
            makes callers wait or refuses them.

              anchorbench scenario > mine.yaml
              anchorbench run mine.yaml
              anchorbench scenario --mixed > mixed.yaml
              anchorbench run mixed.yaml
            """)

    @Flag(help: "Users beside a thief: what does a throttle cost the innocent?")
    var mixed = false

    func run() { print(mixed ? MixedScenario.text : BuiltInScenario.text, terminator: "") }
}
