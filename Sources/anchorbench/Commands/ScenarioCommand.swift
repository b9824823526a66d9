import ArgumentParser
import Experiment

/// `anchorbench scenario`.
struct ScenarioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Print the built-in scenario, commented, to start from.",
        discussion: "  anchorbench scenario > mine.yaml\n  anchorbench run mine.yaml")

    func run() { print(BuiltInScenario.text, terminator: "") }
}
