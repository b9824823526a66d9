/// Which target may import what.
///
/// The compiler lets a file import whatever is reachable from any dependency of its target, so an
/// arrow that nobody drew can enter the design unseen. This table is the design: a row that is
/// missing an import is changed here first, with a reason in the commit.
enum ImportTable {
    /// The targets of the package, and which of them each may import. A target may stand here
    /// before it is written.
    static let targets: [String: Set<String>] = [
        "CCryptoki": [],
        "CLibcrypto": [],
        "CPlatform": [],
        "CZlib": [],
        "CLibpq": [],
        "Units": [],
        "Cryptoki": ["CCryptoki"],
        "Throttling": ["Units"],
        "GateState": ["Throttling", "Units"],
        "Latency": ["CZlib", "Units"],
        "Load": ["Throttling", "Latency", "CPlatform", "Units"],
        "Anchors": ["Cryptoki", "CLibcrypto", "Load", "Units"],
        "Results": ["Latency", "Throttling", "Units"],
        "Experiment": [
            "Anchors", "Load", "Results", "Regression", "Throttling", "Latency", "CPlatform",
            "Units",
        ],
        "Exposure": ["Results", "Throttling", "Latency", "Units"],
        "Regression": ["Results", "Latency", "Units"],
        "Reporting": [
            "Exposure", "GateState", "Regression", "Results", "Throttling", "Latency", "Units",
        ],
        "Drill": [
            "Experiment", "Anchors", "Exposure", "GateState", "Throttling", "Results", "Latency",
            "Load", "Units", "CLibpq",
        ],
        "AnchorGate": ["CCryptoki", "GateState", "Throttling", "Units"],
        "ScriptedToken": ["CCryptoki"],
        "BuildIdentity": [],
        "anchorbench": [
            "CCryptoki", "CLibcrypto", "CPlatform", "CZlib", "CLibpq", "Units", "Cryptoki",
            "Throttling", "GateState", "Latency", "Load", "Anchors", "Results", "Experiment",
            "Exposure", "Regression", "Reporting", "Drill",
        ],
    ]

    /// The one place where each package of others enters.
    static let packages: [String: Set<String>] = [
        "anchorbench": [
            "ArgumentParser", "Rainbow", "TextTable", "NIOCore", "NIOHTTP1", "NIOPosix",
        ],
        "Experiment": ["Yams", "Subprocess", "SystemPackage"],
        "Drill": ["GRDB", "Subprocess"],
        "Latency": ["Histogram"],
        "BuildIdentity": ["PackagePlugin"],
    ]

    /// Modules of the toolchain.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationXML", "FoundationEssentials", "Glibc",
        "Synchronization",
    ]

    /// Targets that load into the programs of others, or lie under those that do: they stay small
    /// and quick to load.
    static let withoutFoundation: Set<String> = [
        "Units", "Throttling", "GateState", "AnchorGate", "ScriptedToken",
    ]

    /// Dynamic libraries: both define the functions of PKCS#11, so nothing links them, and tests
    /// open the built files as any program would.
    static let openedByPathOnly: Set<String> = ["AnchorGate", "ScriptedToken"]

    /// Whether `target` may import `module`; false for a target that has no row.
    static func allows(_ module: String, in target: String) -> Bool {
        guard let row = targets[target] else { return false }
        if withoutFoundation.contains(target), module.hasPrefix("Foundation") { return false }
        return row.contains(module) || toolchain.contains(module)
            || packages[target, default: []].contains(module)
    }

    /// Whether the tests of `target` may import `module`: every part of ours but the dynamic
    /// libraries, and of the parts of others only those that the tested target uses.
    static func allowsTests(_ module: String, of target: String) -> Bool {
        if openedByPathOnly.contains(module) { return false }
        return targets[module] != nil || toolchain.contains(module) || module == "Testing"
            || packages[target, default: []].contains(module)
    }
}

extension ImportTable {
    private static let importLine = Pattern(
        #"(?:^|;)[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*"#
            + #"(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+"#
            + #"(?:(?:struct|class|enum|actor|protocol|typealias|func|let|var)[ \t]+)?(\w+)"#)

    /// The imports of `file` that its row does not allow, or the file itself where its folder has
    /// no row.
    static func findings(in file: SourceFile) -> [Finding] {
        let tested = file.isTest ? testedTarget(file.target) : file.target
        guard let tested else {
            return [Finding(path: file.path, line: 0, message: "no target of this name has tests")]
        }
        guard targets[tested] != nil || tested == "Tidy" else {
            return [
                Finding(
                    path: file.path, line: 0,
                    message: "the target \(file.target) has no row in the import table")
            ]
        }
        return importLine.matches(in: file.code).compactMap { match in
            let allowed =
                file.isTest
                ? allowsTests(match.group, of: tested) : allows(match.group, in: tested)
            return allowed
                ? nil
                : Finding(
                    path: file.path, line: match.line,
                    message: "the import table does not let \(file.target) import \(match.group)")
        }
    }

    /// `Units` for `UnitsTests`.
    private static func testedTarget(_ folder: String) -> String? {
        folder.hasSuffix("Tests") ? String(folder.dropLast(5)) : nil
    }
}
