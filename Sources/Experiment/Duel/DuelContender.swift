/// One of the two anchors of a duel.
package struct DuelContender: Sendable {
    /// What it is called in sentences.
    package let name: String
    /// Its scenario.
    package let resolved: ResolvedScenario

    /// An anchor with its name.
    package init(name: String, _ resolved: ResolvedScenario) {
        self.name = name
        self.resolved = resolved
    }
}

/// Which of the two.
package enum DuelRole: String, CaseIterable, Sendable {
    case baseline
    case candidate
}

extension ExperimentError {
    /// The same error, of one of two anchors.
    func concerning(_ role: DuelRole) -> ExperimentError {
        switch self {
        case .device(let text): .device("\(role.rawValue): \(text)")
        case .login(let text): .login("\(role.rawValue): \(text)")
        case .missingInput(let text): .missingInput("\(role.rawValue): \(text)")
        case .interrupted, .wrongInput, .output: self
        }
    }
}
