/// Rules about what the code of a file in `Sources` may say, by the target it belongs to.
enum CodeRules {
    /// Targets whose results follow from their arguments alone.
    static let pureTargets: Set<String> = [
        "Units", "Throttling", "Latency", "Results", "Exposure", "Regression", "Reporting",
    ]

    /// How the paths of the few files of a pure target begin that map memory and share it between
    /// processes.
    static let sharedState = "Sources/Throttling/SharedState"

    /// Targets that speak to C libraries in the language of those libraries.
    static let pointerTargets: Set<String> = ["Cryptoki", "AnchorGate", "ScriptedToken"]

    /// Beginnings of the names of other files that may hold pointers: the baseline that calls
    /// OpenSSL, the file that calls zlib, the files that call PostgreSQL's library, and those that
    /// start threads and processes or make the system's calls.
    static let pointerFiles: [String: [String]] = [
        "Anchors": ["OpenSSL"],
        "Drill": ["LibPQ"],
        "GateState": ["GateMemory", "GateFile"],
        "Latency": ["Zlib"],
        "Load": ["Thread", "Process", "System"],
        "Experiment": ["Thread", "Process", "System"],
    ]

    private static let effects = [
        #"\b(?:FileManager|FileHandle|ProcessInfo|URLSession|Process)\b"#,
        #"\b(?:ContinuousClock|SuspendingClock|DispatchTime|DispatchQueue)\b"#,
        #"\b(?:clock_gettime|gettimeofday|clock_nanosleep|nanosleep|usleep|getenv)\b"#,
        #"\b(?:pthread_create|fopen|SystemRandomNumberGenerator)\b"#,
        #"\bDate(?:\.init)?\(\)"#, #"\bDate\.now\b"#, #"\bThread[.(]"#, #"\bTask(?:\.| *\{)"#,
        // A bare call: an enum's case, a method and its declaration may well be called open.
        #"(?<![.\w])(?<!case )(?<!func )open\("#, #"\bGlibc\.open\("#,
        #"\.write\(to(?:File)?:"#, #"\bcontentsOf(?:File|URL|Directory):"#,
        #"\.(?:shuffled?|randomElement|random)\(\)"#,
        #"\brandom\(in:(?![^()]*using:)[^()]*\)"#,
    ].map(Pattern.init)

    /// Input, output, clocks, threads and unseeded chance in a pure target.
    static func impurities(in file: SourceFile) -> [Finding] {
        guard pureTargets.contains(file.target), !file.path.hasPrefix(sharedState) else {
            return []
        }
        return effects.flatMap { effect in
            findings(effect, in: file) {
                "\($0) is an effect, and \(file.target) is pure: take it as an argument"
            }
        }
    }

    private static let pointers = Pattern(
        #"\b(?:Unsafe\w*Pointer|OpaquePointer|Unmanaged|withUnsafe\w*|unsafeBitCast)\b"#)

    /// Pointers outside the files that are allowed them.
    static func pointers(in file: SourceFile) -> [Finding] {
        let beginnings = pointerFiles[file.target, default: []]
        let allowed =
            pointerTargets.contains(file.target) || file.path.hasPrefix(sharedState)
            || beginnings.contains { file.name.hasPrefix($0) }
        return allowed ? [] : findings(pointers, in: file) { "\($0) stands outside its few files" }
    }

    private static let prints = Pattern(#"(?:\bSwift\.|(?<![.\w])(?<!func ))print\("#)

    /// `print` in a target other than the command.
    static func prints(in file: SourceFile) -> [Finding] {
        guard file.target != "anchorbench" else { return [] }
        return findings(prints, in: file) { _ in "only the command prints" }
    }

    private static let forces = Pattern(#"(?:[\w)\]}?>`])!(?!=)"#)

    /// Force unwraps, `try!`, `as!` and implicitly unwrapped types.
    static func forces(in file: SourceFile) -> [Finding] {
        findings(forces, in: file) { _ in "a force that can crash: throw, or say precondition" }
    }

    private static func findings(
        _ pattern: Pattern, in file: SourceFile, message: (String) -> String
    ) -> [Finding] {
        pattern.matches(in: file.code).map {
            Finding(path: file.path, line: $0.line, message: message($0.text))
        }
    }
}
