import Latency
import Results
import Throttling
import Units

@testable import Reporting

/// Runs of several anchors built in code, every figure and every fact of them fixed.
enum FixedAnchors {
    /// A module that was run under loads of fixed rates.
    struct Device {
        var module = "softhsm"
        var key = KeyKind.token
        var tokenModel = "SoftHSM v2"
        var cpu = "AMD EPYC"
        var commit = "e5741eef0b194d7b6f3be36f4599332aad263626"
        var rounds = 4
        var duration = Nanoseconds.seconds(1)
        /// Its loads, and the same records with the key in memory.
        var cells: [CellResult] = []
        var partial: String?

        var run: Run {
            var run = FixedRun.run(
                cells: cells, partial: partial,
                anchorFacts: [
                    "module_path": .value("/opt/\(module).so"),
                    "module_sha256": .value("\(module)-0123456789abcdef"),
                    "module_manufacturer": .value("Maker"),
                    "module_description": .value("PKCS11 of \(module)"),
                    "module_version": .value("2.6"), "token_model": .value(tokenModel),
                    "token_firmware": .value("1.0"), "key_kind": .value(key.rawValue),
                ])
            run.scenario.anchor.key = key
            run.scenario.anchor.uri = "pkcs11:token=\(module)"
            run.scenario.rounds = rounds
            run.scenario.duration = duration
            run.provenance.host["cpu_model"] = .value(cpu)
            run.provenance.tool["commit"] = .value(commit)
            return run
        }
    }

    /// A stored key that is slow, gains by processes, loses by threads and is unfair.
    static let stored = Device(cells: [
        cell(1, rates: [9_000, 10_000, 11_000, 10_000]),
        cell(4, rates: [6_800, 7_000, 7_200, 7_000], shares: [0.9, 0.2, 0.4, 0.1], tail: 300),
        cell(4, processes: 2, rates: [19_000, 20_000, 21_000, 20_000], shares: [0.8, 0.9, 1, 1]),
        baseline(rates: [800_000, 810_000, 790_000, 800_000]),
    ])

    /// The same module with a key of the session, three times as fast with one caller.
    static let session = Device(
        key: .session,
        cells: [
            cell(1, key: .session, rates: [30_000, 31_000, 29_000, 30_000]),
            cell(4, key: .session, rates: [30_500, 31_500, 29_000, 30_000], shares: [1, 1, 1, 1]),
            cell(
                4, processes: 2, key: .session, rates: [60_000, 61_000, 59_000, 60_000],
                shares: [0.9, 1, 1, 1]),
            baseline(rates: [800_000, 790_000, 810_000, 800_000]),
        ])

    /// A device that scales with threads, and cannot do RSA.
    static let quick = Device(
        module: "quick", key: .session, tokenModel: "Q",
        cells: [
            cell(1, key: .session, rates: [400_000, 410_000, 390_000, 400_000]),
            cell(
                4, key: .session, rates: [780_000, 800_000, 820_000, 800_000],
                shares: [1, 0.98, 0.99, 1]),
            cell(
                4, processes: 2, key: .session, rates: [790_000, 800_000, 810_000, 800_000],
                shares: [1, 1, 1, 1]),
            baseline(rates: [800_000, 820_000, 780_000, 800_000]),
            lost(
                "the token lists no CKM_RSA_PKCS_OAEP, and C_DecryptInit answers "
                    + "CKR_MECHANISM_INVALID"),
        ])

    /// A device that does RSA alone.
    static let slow = Device(
        module: "slow", tokenModel: "S",
        cells: [
            cell(1, mechanism: "rsa-oaep", rates: [40, 41, 39, 40]),
            baseline(mechanism: "rsa-oaep", rates: [2_000, 2_050, 1_950, 2_000]),
        ])

    /// All four, in an order that is not their rank.
    static let all: [(name: String, run: Run)] = [
        ("quick", quick.run), ("soft-stored", stored.run), ("slow", slow.run),
        ("soft-session", session.run),
    ]

    /// A cell whose every round was lost for one reason.
    static func lost(_ reason: String, callers: Int = 1) -> CellResult {
        var result = CellResult(
            named(callers, processes: 1, key: .session, mechanism: "rsa-oaep"))
        for number in 1...4 {
            result.add(
                .lost(number: number, order: number, reason: reason), pooled: PooledHistograms())
        }
        return result
    }

    /// The records opened with the key in memory.
    static func baseline(mechanism: String = "aes-gcm", rates: [UInt64]) -> CellResult {
        var cell = named(2, processes: 1, key: .token, mechanism: mechanism)
        (cell.anchor, cell.keyKind) = (Cell.baselineAnchor, nil)
        return result(cell, rates: rates, shares: [], tail: 2)
    }

    /// A closed load without a throttle, a second a round.
    ///
    /// - Parameters:
    ///   - shares: the least over the most served caller, round by round; none where nobody saw.
    ///   - tail: how many times as long as the others two calls in a thousand take.
    static func cell(
        _ callers: Int, processes: Int = 1, key: KeyKind = .token, mechanism: String = "aes-gcm",
        rates: [UInt64], shares: [Double] = [], tail: Int64 = 2, verdict: Verdict = Verdict()
    ) -> CellResult {
        result(
            named(callers, processes: processes, key: key, mechanism: mechanism), rates: rates,
            shares: shares, tail: tail, verdict: verdict)
    }

    static func named(
        _ callers: Int, processes: Int, key: KeyKind, mechanism: String
    ) -> Cell {
        Cell(
            anchor: "device", mechanism: mechanism, keyBits: mechanism == "aes-gcm" ? 256 : 2_048,
            keyKind: key, recordBytes: mechanism == "aes-gcm" ? 256 : 32, callers: callers,
            processes: processes, throttle: .none)
    }

    private static func result(
        _ cell: Cell, rates: [UInt64], shares: [Double], tail: Int64, verdict: Verdict = Verdict()
    ) -> CellResult {
        var result = CellResult(cell)
        var pooled = PooledHistograms()
        for (index, rate) in rates.enumerated() {
            var service = LatencyHistogram()
            let usual_ns = 1_000_000_000 * Int64(cell.callers) / Int64(rate)
            let late = rate / 500
            service.record(Nanoseconds(usual_ns), count: rate - late)
            if late > 0 { service.record(Nanoseconds(usual_ns * tail), count: late) }
            pooled.service.merge(service)
            var watch: Watch?
            if index < shares.count {
                var seen = Watch()
                (seen.leastServed, seen.mostServed) = (UInt64(shares[index] * 1_000), 1_000)
                watch = seen
            }
            result.add(
                Round(
                    number: index + 1, order: index + 1, verdict: verdict, seconds: 1,
                    operations: rate, denied: 0, errors: [:],
                    latency: [.service: LatencyFigures(service)], admitted: rate,
                    cpuNanosecondsPerOperation: nil, watch: watch),
                pooled: pooled)
        }
        return result
    }
}
