import CPlatform
import Foundation
import Load
import Results

/// What is known of the machine before anything is measured; what is not known says why.
struct HostFacts {
    private let files: SystemFiles
    private let allowed: [Int]
    private let signature: String?

    /// The facts of a machine.
    ///
    /// - Parameters:
    ///   - allowed: processors that this process may use.
    ///   - signature: by which the hypervisor names itself; nil where it cannot be asked.
    init(
        _ files: SystemFiles = .real, allowed: [Int] = Processors.allowed(),
        signature: String? = HostFacts.hypervisorSignature()
    ) {
        self.files = files
        self.allowed = allowed
        self.signature = signature
    }

    /// The facts by name.
    func all(_ reading: HostReading) -> [String: Fact] {
        [
            "cpu_model": cpuModel,
            "cpu_count": .value("\(Processors.online())"),
            "affinity": affinity,
            "governor": governor,
            "turbo": turbo,
            "smt": smt,
            "microcode": files.field("microcode", in: Self.cpuInfo),
            "kernel": files.fact("/proc/sys/kernel/osrelease"),
            "libc": .value("glibc " + String(cString: anchorbench_libc_version())),
            "memory": files.field("MemTotal", in: "/proc/meminfo"),
            "cgroup_cpu_quota": ProcessorQuota.find(in: files).fact,
            "hypervisor": hypervisor,
            "clock_source": files.fact(
                "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            "timer_slack_ns": files.fact("/proc/self/timerslack_ns"),
        ].merging(Self.start(reading)) { first, _ in first }
    }

    private static let cpuInfo = "/proc/cpuinfo"
    private static let cpuFolder = "/sys/devices/system/cpu"

    private var cpuModel: Fact {
        let model = files.field("model name", in: Self.cpuInfo)
        // ARM kernels name the implementer's number alone.
        return model.value == nil ? files.fact("/proc/device-tree/model").or(model) : model
    }

    private var affinity: Fact {
        allowed.isEmpty
            ? .unavailable("sched_getaffinity does not tell") : .value(Self.ranges(allowed))
    }

    /// Processor numbers as the kernel writes lists of them, such as `0-3,8`.
    static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        .joined(separator: ",")
    }

    /// The governor of the frequency on each allowed processor.
    var governor: Fact {
        var processors: [String: [Int]] = [:]
        for number in allowed {
            let path = "\(Self.cpuFolder)/cpu\(number)/cpufreq/scaling_governor"
            guard let governor = files.line(path) else { continue }
            processors[governor, default: []].append(number)
        }
        guard let only = processors.keys.first else {
            return .unavailable(
                "no processor has cpufreq/scaling_governor: firmware or the hypervisor governs")
        }
        guard processors.count > 1 else { return .value(only) }
        return .value(
            processors.sorted { $0.key < $1.key }
                .map { "\($0.key) (\(Self.ranges($0.value)))" }.joined(separator: ", "))
    }

    /// Whether the processors may exceed their nominal frequency: `on` or `off`.
    var turbo: Fact {
        let switches: [(path: String, on: String)] = [
            ("\(Self.cpuFolder)/intel_pstate/no_turbo", "0"),
            ("\(Self.cpuFolder)/cpufreq/boost", "1"),
            ("\(Self.cpuFolder)/cpufreq/policy0/boost", "1"),
        ]
        for (path, on) in switches {
            if let text = files.line(path) { return .value(text == on ? "on" : "off") }
        }
        return .unavailable("neither intel_pstate/no_turbo nor cpufreq/boost is here")
    }

    /// Whether two threads share a core's units: `on` or `off`.
    var smt: Fact {
        let folder = "\(Self.cpuFolder)/smt"
        guard let active = files.line("\(folder)/active") else {
            return .unavailable("\(folder)/active cannot be read here")
        }
        return .value(active == "1" ? "on" : "off")
    }

    /// Who runs the machine, where that is not the hardware.
    var hypervisor: Fact {
        let maker = ["sys_vendor", "product_name"]
            .compactMap { files.line("/sys/class/dmi/id/\($0)") }.joined(separator: " ")
        let machine = maker.isEmpty ? "" : ", on \(maker)"
        if let type = files.line("/sys/hypervisor/type") { return .value(type + machine) }
        if let signature, !signature.isEmpty {
            return .value((Self.names[signature] ?? "unknown '\(signature)'") + machine)
        }
        let flags = files.field("flags", in: Self.cpuInfo).value?.split(separator: " ")
        guard let flags else {
            return .unavailable(
                "this processor does not tell" + (maker.isEmpty ? "" : "; the machine is \(maker)"))
        }
        return .value((flags.contains("hypervisor") ? "one without a name" : "none") + machine)
    }

    /// What hypervisors answer to CPUID leaf 0x40000000.
    private static let names = [
        "KVMKVMKVM": "KVM", "Microsoft Hv": "Hyper-V", "VMwareVMware": "VMware",
        "XenVMMXenVMM": "Xen", "TCGTCGTCGTCG": "QEMU", "VBoxVBoxVBox": "VirtualBox",
        "bhyve bhyve": "bhyve", "ACRNACRNACRN": "ACRN",
    ]

    /// What the hypervisor under this process answers; nil where there is none or it is silent.
    static func hypervisorSignature() -> String? {
        var letters = [CChar](repeating: 0, count: 13)
        guard anchorbench_hypervisor_signature(&letters) == 1 else { return nil }
        return String(
            decoding: letters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
        )
        .trimmingCharacters(in: .whitespaces)
    }
}

extension HostFacts {
    /// What a reading at the start tells, and that nothing is known yet of the run.
    private static func start(_ reading: HostReading) -> [String: Fact] {
        var facts = [
            "load_average_before": Fact(reading.load.map(\.description)),
            "steal_since_boot": Fact(
                reading.processor.map {
                    percent($0.total > 0 ? Double($0.steal) / Double($0.total) : 0)
                }),
            "cpu_pressure_some_before": Fact(reading.pressure.map { percent($0.some.last10s) }),
            "cpu_pressure_full_before": Fact(
                reading.pressure.flatMap { pressure in
                    pressure.full.map { .success(percent($0.last10s)) }
                        ?? .failure(Unreadable("/proc/pressure/cpu has no line 'full'"))
                }),
        ]
        let end = ["load_average_after", "steal_share", "cpu_busy_share"]
        for name in end + ["cpu_pressure_some_share", "cpu_pressure_full_share"] {
            facts[name] = .unavailable("the run did not come to an end")
        }
        return facts
    }

    /// What two readings tell of the run between them.
    static func end(from before: HostReading, to after: HostReading) -> [String: Fact] {
        let change = HostChange(from: before, to: after)
        return [
            "load_average_after": Fact(after.load.map(\.description)),
            "steal_share": Fact(change.steal.map(percent)),
            "cpu_busy_share": Fact(change.busy.map(percent)),
            "cpu_pressure_some_share": Fact(change.somePressure.map(percent)),
            "cpu_pressure_full_share": Fact(change.fullPressure.map(percent)),
        ]
    }

    /// A share in percent, to a hundredth of one.
    private static func percent(_ share: Double) -> String {
        "\((share * 10_000).rounded() / 100) %"
    }
}

extension Fact {
    /// A figure of the machine, or why it is not known.
    init(_ figure: Result<String, Unreadable>) {
        switch figure {
        case .success(let value): self = .value(value)
        case .failure(let reason): self = .unavailable(reason.description)
        }
    }

    /// This fact where it has a value, else another.
    func or(_ other: Fact) -> Fact { value == nil ? other : self }
}
