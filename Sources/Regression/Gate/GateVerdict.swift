/// What a gate says.
package enum GateVerdict: String, Codable, CaseIterable, Hashable, Sendable {
    /// Every bound lies below the tolerance.
    case pass = "PASS"
    /// Something costs more than the tolerance allows.
    case regressed = "REGRESSED"
    /// Neither was shown.
    case inconclusive = "INCONCLUSIVE"
    /// There is nothing to be compared.
    case invalid = "INVALID"

    /// The exit code, which no shell or build tool makes of itself.
    package func exitCode(allowsInconclusive: Bool = false) -> Int32 {
        switch self {
        case .pass: 0
        case .regressed: 10
        case .inconclusive: allowsInconclusive ? 0 : 11
        case .invalid: 12
        }
    }
}
