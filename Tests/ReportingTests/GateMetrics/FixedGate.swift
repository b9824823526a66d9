import GateState
import Throttling
import Units

/// Snapshots of gates with figures that a test has chosen.
enum FixedGate {
    /// 2026-03-01T12:00:00Z, where a minute begins.
    static let noon = Nanoseconds.seconds(1_772_366_400)

    /// A gate that bounds bytes for each identity, half a minute into a period, with an identity
    /// that is revoked and one whose name is hard on every format.
    static var busy: GateSnapshot {
        GateSnapshot(
            path: "/var/lib/anchorgate/state",
            configuration: GateConfiguration(
                module: "/usr/lib/softhsm/libsofthsm2.so",
                policy: Policy(
                    .tokenBucket(TokenBucket(rate: Rate(200), burst: RecordCount(50))),
                    scope: .perClient, charge: .bytes(ByteCount(272))),
                history: 8, capacity: 4),
            taken: noon + .milliseconds(30_500), created: noon - .seconds(3_600),
            identities: [web, thief, odd])
    }

    /// A gate where nobody came.
    static var empty: GateSnapshot {
        GateSnapshot(
            path: "/tmp/gate", configuration: GateConfiguration(module: "/opt/hsm/lib.so"),
            taken: noon + .seconds(5), created: noon + .seconds(1), identities: [])
    }

    /// `busy` with canaries, of which the thief met three.
    static var withCanaries: GateSnapshot {
        var snapshot = busy
        snapshot.canaries = 1_200
        snapshot.identities[1].canaries = 3
        snapshot.identities[1].lastCanary = noon - .seconds(30)
        return snapshot
    }

    /// The same names in the order of `busy`.
    static let oddName = ":x,%|{é}日\u{2028}<&>="

    private static var web: GateIdentity {
        GateIdentity(
            name: "web", lastCall: noon + .milliseconds(30_250),
            calls: [
                .decrypt: GateCalls(admitted: 1_234_567, throttled: 12),
                .sign: GateCalls(admitted: 3),
            ],
            units: 2_469_140, waits: 7, waited: .milliseconds(1_250),
            periods: [
                period(-7, GateCalls(admitted: 40), 80), period(-2, GateCalls(admitted: 5), 10),
                period(-1, GateCalls(admitted: 600, throttled: 2), 1_200),
                period(0, GateCalls(admitted: 300), 600),
            ])
    }

    private static var thief: GateIdentity {
        GateIdentity(
            name: "uid:1000", revokedSince: noon - .seconds(20), lastCall: noon - .seconds(21),
            calls: [
                .decrypt: GateCalls(admitted: 900, throttled: 4_000, revoked: 77),
                .wrap: GateCalls(revoked: 1),
            ],
            units: 900,
            periods: [
                period(-1, GateCalls(admitted: 900, throttled: 4_000, revoked: 60), 900),
                period(0, GateCalls(revoked: 18), 0),
            ])
    }

    private static var odd: GateIdentity {
        GateIdentity(
            name: oddName, calls: [.unwrap: GateCalls(throttled: 1)],
            periods: [period(-2, GateCalls(throttled: 1), 0)])
    }

    private static func period(_ minutes: Int64, _ calls: GateCalls, _ units: UInt64) -> GatePeriod
    {
        GatePeriod(
            start: Nanoseconds(noon.count + minutes * 60_000_000_000), calls: calls,
            units: units)
    }
}
