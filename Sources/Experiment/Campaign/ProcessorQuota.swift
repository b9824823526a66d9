import Foundation
import Results

/// How much processor time the control groups of this process leave it.
struct ProcessorQuota: Equatable {
    /// Processors' worth of time; a quota of 50 ms in each 100 ms is 0.5.
    let processors: Double
    /// The file that says so.
    let source: String

    /// What the groups say.
    enum Finding: Equatable {
        /// The tightest quota on the way from the group up to the root.
        case limited(ProcessorQuota)
        /// No group on the way has one.
        case unlimited
        /// The groups cannot be looked at.
        case unknown(String)
    }

    /// Looks at the group of this process and at all above it, in both versions of the interface
    /// (cgroups(7)): a machine may use one, the other, or both for different things.
    static func find(in files: SystemFiles) -> Finding {
        guard let groups = files.text("/proc/self/cgroup") else {
            return .unknown("/proc/self/cgroup cannot be read here")
        }
        guard let mounts = files.text("/proc/self/mountinfo") else {
            return .unknown("/proc/self/mountinfo cannot be read here")
        }
        let hierarchies = mounts.split(separator: "\n").compactMap { Hierarchy($0) }
        var quotas: [ProcessorQuota] = []
        var isSeen = false
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            let isProcessor = parts[1].split(separator: ",").contains("cpu")
            guard isUnified || isProcessor,
                let hierarchy = hierarchies.first(where: { $0.isUnified == isUnified })
            else { continue }
            isSeen = true
            quotas += hierarchy.folders(of: String(parts[2])).compactMap {
                isUnified ? unified($0, files) : classic($0, files)
            }
        }
        guard isSeen else { return .unknown("no control group for processors is mounted") }
        let tightest = quotas.min { $0.processors < $1.processors }
        return tightest.map(Finding.limited) ?? .unlimited
    }

    /// `cpu.max` of version 2: quota and period in µs, `max` for none.
    private static func unified(_ folder: String, _ files: SystemFiles) -> ProcessorQuota? {
        let words = files.line("\(folder)/cpu.max")?.split(separator: " ") ?? []
        guard words.count == 2 else { return nil }
        return quota(words[0], words[1], "\(folder)/cpu.max")
    }

    /// The two files of version 1; a quota of -1 is none.
    private static func classic(_ folder: String, _ files: SystemFiles) -> ProcessorQuota? {
        guard let quota = files.line("\(folder)/cpu.cfs_quota_us"),
            let period = files.line("\(folder)/cpu.cfs_period_us")
        else { return nil }
        return self.quota(quota[...], period[...], "\(folder)/cpu.cfs_quota_us")
    }

    private static func quota(
        _ quota: Substring, _ period: Substring, _ source: String
    ) -> ProcessorQuota? {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0
        else { return nil }
        return ProcessorQuota(processors: quota / period, source: source)
    }
}

extension ProcessorQuota.Finding {
    /// For the provenance.
    var fact: Fact {
        switch self {
        case .limited(let quota): .value("\(quota.processors) processors, by \(quota.source)")
        case .unlimited: .value("none")
        case .unknown(let reason): .unavailable(reason)
        }
    }
}

/// A mounted tree of control groups that can limit processors.
private struct Hierarchy {
    let isUnified: Bool
    /// The group that is mounted, and where.
    private let root: String
    private let mountPoint: String

    /// Reads a line of `/proc/self/mountinfo` (proc(5)); nil for any other mount.
    init?(_ line: Substring) {
        let halves = line.components(separatedBy: " - ")
        guard halves.count == 2 else { return nil }
        let (before, after) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
        guard before.count >= 5, after.count >= 3 else { return nil }
        switch after[0] {
        case "cgroup2": isUnified = true
        case "cgroup" where after[2].split(separator: ",").contains("cpu"): isUnified = false
        default: return nil
        }
        (root, mountPoint) = (String(before[3]), String(before[4]))
    }

    /// The folders of a group and of those above it, up to the mounted one.
    ///
    /// In a container the group's path may be told as the host sees it: then only the mounted group
    /// is there to be read.
    func folders(of group: String) -> [String] {
        var relative = group
        if root != "/" {
            relative = group.hasPrefix(root) ? String(group.dropFirst(root.count)) : ""
        }
        var names = relative.split(separator: "/").map(String.init)
        var folders: [String] = []
        while true {
            folders.append(([mountPoint] + names).joined(separator: "/"))
            guard names.popLast() != nil else { return folders }
        }
    }
}
