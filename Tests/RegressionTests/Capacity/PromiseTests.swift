import Foundation
import Regression
import Testing
import Units

@Suite("Promises")
struct PromiseTests {
    @Test(
        "a promise is read and written in one form",
        arguments: [
            ("p99<20ms", "p99<20ms"), ("p99.9<=5ms", "p99.9<=5ms"), ("p50 < 250us", "p50<250us"),
            ("p99.990<1s", "p99.99<1s"), ("p0.5<=1000us", "p0.5<=1ms"),
            ("p99.999999<1ns", "p99.999999<1ns"),
        ])
    func roundTrip(text: String, form: String) throws {
        let promise = try Promise(parsing: text)
        #expect(promise.description == form)
        #expect(try Promise(parsing: form) == promise)
        let coded = try JSONEncoder().encode(promise)
        #expect(try JSONDecoder().decode(Promise.self, from: coded) == promise)
    }

    @Test(
        "what is no promise is refused with what was given and what is expected",
        arguments: [
            "", "p", "p<", "p99", "p99<", "p99>20ms", "99<20ms", "p99<20", "p99<=", "p99<-5ms",
            "p100<20ms", "p0<20ms", "p0.0<20ms", "p99<0s", "px<20ms", "p9.9.9<1s", "p99.<1s",
            "p.9<1s", "p99.1234567<1s", "p1234567890123<1s", "p-5<1s", "p99<<1s", "p٩٩<1s",
        ])
    func refused(text: String) {
        let error = #expect(throws: UnitError.self) { try Promise(parsing: text) }
        #expect(error?.description.hasPrefix("'\(text)' is not a promise: ") == true)
        #expect(error?.remedy.contains("p99") == true || error?.remedy.contains("limit") == true)
    }

    @Test("the share allowed is what the percentile leaves")
    func allowed() throws {
        #expect(try Promise(parsing: "p99<1s").allowedLateShare == 0.01)
        #expect(try Promise(parsing: "p99.9<1s").allowedLateShare == 0.001)
        #expect(try Promise(parsing: "p50<1s").allowedLateShare == 0.5)
    }

    @Test("an answer at the limit is late for < and in time for <=")
    func limit() throws {
        let below = try Promise(parsing: "p99<20ms")
        let upTo = try Promise(parsing: "p99<=20ms")
        #expect(below.isLate(.milliseconds(20)) && !upTo.isLate(.milliseconds(20)))
        #expect(!below.isLate(Nanoseconds(19_999_999)))
        #expect(upTo.isLate(Nanoseconds(20_000_001)))
    }

    @Test("a p99 needs 459 calls for 99 % confidence, and one fewer does not show it")
    func neededCalls() throws {
        #expect(try Promise(parsing: "p99<1s").neededCalls() == 459)
        for text in ["p50<1s", "p90<1s", "p99.9<1s"] {
            let promise = try Promise(parsing: text)
            let needed = Double(promise.neededCalls(confidence: 0.95))
            let kept = 1 - promise.allowedLateShare
            #expect(pow(kept, needed) <= 0.05 && pow(kept, needed - 1) > 0.05, "\(text)")
        }
    }
}
