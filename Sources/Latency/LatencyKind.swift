/// What a latency was measured of.
///
///     intended ──lateness──▶ start ──throttle wait──▶ admitted ──service──▶ done
///     └──────────────────────────── response ────────────────────────────────┘
package enum LatencyKind: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
    /// Admitted calls that were right: the PKCS#11 calls alone.
    case service
    /// Waits for admission by a throttle.
    case throttleWait = "throttle-wait"
    /// Times to a refusal by a throttle.
    case denial
    /// How late the calls of an open load started, for whatever reason.
    case lateness
    /// How late they started where a caller slept until they were due: the generator's own share.
    case wakeUp = "wake-up"
    /// From the instant at which the call of an open load was due to its completion.
    case response
    /// How late a thread woke that only slept: what the platform itself adds.
    case hiccup
}
