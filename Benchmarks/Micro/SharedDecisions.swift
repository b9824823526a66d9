import Benchmark
import Glibc
import Throttling
import Units

/// One decision where four processes want one at every moment: wall-clock time of a process over
/// its decisions. On fewer than four cores that holds the time for which the others run.
func sharedThrottleBenchmarks() {
    let perDecision = BenchmarkMetric.custom("Nanoseconds a decision", useScalingFactor: false)
    for (name, limit) in DecidedLimits.all {
        Benchmark(
            "throttle decision, \(name), 4 processes",
            configuration: .init(
                metrics: [perDecision], scalingFactor: .one, maxDuration: .seconds(4),
                maxIterations: 8)
        ) { benchmark in
            let path = "/tmp/anchorbench-micro-\(getpid())-shared"
            try SharedState.create(at: path, for: Policy(limit, onLimit: .deny))
            defer { unlink(path) }
            let rivals = (0..<4).compactMap { _ in Rival.start(name, path) }
            for rival in rivals { benchmark.measurement(perDecision, try rival.nanoseconds()) }
        }
    }
}

/// Another process of this program that does nothing but ask a shared state.
struct Rival {
    /// It said nothing.
    struct Silence: Error {}

    private static let key = "ANCHORBENCH_MICRO_RIVAL"
    private static let decisions = 400_000
    private let output: UnsafeMutablePointer<FILE>

    /// Starts it; it begins to ask at once.
    static func start(_ name: String, _ path: String) -> Rival? {
        let order = "\(key)='\(name)|\(path)' exec /proc/\(getpid())/exe"
        return popen(order, "r").map { Rival(output: $0) }
    }

    /// How long a decision took it.
    func nanoseconds() throws -> Int {
        defer { pclose(output) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, 64, output) != nil else { throw Silence() }
        return atol(line)
    }

    /// In the other process: asks, says how long it took, and ends.
    static func callIfAsked() {
        guard let order = getenv(key).map({ String(cString: $0).split(separator: "|") }),
            order.count == 2,
            let limit = DecidedLimits.all.first(where: { $0.name == order[0] })?.limit,
            let state = try? SharedState(
                path: String(order[1]), policy: Policy(limit, onLimit: .deny))
        else { return }
        let start = clock()
        for _ in 0..<decisions { blackHole(state.decide(at: clock())) }
        let length = (clock() - start).count / Int64(decisions)
        let line = "\(length)\n"
        _ = write(STDOUT_FILENO, line, line.utf8.count)
        exit(0)
    }

    private static func clock() -> Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(Int64(time.tv_sec)) + Nanoseconds(Int64(time.tv_nsec))
    }
}
