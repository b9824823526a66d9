import Anchors
import CPlatform
import Foundation
import Results
import Units

/// An anchor made ready for worker processes: how to start one, what to open, and the PIN.
///
/// The embedded token exists from here until `remove`.
package final class AnchorAccess: Sendable {
    let launch: WorkerLaunch
    let order: OpenOrder
    let pinDigits: [UInt8]
    private let embedded: EmbeddedToken?
    /// A folder for what workers share; there once a worker is, removed with the anchor.
    let workspace: URL

    /// When a worker is taken to hang.
    let limits: AnswerLimits

    /// Prepares the anchor, reading the PIN once and provisioning the embedded token.
    ///
    /// - Parameters:
    ///   - executable: the program that runs as a worker when called with `worker`.
    ///   - limits: when a worker is taken to hang.
    /// - Throws: `ExperimentError`.
    package static func prepare(
        _ reference: AnchorReference, _ settings: AnchorSettings, executable: String,
        limits: AnswerLimits = .usual
    ) async throws -> AnchorAccess {
        let access: AnchorAccess
        do {
            access = try AnchorAccess(
                reference, settings, executable: executable, limits: limits)
        } catch let error as CryptokiError {
            throw ExperimentError.device(error.description)
        } catch let error as URIError {
            throw ExperimentError.device(error.description)
        }
        guard access.embedded != nil else { return access }
        do {
            let provision = ProvisionOrder(
                modulePath: access.order.modulePath, operation: access.order.operation,
                keys: access.order.keys)
            guard case .provisioned = try await access.ask(.provision(provision)) else {
                throw ExperimentError.device("the embedded token could not be made")
            }
            return access
        } catch {
            access.remove()
            throw error
        }
    }

    /// The module that does nothing, with keys of the session for the same mechanisms.
    static func nullModule(
        at path: String, _ settings: AnchorSettings, executable: String, limits: AnswerLimits
    ) throws -> AnchorAccess {
        var settings = settings
        settings.key = .session
        // What the anchor's module wants to be told is no business of this one.
        settings.initialize = nil
        settings.environment = [:]
        var uri = try PKCS11URI(parsing: "pkcs11:token=scripted?module-path=/")
        uri.modulePath = path
        return try AnchorAccess(
            .uri(uri), settings, executable: executable, limits: limits,
            // What the user scripts is the user's module, never this one.
            environment: ["ANCHORBENCH_SCRIPT": ""], pinDigits: nullModulePinDigits)
    }

    /// The PIN 1234, which the module has where no script gives it another.
    private static let nullModulePinDigits = Array("31323334".utf8)

    private init(
        _ reference: AnchorReference, _ settings: AnchorSettings, executable: String,
        limits: AnswerLimits, environment: [String: String] = [:], pinDigits known: [UInt8]? = nil
    ) throws {
        self.limits = limits
        workspace = FileManager.default.temporaryDirectory
            .appending(path: "anchorbench-work-\(UUID().uuidString)", directoryHint: .isDirectory)
        let mechanisms = settings.mechanisms.compactMap(RecordMechanism.init(rawValue:))
        let operation = AnchoredOperation(rawValue: settings.operation) ?? .decrypt
        let uri: PKCS11URI
        var environment = settings.environment.merging(environment) { $1 }
        var folders = [workspace.path]
        switch reference {
        case .embedded:
            let token = try EmbeddedToken()
            embedded = token
            environment.merge(token.environment) { $1 }
            folders.append(token.folder.path)
            uri = try PKCS11URI(
                parsing: "pkcs11:token=\(EmbeddedToken.label)?module-path=\(token.modulePath)")
            pinDigits = Pin.random().hexadecimal()
        case .uri(let address):
            embedded = nil
            uri = address
            // From here on this process holds a PIN, which no dump of it may show.
            if address.pinSource != nil { _ = anchorbench_forbid_dumps() }
            pinDigits = try known ?? PinReader.read(address.pinSource).hexadecimal()
        }
        launch = WorkerLaunch(
            executable: executable, arguments: ["worker"] + folders, environment: environment)
        order = OpenOrder(
            modulePath: try uri.locateModule(), initialize: settings.initialize,
            token: uri.tokenMatch, isReadWrite: settings.isReadWrite, heapShift: 0,
            operation: operation,
            keys: mechanisms.map { mechanism in
                OpenOrder.KeyOrder(
                    mechanism: mechanism,
                    source: Self.source(of: mechanism, operation, reference, settings),
                    bits: settings.keyBits[mechanism.rawValue] ?? mechanism.algorithm.usualSize)
            })
    }

    private static func source(
        of mechanism: RecordMechanism, _ operation: AnchoredOperation,
        _ reference: AnchorReference, _ settings: AnchorSettings
    ) -> KeySource {
        switch reference {
        case _ where settings.key == .session: .session
        case .embedded: .token(label: EmbeddedToken.keyLabel(mechanism, operation))
        case .uri(let uri): uri.keyMatch.isEmpty ? .session : .stored(uri.keyMatch)
        }
    }

    /// Starts a worker for one order that carries a PIN, and ends it.
    ///
    /// - Throws: `ExperimentError.device`.
    func ask(_ order: WorkOrder) async throws(ExperimentError) -> WorkerReport {
        let worker = WorkerProcess(launch)
        do {
            try await worker.send(order, pinDigits: pinDigits)
            let report = try await worker.report(within: limits.preparation)
            await worker.quit()
            return report
        } catch {
            worker.kill()
            await worker.quit()
            throw ExperimentError.device(Self.sentence(error, modulePath: self.order.modulePath))
        }
    }

    /// Whether a new worker costs the device next to nothing: it generates no key pair.
    var isCheaplyOpened: Bool {
        order.keys.allSatisfy { $0.source != .session || !$0.mechanism.isRSA }
    }

    /// Starts a worker with the anchor open in it.
    ///
    /// - Parameter heapShift: by how many bytes to move what the module allocates.
    /// - Throws: `ExperimentError.device`, `.login`.
    func openWorker(
        heapShift: Int
    ) async throws(ExperimentError) -> (WorkerProcess, OpenedReport) {
        let worker = WorkerProcess(launch)
        var order = order
        order.heapShift = heapShift
        do {
            try await worker.send(.open(order), pinDigits: pinDigits)
            let report = try await worker.report(within: limits.preparation)
            guard case .opened(let opened) = report else {
                throw WorkerError.failed("the worker answered out of turn")
            }
            return (worker, opened)
        } catch {
            worker.kill()
            await worker.quit()
            let sentence = Self.sentence(error, modulePath: order.modulePath)
            guard case WorkerError.refusedLogin = error else {
                throw ExperimentError.device(sentence)
            }
            throw ExperimentError.login(sentence)
        }
    }

    /// What `doctor` wants to know.
    package func inspect(
        _ reference: AnchorReference
    ) async throws(ExperimentError) -> AnchorInspection {
        var key = KeyMatch()
        if case .uri(let uri) = reference { key = uri.keyMatch }
        let order = InspectOrder(
            modulePath: order.modulePath, initialize: order.initialize, token: order.token,
            key: key)
        guard case .inspected(let inspection) = try await ask(.inspect(order)) else {
            throw ExperimentError.device("the worker answered out of turn")
        }
        return inspection
    }

    /// Removes the embedded token and the workspace.
    package func remove() {
        embedded?.remove()
        try? FileManager.default.removeItem(at: workspace)
    }

    private static func sentence(_ error: any Error, modulePath: String) -> String {
        switch error {
        case WorkerError.failed(let message), WorkerError.refusedRequest(let message),
            WorkerError.refusedLogin(let message):
            message
        case WorkerError.ended(let how):
            "the worker process that loaded '\(modulePath)' \(how) before the anchor was ready"
        default: "\(error)"
        }
    }
}

extension Pin {
    /// A PIN that nobody needs to know, for a token that nobody else uses.
    fileprivate static func random() -> Pin {
        var digits = (0..<16).map { _ in UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9")) }
        return Pin(wiping: &digits)
    }
}
