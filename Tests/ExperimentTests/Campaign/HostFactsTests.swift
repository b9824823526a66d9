import Results
import Testing
import Units

@testable import Experiment

@Suite("The machine is described, or it is said why not")
struct HostFactsTests {
    private let cpu = "/sys/devices/system/cpu"

    private func facts(
        _ files: [String: String], allowed: [Int] = [0, 1], signature: String? = nil
    ) -> HostFacts {
        HostFacts(SystemFiles { files[$0] }, allowed: allowed, signature: signature)
    }

    @Test("a machine that tells nothing has every field, each with a reason")
    func silent() {
        let reading = HostReading(instant: .zero, stat: nil, pressure: nil, load: nil)
        let facts = facts([:], allowed: []).all(reading)
        // The number of processors and the C library come from calls, not from files.
        for (name, fact) in facts where !["cpu_count", "libc"].contains(name) {
            guard case .unavailable(let reason) = fact else {
                Issue.record("\(name) is '\(fact.text)'")
                continue
            }
            #expect(!reason.isEmpty, "\(name)")
        }
    }

    @Test("the governor is one word where all allowed processors have the same")
    func governor() {
        let paths = (0..<4).map { "\(cpu)/cpu\($0)/cpufreq/scaling_governor" }
        var files = Dictionary(uniqueKeysWithValues: paths.map { ($0, "performance\n") })
        #expect(facts(files, allowed: [0, 1, 2, 3]).governor == .value("performance"))
        files[paths[3]] = "powersave\n"
        let mixed = facts(files, allowed: [0, 1, 2, 3]).governor
        #expect(mixed == .value("performance (0-2), powersave (3)"))
        // A processor that may not be used does not matter.
        #expect(facts(files, allowed: [0, 1]).governor == .value("performance"))
    }

    @Test(
        "the switches of turbo mean opposite things",
        arguments: [
            ("intel_pstate/no_turbo", "0", "on"), ("intel_pstate/no_turbo", "1", "off"),
            ("cpufreq/boost", "1", "on"), ("cpufreq/boost", "0", "off"),
            ("cpufreq/policy0/boost", "1", "on"),
        ])
    func turbo(path: String, text: String, expected: String) {
        #expect(facts(["\(cpu)/\(path)": "\(text)\n"]).turbo == .value(expected))
    }

    @Test("two threads on a core are seen")
    func smt() {
        #expect(facts(["\(cpu)/smt/active": "1\n"]).smt == .value("on"))
        #expect(facts(["\(cpu)/smt/active": "0\n"]).smt == .value("off"))
    }

    @Test(
        "a hypervisor is named by what it says of itself",
        arguments: [
            (["/sys/hypervisor/type": "xen\n"], nil, "xen"),
            ([:], "KVMKVMKVM", "KVM"),
            (["/sys/class/dmi/id/sys_vendor": "QEMU\n"], "KVMKVMKVM", "KVM, on QEMU"),
            ([:], "NewNewNewNew", "unknown 'NewNewNewNew'"),
            (["/proc/cpuinfo": "flags\t\t: fpu hypervisor\n"], nil, "one without a name"),
            (["/proc/cpuinfo": "flags\t\t: fpu vme\n"], nil, "none"),
        ] as [([String: String], String?, String)])
    func hypervisor(files: [String: String], signature: String?, expected: String) {
        #expect(facts(files, signature: signature).hypervisor == .value(expected))
    }

    @Test("processor numbers are written as the kernel writes lists of them")
    func ranges() {
        #expect(HostFacts.ranges([]) == "")
        #expect(HostFacts.ranges([8, 0, 1, 2]) == "0-2,8")
        #expect(HostFacts.ranges([3]) == "3")
    }

    @Test("shares of the run take the place of what was not yet known")
    func end() {
        let before = HostReading(
            instant: .zero, stat: "cpu  0 0 0 100 0 0 0 0",
            pressure: "some avg10=0.00 total=0\nfull avg10=0.00 total=0\n", load: "1.5 1 1 1/9 9")
        let after = HostReading(
            instant: .seconds(1), stat: "cpu  75 0 0 200 0 0 0 25",
            pressure: "some avg10=0.00 total=123456\nfull avg10=0.00 total=0\n",
            load: "0.5 1 1 1/9 9")
        let start = facts([:]).all(before)
        #expect(start["load_average_before"] == .value("1.5 1.0 1.0"))
        #expect(start["steal_since_boot"] == .value("0.0 %"))
        let end = HostFacts.end(from: before, to: after)
        #expect(end["steal_share"] == .value("12.5 %"))
        #expect(end["cpu_busy_share"] == .value("50.0 %"))
        #expect(end["cpu_pressure_some_share"] == .value("12.35 %"))
        #expect(end["cpu_pressure_full_share"] == .value("0.0 %"))
        #expect(end["load_average_after"] == .value("0.5 1.0 1.0"))
        for name in end.keys {
            #expect(start[name] == .unavailable("the run did not come to an end"), "\(name)")
        }
    }
}

@Suite("A quota of processor time is found in both kinds of control groups")
struct ProcessorQuotaTests {
    private let unified = "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw"
    private let classic = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        """

    private func find(
        _ groups: String, _ mounts: String, _ files: [String: String] = [:]
    ) -> ProcessorQuota.Finding {
        var files = files
        files["/proc/self/cgroup"] = groups
        files["/proc/self/mountinfo"] = mounts
        return ProcessorQuota.find(in: SystemFiles { [files] in files[$0] })
    }

    @Test("in version 2 the tightest quota from the group up to the root counts")
    func version2() {
        let root = "/sys/fs/cgroup"
        let found = find(
            "0::/work/job\n", unified,
            [
                "\(root)/work/job/cpu.max": "max 100000\n",
                "\(root)/work/cpu.max": "150000 100000\n",
            ])
        #expect(
            found == .limited(ProcessorQuota(processors: 1.5, source: "\(root)/work/cpu.max")))
        #expect(found.fact == .value("1.5 processors, by \(root)/work/cpu.max"))
    }

    @Test("in version 1 the quota and its period are two files, and -1 is none")
    func version1() {
        let folder = "/sys/fs/cgroup/cpu,cpuacct"
        let groups = "4:cpu,cpuacct:/job\n3:memory:/\n0::/\n"
        let files = [
            "\(folder)/job/cpu.cfs_quota_us": "-1\n",
            "\(folder)/job/cpu.cfs_period_us": "100000\n",
        ]
        #expect(find(groups, classic, files) == .unlimited)
        var limited = files
        limited["\(folder)/job/cpu.cfs_quota_us"] = "50000\n"
        #expect(
            find(groups, classic, limited)
                == .limited(
                    ProcessorQuota(
                        processors: 0.5, source: "\(folder)/job/cpu.cfs_quota_us")))
    }

    @Test("in a container whose group is the mounted one, that one is read")
    func container() {
        let mount = "30 23 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
        let files = ["/sys/fs/cgroup/cpu.max": "200000 100000\n"]
        let expected = ProcessorQuota(processors: 2, source: "/sys/fs/cgroup/cpu.max")
        for group in ["0::/docker/1f\n", "0::/\n", "0::/elsewhere\n"] {
            #expect(find(group, mount, files) == .limited(expected), "\(group)")
        }
    }

    @Test("no quota and no way to see one are different answers")
    func none() {
        #expect(find("0::/\n", unified).fact == .value("none"))
        #expect(find("3:memory:/\n", classic).fact.value == nil)
        #expect(find("0::/\n", classic).fact.value == nil)
        #expect(ProcessorQuota.find(in: SystemFiles { _ in nil }).fact.value == nil)
    }
}
