import Foundation
import GateState
import Testing
import Units

@testable import Drill

@Suite("Who answers an alarm")
struct ResponderTests {
    private let site: GateSite
    private let responder: Responder

    init() throws {
        site = try GateSite(identities: ["front-end-1", "front-end-2", "thief"])
        responder = try Responder(ResponderOrder(gate: site.path))
    }

    private func cue(
        _ identity: String? = nil, since: Nanoseconds = .zero, response: Nanoseconds = .zero
    ) -> AlarmCue {
        AlarmCue(identity: identity, since: since, response: response)
    }

    @Test("revokes whose calls have grown most, not who calls most, and nobody else")
    func grown() throws {
        // On a busy machine what came before may have fallen into several periods.
        try site.call("front-end-1", times: 2_000)
        try site.call("front-end-2", times: 40)
        try site.call("thief", times: 5)
        let since = site.nextPeriod()
        try site.call("front-end-1", times: 210)
        try site.call("front-end-2", times: 30)
        try site.call("thief", times: 200)
        let before = MonotonicInstant.now()
        let report = try responder.answer(cue(since: since))
        #expect(report.identity == "thief")
        #expect(report.instant >= before && report.instant <= MonotonicInstant.now())
        #expect(try site.revoked() == ["thief"])
        // The same alarm again finds the next one, and never who is refused already.
        #expect(try responder.answer(cue(since: since)).identity != "thief")
    }

    @Test("finds one who was never there before")
    func newcomer() throws {
        try site.call("front-end-1", times: 60)
        let since = site.nextPeriod()
        try site.call("front-end-1", times: 70)
        try site.call("thief", times: 90)
        #expect(try responder.answer(cue(since: since)).identity == "thief")
        #expect(try site.revoked() == ["thief"])
    }

    @Test("revokes nobody where no calls have grown")
    func nobody() throws {
        try site.call("front-end-1", times: 60)
        try site.call("thief", times: 60)
        let since = site.nextPeriod()
        // Far fewer: what came before may have fallen into several periods.
        try site.call("front-end-1", times: 2)
        try site.call("thief", times: 3)
        #expect(try responder.answer(cue(since: since)).identity == nil)
        #expect(try site.revoked().isEmpty)
    }

    @Test("revokes who is named, whatever the counts say, after as long as it takes")
    func named() throws {
        try site.call("thief", times: 500)
        let start = MonotonicInstant.now()
        let report = try responder.answer(
            cue("front-end-2", since: .zero, response: .milliseconds(80)))
        #expect(report.identity == "front-end-2")
        #expect(report.instant >= start + .milliseconds(80))
        #expect(try site.revoked() == ["front-end-2"])
        #expect(try responder.answer(cue("nobody-knows-him")).identity == nil)
        #expect(try site.revoked() == ["front-end-2"])
    }

    @Test("says that the gate is gone")
    func gone() throws {
        try FileManager.default.removeItem(atPath: site.path)
        let error = #expect(throws: GateStateError.self) { try responder.answer(cue()) }
        #expect(error?.description.contains(site.path) == true)
        #expect(throws: GateStateError.self) {
            try Responder(ResponderOrder(gate: site.path))
        }
    }
}
