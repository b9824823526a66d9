import Anchors
import Experiment
import Foundation
import GateState
import Synchronization
import Units

/// A process of the stage: it reads what it is to play on standard input and tells on what was its
/// standard output what it did.
package struct StageActor {
    private let parent: ParentLink

    /// Takes over the process's standard input and output.
    ///
    /// - Parameter orphanFolders: made where they are not there yet, and removed if the parent ends
    ///   without saying so.
    package init(orphanFolders: [String]) { parent = ParentLink(orphanFolders: orphanFolders) }

    /// Plays its part to the end.
    package func run() {
        guard let order = decoded(StageOrder.self) else { return }
        do {
            try play(order)
        } catch {
            parent.answer(
                StageReport.failed((error as? CryptokiError)?.advice ?? "\(error)"))
        }
        // The parent has the last word: a process that ends by itself looks like one that died.
        while let cue = decoded(StageCue.self) {
            if case .stop = cue { return }
        }
    }

    private func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(parent.nextLine()))
    }

    private func play(_ order: StageOrder) throws {
        switch order {
        case .seal(let order): try seal(order)
        case .serve(let order): try serve(order)
        case .steal(let order): try steal(order)
        case .dump(let order): try dump(order)
        case .respond(let order): try respond(order)
        }
    }

    private func seal(_ order: SealOrder) throws {
        let anchor = try order.opening.anchor.open(pin: parent.nextPin())
        parent.answer(StageReport.sealed(try Sealer(order, anchor).fill()))
    }

    private func serve(_ order: FrontEndOrder) throws {
        let anchor = try order.opening.anchor.open(pin: parent.nextPin())
        let frontEnd = FrontEnd(order, anchor)
        try frontEnd.prepare()
        guard let start = awaitStart() else { return }
        frontEnd.start(at: start)
        awaitStop()
        parent.answer(StageReport.served(frontEnd.end()))
    }

    private func steal(_ order: ThiefOrder) throws {
        let anchor = try order.opening.anchor.open(pin: parent.nextPin())
        let thief = Thief(order, anchor)
        try thief.prepare()
        guard let start = awaitStart() else { return }
        thief.start(at: start) { [parent] in parent.answer(StageReport.over) }
        awaitStop()
        parent.answer(StageReport.stolen(thief.end()))
    }

    private func dump(_ order: DumpOrder) throws {
        let anchor =
            order.dataKey == nil ? nil : try order.opening.anchor.open(pin: parent.nextPin())
        let dumper = Dumper(order, anchor)
        guard let start = awaitStart() else { return }
        MonotonicInstant.wait(until: start)
        parent.answer(StageReport.dumped(try dumper.dump()))
    }

    private func respond(_ order: ResponderOrder) throws {
        let responder = try Responder(order)
        parent.answer(StageReport.ready)
        while let cue = decoded(StageCue.self) {
            switch cue {
            case .alarm(let alarm):
                parent.answer(StageReport.responded(try responder.answer(alarm)))
            case .start: continue
            case .stop: exit(0)
            }
        }
    }

    /// Says that all is ready; nil where the parent calls it off.
    private func awaitStart() -> Nanoseconds? {
        parent.answer(StageReport.ready)
        guard case .start(let instant) = decoded(StageCue.self) else { exit(0) }
        return instant
    }

    private func awaitStop() {
        while let cue = decoded(StageCue.self) {
            if case .stop = cue { return }
        }
    }
}

/// Instants of `CLOCK_MONOTONIC`, which all processes of the machine share.
enum MonotonicInstant {
    /// The present one.
    static func now() -> Nanoseconds { Nanoseconds(GateClock.monotonic()) }

    /// The present one of the calendar's clock, since the Unix epoch.
    static func calendar() -> Nanoseconds { Nanoseconds(GateClock.exactCalendar()) }

    /// Sleeps until an instant.
    static func wait(until instant: Nanoseconds) { GateClock.sleep(until: instant.count) }
}

/// Threads of our own that do the same: blocking calls must not run on the concurrency runtime's
/// pool.
final class StageThreads: Sendable {
    private let group = DispatchGroup()

    /// Starts so many, each told its number.
    func start(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for index in 0..<count {
            group.enter()
            Thread.detachNewThread { [group] in
                body(index)
                group.leave()
            }
        }
    }

    /// Waits for the end of all.
    func join() { group.wait() }
}

/// A word that threads look at to know when to end.
final class StopFlag: Sendable {
    private let word = Atomic(false)

    /// Whether it is time.
    var isSet: Bool { word.load(ordering: .relaxed) }

    /// How long a thread sleeps before it looks again.
    private static let nap = Nanoseconds.milliseconds(5)

    /// Sleeps until an instant of the monotonic clock; false where it is time to end before.
    func sleep(until instant: Nanoseconds) -> Bool {
        while !isSet {
            let now = MonotonicInstant.now()
            guard now < instant else { return true }
            MonotonicInstant.wait(until: min(instant, now + Self.nap))
        }
        return false
    }

    /// Says that it is.
    func set() { word.store(true, ordering: .relaxed) }
}
