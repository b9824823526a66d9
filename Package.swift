// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours: Swift 6 language mode comes with the tools version; a warning is an error.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Targets that draw thefts by the ten thousand are optimised in debug builds too: there a report
/// would take half a minute.
let quick: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Targets that touch the pointers of another library say so at every place.
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let package = Package(
    name: "anchorbench",
    products: [
        .executable(name: "anchorbench", targets: ["anchorbench"]),
        .library(name: "ScriptedToken", type: .dynamic, targets: ["ScriptedToken"]),
        .library(name: "anchorgate", type: .dynamic, targets: ["AnchorGate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.0"),
        .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CCryptoki", providers: [.apt(["libsofthsm2-dev"])]),
        .systemLibrary(
            name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPlatform"),
        // Its headers alone: the library is opened when it is needed.
        .systemLibrary(name: "CLibpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Units", swiftSettings: strict + quick),
        .target(name: "Cryptoki", dependencies: ["CCryptoki"], swiftSettings: memorySafe),
        .target(name: "Throttling", dependencies: ["Units"], swiftSettings: memorySafe + quick),
        .target(
            name: "GateState", dependencies: ["Throttling", "Units"],
            swiftSettings: memorySafe + quick),
        .target(
            name: "Latency",
            dependencies: ["CZlib", "Units", product("Histogram", "hdrhistogram-swift")],
            swiftSettings: memorySafe + quick),
        .target(
            name: "Load",
            dependencies: ["Throttling", "Latency", "CPlatform", "Units"],
            swiftSettings: strict),
        .target(
            name: "Anchors",
            dependencies: ["Cryptoki", "CLibcrypto", "Load", "Units"],
            swiftSettings: memorySafe),
        .target(
            name: "Results", dependencies: ["Latency", "Throttling", "Units"], swiftSettings: strict
        ),
        .target(
            name: "Experiment",
            dependencies: [
                "Anchors", "Load", "Results", "Regression", "Throttling", "Latency", "CPlatform",
                "Units",
                product("Yams", "Yams"), product("Subprocess", "swift-subprocess"),
            ],
            swiftSettings: strict, plugins: ["BuildIdentity"]),
        .plugin(
            name: "BuildIdentity", capability: .buildTool(), path: "Sources/BuildIdentity"),
        .target(
            name: "Exposure",
            dependencies: ["Results", "Throttling", "Latency", "Units"],
            resources: [.embedInCode("Data/facts.csv"), .embedInCode("Data/devices.csv")],
            swiftSettings: strict + quick),
        .target(
            name: "Regression", dependencies: ["Results", "Latency", "Units"],
            swiftSettings: strict + quick),
        .target(
            name: "Reporting",
            dependencies: [
                "Exposure", "GateState", "Regression", "Results", "Throttling", "Latency", "Units",
            ],
            swiftSettings: strict),
        .target(
            name: "Drill",
            dependencies: [
                "Experiment", "Anchors", "Exposure", "GateState", "Throttling", "Results",
                "Latency", "Load", "Units", "CLibpq",
                product("GRDB", "GRDB.swift"), product("Subprocess", "swift-subprocess"),
            ],
            swiftSettings: memorySafe),
        .target(
            name: "ScriptedToken",
            dependencies: ["CCryptoki"],
            swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .target(
            name: "AnchorGate",
            dependencies: ["CCryptoki", "GateState", "Throttling", "Units"],
            exclude: ["exports.map"], swiftSettings: strict,
            // Swift programs that load it have a runtime of their own.
            linkerSettings: [
                .unsafeFlags([
                    "-static-stdlib", "-Xlinker",
                    "--version-script=\(Context.packageDirectory)/Sources/AnchorGate/exports.map",
                ])
            ]),
        .executableTarget(
            name: "anchorbench",
            dependencies: [
                "Cryptoki", "Drill", "GateState", "Experiment", "Exposure", "Regression",
                "Reporting", "Results", "Throttling",
                "Latency", "Units",
                product("ArgumentParser", "swift-argument-parser"),
                product("Rainbow", "Rainbow"), product("TextTable", "TextTable"),
                product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
                product("NIOPosix", "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        .testTarget(
            name: "CryptokiTests", dependencies: ["Cryptoki", "CCryptoki"], swiftSettings: strict),
        .testTarget(
            name: "ThrottlingTests", dependencies: ["Throttling", "Units"], swiftSettings: strict),
        .testTarget(
            name: "GateStateTests", dependencies: ["GateState", "Throttling", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "AnchorGateTests",
            dependencies: ["Cryptoki", "CCryptoki", "GateState", "Throttling", "Units"],
            exclude: ["Clients", "Walk"], swiftSettings: strict),
        .testTarget(
            name: "LatencyTests", dependencies: ["Latency", "Units"],
            exclude: ["Golden", "peer.py"], swiftSettings: strict),
        .testTarget(
            name: "LoadTests", dependencies: ["Load", "Throttling", "Latency", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "AnchorsTests", dependencies: ["Anchors", "Cryptoki", "Load", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "ResultsTests", dependencies: ["Results", "Latency", "Throttling", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "ExperimentTests",
            dependencies: [
                "Experiment", "Cryptoki", "Load", "Regression", "Results", "Throttling",
                "Latency", "Units",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ExposureTests", dependencies: ["Exposure", "Results", "Throttling", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "RegressionTests", dependencies: ["Regression", "Results", "Latency", "Units"],
            exclude: ["Statistics/Peers"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "Exposure", "GateState", "Regression", "Results", "Throttling",
                "Units",
            ],
            exclude: ["Charts/Golden", "Golden", "GateMetrics/EmbeddedMetricFormat.json"],
            swiftSettings: strict),
        .testTarget(
            name: "DrillTests",
            dependencies: [
                "Drill", "Cryptoki", "Experiment", "GateState", "Results", "Throttling", "Units",
                product("GRDB", "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScriptedTokenTests", dependencies: ["Cryptoki", "CCryptoki"],
            swiftSettings: strict),
        .testTarget(
            name: "anchorbenchTests",
            dependencies: [
                "anchorbench", "GateState", "Regression", "Results", "Throttling", "Latency",
                "Units",
            ],
            exclude: ["Documentation/Shell"],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", exclude: ["words.txt"], swiftSettings: strict),
    ]
)

/// The micro-benchmarks need a package that nothing else does, so they are there when asked for.
if Context.environment["ANCHORBENCH_BENCHMARKS"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets.append(
        .executableTarget(
            name: "Micro",
            dependencies: [
                "Exposure", "Latency", "Load", "Regression", "Throttling", "Units",
                product("Benchmark", "benchmark"),
            ],
            path: "Benchmarks/Micro", swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
