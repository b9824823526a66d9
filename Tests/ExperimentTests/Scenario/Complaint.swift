@testable import Experiment

/// What a scenario called `s.yaml` is refused with; nil where it is not.
func complaint(about text: String) -> String? {
    do throws(ScenarioError) {
        _ = try ScenarioReader.read(text, source: "s.yaml")
        return nil
    } catch {
        return error.description
    }
}
