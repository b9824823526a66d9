import Anchors
import CPlatform
import Foundation
import Latency
import Load
import Results
import Throttling
import Units

/// The child process: the only one that loads a PKCS#11 module.
///
/// It reads orders from standard input and answers on what was its standard output; a module that
/// prints on standard output prints on standard error instead.
package final class Worker {
    private let parent: ParentLink
    private var anchor: LoadedAnchor?
    /// Why a mechanism has no key.
    private var refusals: [RecordMechanism: CryptokiError] = [:]
    /// What lies before all that the module allocates: too large for a gap left by what was freed,
    /// too small for a mapping of its own.
    private var heapStart: [UInt8] = []
    private var baselineKeys: [RecordMechanism: OpenSSLKey] = [:]

    /// Takes over the process's standard input and output.
    ///
    /// - Parameter orphanFolders: made where they are not there yet, and removed if the parent ends
    ///   without saying so.
    package init(orphanFolders: [String]) { parent = ParentLink(orphanFolders: orphanFolders) }

    /// Carries out orders until told to quit.
    package func run() {
        while true {
            guard let order = nextOrder() else { return }
            if case .quit = order { return }
            do {
                try carryOut(order)
            } catch {
                answer(.failed(Self.failure(error, advising: order.comesFirst)))
            }
        }
    }

    private func carryOut(_ order: WorkOrder) throws {
        switch order {
        case .open(let order): answer(.opened(try open(order, pin: nextPin())))
        case .provision(let order):
            let keys = order.keys.map { ($0.mechanism, $0.bits) }
            try EmbeddedToken.provision(
                modulePath: order.modulePath, keys: Dictionary(uniqueKeysWithValues: keys),
                operation: order.operation, pin: nextPin())
            answer(.provisioned)
        case .inspect(let order):
            let found = try AnchorInspection.inspect(
                modulePath: order.modulePath, initialize: order.initialize, token: order.token,
                key: order.key, pin: nextPin())
            answer(.inspected(found))
        case .measure(let order): try measure(order)
        case .auditBatching(let order):
            guard let anchor else { preconditionFailure("a module is opened before it is tried") }
            if let refusal = refusals[order.mechanism] { throw refusal }
            var trial = try BatchingTrial(order, on: anchor)
            answer(.audited(try trial.run()))
        case .release, .callOff, .quit: break
        }
    }

    private func open(_ order: OpenOrder, pin: consuming Pin) throws -> OpenedReport {
        heapStart = [UInt8](repeating: 1, count: 64 << 10 + order.heapShift)
        let anchor = try LoadedAnchor(
            modulePath: order.modulePath, initialize: order.initialize, token: order.token,
            pin: pin, isReadWrite: order.isReadWrite)
        var keyBits: [String: Int] = [:]
        refusals = [:]
        for key in order.keys {
            do throws(CryptokiError) {
                keyBits[key.mechanism.rawValue] = try anchor.prepareKey(
                    key.source, for: key.mechanism, operation: order.operation, bits: key.bits)
            } catch {
                guard error.concernsRequest else { throw error }
                refusals[key.mechanism] = error
            }
        }
        guard !keyBits.isEmpty else { throw NoMechanism(order.keys.map(\.mechanism), refusals) }
        self.anchor = anchor
        return OpenedReport(
            identity: try anchor.identity(), modulePath: order.modulePath,
            moduleDigest: try? fileDigest(order.modulePath), keyBits: keyBits,
            refusals: Dictionary(
                uniqueKeysWithValues: refusals.map { ($0.key.rawValue, $0.value.advice) }),
            retries: anchor.retries)
    }

    private func measure(_ order: MeasureOrder) throws {
        let load = try Workload(order)
        guard let record = try record(of: load, order) else { return }
        let cost = order.throttle.flatMap { $0.timesDecisions ? $0.decisionNanoseconds : nil }
        answer(
            .measured(
                MeasuredReport.classes(
                    of: record, to: order, decisionNanoseconds: cost,
                    errorName: Self.errorName(order))))
    }

    /// Runs the load on the anchor or on the baseline; nil where the parent called it off.
    private func record(of load: Workload, _ order: MeasureOrder) throws -> LoadRecord? {
        let (mechanism, recordBytes) = (order.mechanism, order.recordBytes)
        let count = order.records
        guard !order.isBaseline else { return try baselineRecord(of: load, order) }
        guard let anchor else { preconditionFailure("a module is opened before it is measured") }
        if let refusal = refusals[mechanism] { throw refusal }
        let awaitTurn: @Sendable () -> Void = { [limits = load.limits] in
            limits.awaitTurn(MonotonicClock())
        }
        let deniedBy = Set(load.denialCodes.map(ReturnCode.init(rawValue:)))
        switch order.operation {
        case .decrypt:
            return try record(of: load) {
                try anchor.decryption(
                    mechanism, recordBytes: recordBytes, recordCount: count, deniedBy: deniedBy,
                    awaitTurn: awaitTurn)
            }
        case .unwrap:
            return try record(of: load) {
                try anchor.unwrapping(
                    mechanism, recordCount: count, deniedBy: deniedBy, awaitTurn: awaitTurn)
            }
        case .mac:
            return try record(of: load) {
                try anchor.authentication(
                    mechanism, recordBytes: recordBytes, recordCount: count, deniedBy: deniedBy,
                    awaitTurn: awaitTurn)
            }
        }
    }

    private func baselineRecord(
        of load: Workload, _ order: MeasureOrder
    ) throws -> LoadRecord? {
        let key = try baselineKey(order.mechanism, bits: order.keyBits)
        let (recordBytes, count) = (order.recordBytes, order.records)
        guard order.operation == .mac else {
            return try record(of: load) {
                try OpenSSLOperation(key, recordBytes: recordBytes, recordCount: count)
            }
        }
        return try record(of: load) {
            try OpenSSLAuthentication(key, recordBytes: recordBytes, recordCount: count)
        }
    }

    /// Each kind of operation has a loop of its own, so that none decides anything while timed.
    private func record<Call: Load.Operation & ~Copyable>(
        of load: Workload, _ make: @escaping @Sendable () throws -> Call
    ) throws -> LoadRecord? {
        let clock = load.arrivals.map {
            MonotonicClock(spinningFor: $0.rate, processors: Processors.allowed().count)
        }
        return try load.run(clock: clock ?? MonotonicClock()) { _ in
            try make()
        } awaitRelease: {
            awaitRelease()
        }
    }

    private func awaitRelease() -> Nanoseconds? {
        answer(.ready)
        guard case .release(let instant) = nextOrder() else { return nil }
        return instant
    }

    private func baselineKey(_ mechanism: RecordMechanism, bits: Int) throws -> OpenSSLKey {
        if let key = baselineKeys[mechanism] { return key }
        let key = try OpenSSLKey(mechanism, bits: bits)
        baselineKeys[mechanism] = key
        return key
    }

    private static func errorName(_ order: MeasureOrder) -> (UInt) -> String {
        order.isBaseline
            ? { "OPENSSL_0x\(String($0, radix: 16))" } : { ReturnCode(rawValue: $0).description }
    }

    /// - Parameter isAdvising: whether the sentence says what to do, too.
    private static func failure(
        _ error: any Error, advising isAdvising: Bool
    ) -> FailureReport {
        switch error {
        case LoadError.preparation(let cause): return failure(cause, advising: isAdvising)
        case LoadError.noThread(let reason):
            return FailureReport(
                message: "the system gave no thread for a caller: \(reason)", refusesLogin: false,
                refusesRequest: false)
        default:
            let cause = error as? CryptokiError
            return FailureReport(
                message: isAdvising ? cause?.advice ?? "\(error)" : "\(error)",
                refusesLogin: cause?.isRefusedLogin ?? false,
                refusesRequest: cause?.concernsRequest ?? false)
        }
    }

    private func nextOrder() -> WorkOrder? {
        try? JSONDecoder().decode(WorkOrder.self, from: Data(parent.nextLine()))
    }

    private func nextPin() -> Pin { parent.nextPin() }

    private func answer(_ report: WorkerReport) { parent.answer(report) }
}

/// Why an anchor has none of the mechanisms that were asked for: each reason once.
private struct NoMechanism: Error, CustomStringConvertible {
    let description: String

    init(_ mechanisms: [RecordMechanism], _ refusals: [RecordMechanism: CryptokiError]) {
        var sentences: [String] = []
        for mechanism in mechanisms {
            guard let sentence = refusals[mechanism]?.advice, !sentences.contains(sentence)
            else { continue }
            sentences.append(sentence)
        }
        description = sentences.joined(separator: "; ")
    }
}

extension WorkOrder {
    /// Whether its failure is told with what to do: nothing was asked of the anchor yet.
    fileprivate var comesFirst: Bool {
        switch self {
        case .open, .provision, .inspect: true
        case .measure, .auditBatching, .release, .callOff, .quit: false
        }
    }
}
