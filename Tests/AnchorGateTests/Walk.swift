import Foundation
import GateState
import Testing

/// The walk through every function of PKCS#11, a C program: what a module answers, line by line.
struct Walk {
    /// Where it runs.
    let site: ClientSite
    private let program: String

    /// A walk in the folder of a site.
    init(in site: ClientSite) throws {
        self.site = site
        program = try Self.compiled.get()
    }

    /// The program, compiled once.
    private static let compiled = Result<String, any Error> {
        let program = FileManager.default.temporaryDirectory
            .appending(path: "anchorgate-walk-\(getpid())").path
        let sources = ["walk", "setup", "inputs", "rows", "table", "sequences", "life"]
            .map { source("\($0).c") }
        try ClientSite(.nothing).run(
            "clang", ["-O0", "-Wall", "-Wextra", "-o", program] + sources + ["-ldl"]
        ).check()
        return program
    }

    /// A file of the walk's.
    static func source(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Walk")
            .appending(path: name).path
    }

    /// A module that is walked through.
    struct Module: CustomTestStringConvertible, Sendable {
        let name: String
        let path: String
        /// What NSS wants with `C_Initialize`.
        var parameters: [String] = []

        var testDescription: String { name }

        static let softHSM = Module(name: "SoftHSM2", path: BuiltParts.softHSM)
        static let nss = Module(
            name: "NSS",
            path: [
                "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
                "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
                "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
                "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
            ].first(where: FileManager.default.fileExists) ?? "libsoftokn3.so",
            parameters: [
                "configdir='' certPrefix='' keyPrefix='' secmod='' flags=noCertDB,noModDB"
            ])
    }

    /// Walks through a module, by itself or through a gate, with a store of tokens of its own.
    func lines(of module: Module, through gate: GateState? = nil) throws -> [String] {
        let folder = "tokens-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: site.path(folder), withIntermediateDirectories: true)
        try site.write(
            "directories.tokendir = \(site.path(folder))\nlog.level = ERROR\n", to: "\(folder).conf"
        )
        var environment = site.environment(gate)
        environment["SOFTHSM2_CONF"] = site.path("\(folder).conf")
        let path = gate == nil ? module.path : try BuiltParts.gate()
        let end = try site.run(program, [path] + module.parameters, environment)
        try end.check()
        return end.output.split(separator: "\n").map(String.init)
    }

    /// Starts a module that should refuse to, and calls each of its functions.
    func refusal(
        of module: String, environment: [String: String], as user: [String] = []
    ) throws -> ClientEnd {
        let command = user + [program, "--refused", module]
        return try site.run(command[0], Array(command.dropFirst()), environment)
    }

    /// The lines in which two walks differ, each with its number.
    static func differences(_ one: [String], _ other: [String]) -> [String] {
        func withoutNumber(_ line: String) -> Substring {
            line.drop { $0.isNumber }
        }
        return one.map(withoutNumber).difference(from: other.map(withoutNumber)).map {
            switch $0 {
            case .insert(let offset, let line, _): "bare, line \(offset):\(line)"
            case .remove(let offset, let line, _): "gate, line \(offset):\(line)"
            }
        }
    }
}
