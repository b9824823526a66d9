import Results
import Testing
import Units

@testable import Experiment

@Suite("A machine is graded by its worst sign, and each sign names its remedy")
struct MachineNoiseTests {
    private typealias Grade = MachineNoise.Grade

    /// Bare metal at rest, with everything set as one would.
    private let quiet = NoiseReading(
        hiccupP99: .microseconds(60), hiccupLongest: .microseconds(90),
        stolenShare: .success(0.001), longestGap: .microseconds(30), steal: .success(0),
        pressure: .success(0), loadPerProcessor: .success(0.05), governor: .value("performance"),
        turbo: .value("off"), smt: .value("off"), hypervisor: .value("none"), quota: .unlimited,
        processors: 4)

    private func noise(_ change: (inout NoiseReading) -> Void) -> MachineNoise {
        var reading = quiet
        change(&reading)
        return MachineNoise(reading)
    }

    @Test("a machine at rest is quiet, and nothing is advised")
    func atRest() {
        let noise = MachineNoise(quiet)
        #expect(noise.grade == .quiet && noise.signs.count == 10)
        #expect(noise.text.hasPrefix("This machine  quiet: "))
        #expect(noise.signs.allSatisfy { $0.grade == .quiet && !$0.sentence.contains(";") })
    }

    @Test("each figure turns from quiet to usable to noisy just beyond its limits")
    func limits() {
        func grade(_ change: (inout NoiseReading) -> Void) -> Grade { noise(change).grade }
        let figures: [(MachineNoise.Limits, (inout NoiseReading, Double) -> Void)] = [
            (MachineNoise.hiccupMicroseconds, { $0.hiccupP99 = .microseconds(Int64($1)) }),
            (MachineNoise.stolenShare, { $0.stolenShare = .success($1) }),
            (MachineNoise.stealShare, { $0.steal = .success($1) }),
            (MachineNoise.pressureShare, { $0.pressure = .success($1) }),
            (MachineNoise.loadPerProcessor, { $0.loadPerProcessor = .success($1) }),
        ]
        for (limits, set) in figures {
            #expect(limits.quiet < limits.usable)
            #expect(grade { set(&$0, limits.quiet) } == .quiet, "\(limits)")
            #expect(grade { set(&$0, limits.quiet * 1.05) } == .usable, "\(limits)")
            #expect(grade { set(&$0, limits.usable) } == .usable, "\(limits)")
            #expect(grade { set(&$0, limits.usable * 1.05) } == .noisy, "\(limits)")
        }
    }

    @Test("a setting that makes the frequency or the core waver makes it usable, with the remedy")
    func settings() throws {
        let cases: [(word: String, change: (inout NoiseReading) -> Void)] = [
            ("cpupower frequency-set -g performance", { $0.governor = .value("powersave") }),
            ("cpupower", { $0.governor = .value("performance (0-2), powersave (3)") }),
            ("no_turbo", { $0.turbo = .value("on") }),
            ("taskset", { $0.smt = .value("on") }),
            ("more rounds", { $0.hypervisor = .value("KVM") }),
        ]
        for (word, change) in cases {
            let noise = noise(change)
            #expect(noise.grade == .usable, "\(word)")
            let first = try #require(noise.signs.first)
            #expect(first.grade == .usable && first.sentence.contains(word), "\(first)")
        }
        #expect(noise { $0.hypervisor = .value("none, on Dell Inc.") }.grade == .quiet)
    }

    @Test("a quota below the allowed processors is noisy, one that reaches them is not")
    func quota() throws {
        let source = "/sys/fs/cgroup/cpu.max"
        let low = noise {
            $0.quota = .limited(ProcessorQuota(processors: 1.5, source: source))
        }
        #expect(low.grade == .noisy)
        let sentence = try #require(low.signs.first).sentence
        #expect(sentence.contains("1.5 processors, 4 are allowed") && sentence.contains(source))
        let enough = noise {
            $0.quota = .limited(ProcessorQuota(processors: 4, source: source))
        }
        #expect(enough.grade == .quiet)
    }

    @Test("what is not told is said and does not count; where nothing is told there is no grade")
    func unknown() {
        let part = noise {
            $0.pressure = .failure(Unreadable("no PSI"))
            $0.turbo = .unavailable("no switch")
        }
        #expect(part.grade == .quiet)
        #expect(part.signs.prefix(2).map(\.grade) == [.unknown, .unknown])
        #expect(part.text.contains("?: turbo is not told: no switch"))
        let none = noise {
            let reason = Unreadable("nothing")
            ($0.hiccupP99, $0.hiccupLongest) = (nil, nil)
            ($0.stolenShare, $0.steal) = (.failure(reason), .failure(reason))
            ($0.pressure, $0.loadPerProcessor) = (.failure(reason), .failure(reason))
            ($0.governor, $0.turbo) = (.unavailable("nothing"), .unavailable("nothing"))
            ($0.smt, $0.hypervisor) = (.unavailable("nothing"), .unavailable("nothing"))
            $0.quota = .unknown("nothing")
        }
        #expect(none.grade == .unknown && none.text.contains("does not tell how quiet it is"))
        #expect(none.signs.count == 10)
    }

    @Test("the worst sign stands first and gives the grade")
    func order() {
        let noise = noise {
            $0.smt = .value("on")
            $0.steal = .success(0.3)
            $0.governor = .unavailable("nobody")
        }
        #expect(noise.grade == .noisy)
        #expect(noise.signs.prefix(4).map(\.grade) == [.noisy, .usable, .unknown, .quiet])
        #expect(noise.text.contains("\n  NOISY: 30 % of the processors' time"))
    }
}
