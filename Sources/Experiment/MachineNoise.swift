import Results
import Units

/// How much of what is measured here would be the machine and not the device: a grade, its signs,
/// and what to do about each.
package struct MachineNoise: Equatable, Sendable {
    /// The signs, the worst first.
    package let signs: [Sign]

    /// What one figure of the machine means.
    package struct Sign: Equatable, Sendable {
        /// How bad it is.
        package let grade: Grade
        /// The figure, and the remedy where one is needed.
        package let sentence: String
    }

    /// What a measurement on the machine is good for, the best first.
    package enum Grade: String, Comparable, CaseIterable, Sendable {
        /// Differences of some percent can be seen.
        case quiet
        /// Good for factors; finer differences take more rounds.
        case usable
        /// Percentiles and small differences are the machine's.
        case noisy = "NOISY"
        /// Not told, and so not counted.
        case unknown = "?"

        package static func < (left: Grade, right: Grade) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Between which figures a sign turns from quiet to usable, and from usable to noisy.
    package struct Limits: Equatable, Sendable {
        /// The largest quiet figure.
        package let quiet: Double
        /// The largest usable figure.
        package let usable: Double

        func grade(_ figure: Double) -> Grade {
            figure <= quiet ? .quiet : figure <= usable ? .usable : .noisy
        }
    }

    /// Lateness of a sleeping thread at p99, in µs: the best sleeps end some 50 µs late.
    package static let hiccupMicroseconds = Limits(quiet: 100, usable: 1_000)
    /// Share of the time that threads which never sleep were kept from running.
    package static let stolenShare = Limits(quiet: 0.005, usable: 0.05)
    /// Share of the processors' time that the hypervisor says it took.
    package static let stealShare = Limits(quiet: 0.01, usable: 0.05)
    /// Share of the time in which a task waited for a processor while nothing was measured.
    package static let pressureShare = Limits(quiet: 0.02, usable: 0.2)
    /// Tasks that ran or wanted to, for each processor, over the last minute.
    package static let loadPerProcessor = Limits(quiet: 0.2, usable: 0.8)

    /// Grades a machine.
    package init(_ reading: NoiseReading) {
        signs = [
            Self.hiccup(reading), Self.stolen(reading), Self.steal(reading),
            Self.pressure(reading), Self.load(reading), Self.governor(reading),
            Self.turbo(reading), Self.smt(reading), Self.hypervisor(reading), Self.quota(reading),
        ].enumerated().sorted { left, right in
            let (before, after) = (Self.rank(left.element), Self.rank(right.element))
            return before == after ? left.offset < right.offset : before < after
        }.map(\.element)
    }

    /// The grade of the worst sign that is known.
    package var grade: Grade { signs.map(\.grade).filter { $0 != .unknown }.max() ?? .unknown }

    /// The section of `doctor`.
    package var text: String {
        let meaning =
            switch grade {
            case .quiet: "quiet: differences of some percent can be seen on it"
            case .usable: "usable: good for factors; finer differences take more rounds"
            case .noisy: "NOISY: percentiles and small differences would be the machine's"
            case .unknown: "it does not tell how quiet it is"
            }
        return
            (["This machine  \(meaning)"] + signs.map { "  \($0.grade.rawValue): \($0.sentence)" })
            .joined(separator: "\n")
    }

    /// The worst first, then what is not told, then what is in order.
    private static func rank(_ sign: Sign) -> Int {
        switch sign.grade {
        case .noisy: 0
        case .usable: 1
        case .unknown: 2
        case .quiet: 3
        }
    }
}

extension MachineNoise {
    private static func sign(_ grade: Grade, _ figure: String, remedy: String) -> Sign {
        Sign(grade: grade, sentence: grade == .quiet ? figure : "\(figure); \(remedy)")
    }

    /// A sign from a share of time.
    private static func share(
        _ share: Result<Double, Unreadable>, _ limits: Limits, what: String, unknown: String,
        remedy: String
    ) -> Sign {
        switch share {
        case .success(let share):
            sign(limits.grade(share), "\(percent(share)) \(what)", remedy: remedy)
        case .failure(let reason):
            Sign(grade: .unknown, sentence: "\(unknown) is not told: \(reason.description)")
        }
    }

    private static func hiccup(_ reading: NoiseReading) -> Sign {
        guard let p99 = reading.hiccupP99, let longest = reading.hiccupLongest else {
            return Sign(
                grade: .unknown,
                sentence: "too few sleeps of 1 ms ended to tell how late they end")
        }
        return sign(
            hiccupMicroseconds.grade(Double(p99.count) / 1e3),
            "a sleeping thread wakes \(p99.seconds.inWords) late at p99, "
                + "\(longest.seconds.inWords) at most",
            remedy: "stop other work, and set the governor to performance where there is one")
    }

    private static func stolen(_ reading: NoiseReading) -> Sign {
        let gap = reading.longestGap.map { ", \($0.seconds.inWords) at a time at most" } ?? ""
        return share(
            reading.stolenShare, stolenShare,
            what: "of the time was taken from threads that never sleep\(gap)",
            unknown: "what is taken from running threads",
            remedy: "stop other work, keep it to other processors (taskset), and judge by CPU time "
                + "per call")
    }

    private static func steal(_ reading: NoiseReading) -> Sign {
        share(
            reading.steal, stealShare,
            what: "of the processors' time went to other machines of the hypervisor (steal)",
            unknown: "steal",
            remedy: "use a dedicated host or instance, judge by CPU time per call, take more rounds"
        )
    }

    private static func pressure(_ reading: NoiseReading) -> Sign {
        share(
            reading.pressure, pressureShare,
            what: "of the time a task waited for a processor while this one slept (PSI)",
            unknown: "how long tasks wait for a processor",
            remedy: "stop other work")
    }

    private static func load(_ reading: NoiseReading) -> Sign {
        switch reading.loadPerProcessor {
        case .success(let load):
            sign(
                loadPerProcessor.grade(load),
                "\(Significant.text(load)) tasks for each processor over the last minute (load)",
                remedy: "stop other work and wait a minute")
        case .failure(let reason):
            Sign(grade: .unknown, sentence: "the load is not told: \(reason.description)")
        }
    }

    private static func governor(_ reading: NoiseReading) -> Sign {
        fact(reading.governor, "the governor") { governor in
            sign(
                governor == "performance" ? .quiet : .usable, "the governor is \(governor)",
                remedy: "the frequency follows the load: cpupower frequency-set -g performance")
        }
    }

    private static func turbo(_ reading: NoiseReading) -> Sign {
        fact(reading.turbo, "turbo") { turbo in
            sign(
                turbo == "off" ? .quiet : .usable, "turbo is \(turbo)",
                remedy: "the frequency follows heat: write 1 to intel_pstate/no_turbo, or 0 to "
                    + "cpufreq/boost")
        }
    }

    private static func smt(_ reading: NoiseReading) -> Sign {
        fact(reading.smt, "SMT") { smt in
            sign(
                smt == "off" ? .quiet : .usable, "SMT is \(smt)",
                remedy: "two threads share a core's units: pin to one of each pair (taskset), or "
                    + "write off to /sys/devices/system/cpu/smt/control")
        }
    }

    private static func hypervisor(_ reading: NoiseReading) -> Sign {
        fact(reading.hypervisor, "a hypervisor") { name in
            name == "none" || name.hasPrefix("none,")
                ? Sign(grade: .quiet, sentence: "no hypervisor")
                : Sign(
                    grade: .usable,
                    sentence: "a virtual machine (\(name)): its neighbours change by the hour; "
                        + "take more rounds, and compare only what was interleaved")
        }
    }

    private static func quota(_ reading: NoiseReading) -> Sign {
        guard let quota = reading.quota.value else {
            return fact(reading.quota.fact, "a quota of processor time") { _ in
                Sign(grade: .quiet, sentence: "no quota of processor time")
            }
        }
        let figure =
            "a quota of \(Significant.text(quota.processors)) processors, \(reading.processors) "
            + "are allowed"
        return sign(
            quota.processors >= Double(reading.processors) ? .quiet : .noisy, figure,
            remedy: "more callers than that are all stopped for the rest of each period: raise "
                + "\(quota.source), or measure with fewer callers")
    }

    private static func fact(_ fact: Fact, _ name: String, _ grade: (String) -> Sign) -> Sign {
        switch fact {
        case .value(let value): grade(value)
        case .unavailable(let reason):
            Sign(grade: .unknown, sentence: "\(name) is not told: \(reason)")
        }
    }

    private static func percent(_ share: Double) -> String {
        "\(Significant.text(share * 100, digits: 2)) %"
    }
}

extension ProcessorQuota.Finding {
    /// The quota, where there is one.
    fileprivate var value: ProcessorQuota? {
        guard case .limited(let quota) = self else { return nil }
        return quota
    }
}
