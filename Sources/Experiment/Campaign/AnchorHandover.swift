import Anchors
import Results

/// An anchor as another process of this program opens it itself, without its PIN.
package struct AnchorHandover: Codable, Sendable {
    private var order: OpenOrder

    fileprivate init(_ order: OpenOrder) { self.order = order }

    /// The module that is loaded.
    package var modulePath: String { order.modulePath }

    /// The same through a module that stands before it.
    package func through(_ modulePath: String) -> AnchorHandover {
        var other = self
        other.order.modulePath = modulePath
        return other
    }

    /// Loads the module, logs in and finds the keys.
    ///
    /// - Throws: `CryptokiError`.
    package func open(pin: borrowing Pin) throws(CryptokiError) -> LoadedAnchor {
        let anchor = try LoadedAnchor(
            modulePath: order.modulePath, initialize: order.initialize, token: order.token,
            pin: pin, isReadWrite: order.isReadWrite)
        for key in order.keys {
            _ = try anchor.prepareKey(
                key.source, for: key.mechanism, operation: order.operation, bits: key.bits)
        }
        return anchor
    }

    /// Tells what a run keeps of who it is.
    ///
    /// - Throws: `CryptokiError`.
    package func introduce(_ anchor: LoadedAnchor) throws(CryptokiError) -> AnchorIntroduction {
        var keyBits: [String: Int] = [:]
        for key in order.keys {
            keyBits[key.mechanism.rawValue] = try anchor.prepareKey(
                key.source, for: key.mechanism, operation: order.operation, bits: key.bits)
        }
        return AnchorIntroduction(
            report: OpenedReport(
                identity: try anchor.identity(), modulePath: order.modulePath,
                moduleDigest: try? fileDigest(order.modulePath), keyBits: keyBits,
                retries: anchor.retries))
    }
}

/// Who an anchor said it is to a process that opened it.
package struct AnchorIntroduction: Codable, Sendable {
    let report: OpenedReport

    /// Length of the key of a mechanism in bits; nil where none was opened.
    package func keyBits(of mechanism: String) -> Int? { report.keyBits[mechanism] }
}

/// Where the figures of a drill come from, from its beginning to its end.
package struct DrillOrigin: Sendable {
    /// What is known at its beginning.
    package let provenance: Provenance
    /// The machine then.
    private let before = HostReading.now()

    /// The origin of figures that are measured from now on.
    package init(_ anchor: AnchorIntroduction, _ resolved: ResolvedScenario, seed: UInt64) {
        provenance = ProvenanceCollector.collect(
            resolved, seed: seed, opened: anchor.report, reading: before)
    }

    /// Adds what is known at its end.
    package func complete(_ provenance: inout Provenance) {
        ProvenanceCollector.complete(&provenance, from: before, to: HostReading.now())
    }
}

extension AnchorAccess {
    /// What a process needs to open the anchor itself.
    package var handover: AnchorHandover { AnchorHandover(order) }

    /// Whether every process that opens it finds the same keys.
    package var hasSharedKeys: Bool { order.keys.allSatisfy { $0.source != .session } }

    /// The PIN in hexadecimal digits, as a process of this program reads it.
    package var pinLine: [UInt8] { pinDigits }

    /// How a process of this program is started that may open the anchor.
    ///
    /// - Parameters:
    ///   - command: the command's name with its arguments; folders that it removes when orphaned
    ///     follow.
    ///   - environment: beyond what the anchor needs.
    package func launch(
        _ command: [String], removing folders: [String], environment: [String: String]
    ) -> WorkerLaunch {
        WorkerLaunch(
            executable: launch.executable,
            arguments: command + launch.arguments.dropFirst() + folders,
            environment: launch.environment.merging(environment) { $1 })
    }
}
