import Latency
import Results
import Testing
import Units

@Suite("A round is judged by its figures")
struct JudgementTests {
    /// An open load of which nothing bad can be said: 16 callers, a second, 1,000 calls of 2 ms.
    private static func good() -> Judgement {
        Judgement(
            operations: 1_000, denied: 0, errors: [:],
            length: Seconds(1),
            latency: [
                .service: figures(.milliseconds(2), 1_000),
                .response: figures(.milliseconds(2), 1_000),
                .wakeUp: figures(.microseconds(2), 1_000),
                .hiccup: figures(.milliseconds(1), 100),
            ],
            open: OpenCounts(scheduled: 1_000, backlog: 0))
    }

    /// Figures of so many calls of the same length.
    private static func figures(_ time: Nanoseconds, _ count: UInt64) -> LatencyFigures {
        var histogram = LatencyHistogram()
        histogram.record(time, count: count)
        return LatencyFigures(histogram)
    }

    /// The verdict of the good round with one thing changed.
    private func verdict(_ change: (inout Judgement) -> Void) -> Verdict {
        var judgement = Self.good()
        change(&judgement)
        return judgement.verdict
    }

    @Test("a good round is valid and needs no remark, open or closed")
    func good() {
        #expect(Self.good().verdict == Verdict())
        let closed = verdict {
            $0.open = nil
            for kind in [LatencyKind.response, .wakeUp, .lateness] { $0.latency[kind] = nil }
        }
        #expect(closed == Verdict())
    }

    @Test("one wrong plaintext is a reason, whatever else there was")
    func wrongPlaintext() {
        let verdict = verdict { $0.errors = [Round.wrongPlaintext: 1] }
        #expect(verdict == Verdict(reasons: ["wrong plaintext"]))
    }

    @Test("failed calls are a reason from the limit on, by name; a wrong plaintext is not one")
    func errorLimit() {
        let names = ["CKR_B": UInt64(40), "CKR_A": 59]
        #expect(verdict { $0.errors = names }.isValid)
        let ended = verdict { ($0.errors, $0.endedAfterErrors) = (names, 99) }
        #expect(ended.reasons == ["ended early after 99 failed calls: CKR_A, CKR_B"])
        let warmedUp = verdict { ($0.warmUpErrors, $0.endedAfterErrors) = (names, 99) }
        #expect(warmedUp.reasons == ended.reasons)
        let mixed = verdict { $0.errors = ["CKR_A": 9, Round.wrongPlaintext: 1] }
        #expect(mixed.reasons == ["wrong plaintext"])
    }

    @Test("a round without a completed call says nothing, unless a throttle refused all of them")
    func nothingCompleted() {
        let nothing = verdict { $0.operations = 0 }
        #expect(nothing.reasons == ["no call was completed"])
        let refused = verdict {
            $0.operations = 0
            $0.errors = ["CKR_B": 2, "CKR_A": 1, Round.wrongPlaintext: 1]
        }
        #expect(refused.reasons == ["wrong plaintext", "no call was completed: CKR_A, CKR_B"])
        let wrong = verdict { ($0.operations, $0.errors) = (0, [Round.wrongPlaintext: 1]) }
        #expect(wrong.reasons == ["wrong plaintext", "no call was completed"])
        #expect(verdict { ($0.operations, $0.denied) = (0, 1) }.isValid)
        // The limit of errors says more than that nothing was completed.
        let failed = verdict {
            ($0.operations, $0.errors, $0.endedAfterErrors) = (0, ["CKR_A": 100], 100)
        }
        #expect(failed.reasons == ["ended early after 100 failed calls: CKR_A"])
    }

    @Test("users whom a throttle kept waiting to the end are an answer; a device that did is none")
    func heldByThrottle() {
        let waited = verdict {
            $0.operations = 0
            $0.latency[.throttleWait] = Self.figures(.milliseconds(500), 9)
            $0.open = OpenCounts(
                scheduled: 9, backlog: 9, busy: Seconds(9), held: Seconds(9))
        }
        #expect(waited.reasons.isEmpty, "\(waited.reasons)")
        #expect(waited.remarks == ["device or throttle are slower than the load"])
        let hung = verdict {
            $0.operations = 0
            $0.open = OpenCounts(
                scheduled: 9, backlog: 9, busy: Seconds(9), held: Seconds(9))
        }
        #expect(hung.reasons == ["no call was completed"])
    }

    @Test("what failed of the other class and ended the round stands in the reason of both")
    func errorsBeside() {
        let ended = verdict {
            ($0.errors, $0.errorsBeside, $0.endedAfterErrors) = (["CKR_B": 1], ["CKR_A": 99], 100)
        }
        #expect(ended.reasons == ["ended early after 100 failed calls: CKR_A, CKR_B"])
        let wrong = verdict { $0.errorsBeside = [Round.wrongPlaintext: 1] }
        #expect(wrong.reasons == ["wrong plaintext of the other class"])
        #expect(verdict { $0.errorsBeside = ["CKR_A": 3] } == Verdict())
    }

    @Test("a wake-up may be late by 100 µs, or by a tenth of the median response")
    func wakeUps() {
        let reason = "the generator woke too late for its calls"
        func late(_ time: Nanoseconds, response: Nanoseconds) -> [String] {
            verdict {
                $0.latency[.wakeUp] = Self.figures(time, 1_000)
                $0.latency[.response] = Self.figures(response, 1_000)
            }.reasons
        }
        for response in [1, 500, 1_000] as [Int64] {
            #expect(late(.microseconds(99), response: .microseconds(response)).isEmpty)
            #expect(late(.microseconds(100), response: .microseconds(response)).isEmpty)
            #expect(late(.microseconds(101), response: .microseconds(response)) == [reason])
        }
        // 4,096 and 40,960 are told exactly by a histogram of three digits.
        #expect(late(Nanoseconds(409_600), response: Nanoseconds(4_096_000)).isEmpty)
        #expect(late(Nanoseconds(410_400), response: Nanoseconds(4_096_000)) == [reason])
    }

    @Test("a percentile that too few calls support claims nothing")
    func unsupported() {
        func late(_ calls: UInt64, responses: UInt64 = 1_000) -> Bool {
            verdict {
                $0.latency[.wakeUp] = Self.figures(.milliseconds(50), calls)
                $0.latency[.response] = Self.figures(.microseconds(50), responses)
            }.reasons.isEmpty
        }
        #expect(late(458) && !late(459))
        // A median takes seven calls.
        #expect(late(1_000, responses: 6) && !late(1_000, responses: 7))
        #expect(verdict { $0.latency[.wakeUp] = nil }.isValid)
    }

    @Test("with free callers, fewer than 99 % of the calls started is the generator's fault")
    func generatorTooSlow() {
        func reasons(_ backlog: UInt64) -> [String] {
            verdict { $0.open = OpenCounts(scheduled: 1_000, backlog: backlog) }.reasons
        }
        #expect(reasons(9).isEmpty && reasons(10).isEmpty)
        #expect(
            reasons(11) == ["the generator started less than 99 % of the calls due"])
        #expect(reasons(2_000).count == 1, "a backlog beyond what was due starts nothing")
        #expect(verdict { $0.open = OpenCounts(scheduled: 0, backlog: 0) }.isValid)
    }

    @Test("with all busy callers inside the module or before the throttle it is a remark")
    func deviceTooSlow() {
        func verdict(held share: Double, backlog: UInt64 = 11) -> Verdict {
            self.verdict {
                $0.open = OpenCounts(
                    scheduled: 1_000, backlog: backlog, busy: Seconds(12),
                    held: Seconds(12 * share))
            }
        }
        let remark = Verdict(remarks: ["device or throttle are slower than the load"])
        #expect(!verdict(held: 0.89).isValid)
        #expect(verdict(held: 0.91) == remark && verdict(held: 1) == remark)
        #expect(verdict(held: 1, backlog: 10) == Verdict())
    }

    @Test("failed calls are a remark above one in a hundred, and a reason above one in two")
    func failures() {
        func verdict(_ failed: UInt64) -> Verdict {
            self.verdict { $0.errors = ["CKR_A": failed] }
        }
        #expect(verdict(10) == Verdict())
        #expect(verdict(11).remarks == ["over 1 % of the calls failed: CKR_A"])
        #expect(verdict(1_000).isValid)
        #expect(verdict(1_001).reasons == ["over 50 % of the calls failed: CKR_A"])
    }

    @Test("what was not judged does not pass for judged, and a pace is said")
    func unjudged() {
        let unjudged = verdict { $0.watch.unjudgedCallers = 1 }
        #expect(unjudged == Verdict(remarks: ["too few calls to tell whether it had settled"]))
        let few = verdict { $0.latency[.wakeUp] = Self.figures(.microseconds(2), 458) }
        #expect(few == Verdict(remarks: ["too few calls to judge how late the generator woke"]))
        let paced = verdict { $0.maxRate = Rate(200) }
        #expect(paced == Verdict(remarks: ["held to at most 200/s"]))
    }

    @Test("stolen time is a remark above 2 %, a reason above 10 %, and never both")
    func steal() {
        func verdict(_ share: Double?) -> Verdict { self.verdict { $0.watch.stealShare = share } }
        let remark = Verdict(remarks: ["the hypervisor took over 2 % of the processors"])
        let reason = Verdict(reasons: ["the hypervisor took over 10 % of the processors"])
        #expect(verdict(nil) == Verdict() && verdict(0) == Verdict())
        #expect(verdict(0.02) == Verdict() && verdict(0.0201) == remark)
        #expect(verdict(0.1) == remark && verdict(0.1001) == reason && verdict(1) == reason)
        // Of a round that ended at once one tick of the kernel's clock would be all of it.
        let short = self.verdict { ($0.watch.stealShare, $0.length) = (0.5, Seconds(0.099)) }
        #expect(short == Verdict())
    }

    @Test("a hiccup of the platform is a remark above 10 ms")
    func hiccup() {
        func remarks(_ time: Nanoseconds) -> [String] {
            verdict { $0.latency[.hiccup] = Self.figures(time, 100) }.remarks
        }
        #expect(remarks(.microseconds(9_900)).isEmpty)
        #expect(
            remarks(.microseconds(10_100))
                == ["the platform held a sleeping thread up for over 10ms"])
        #expect(verdict { $0.latency[.hiccup] = nil }.remarks.isEmpty)
        #expect(
            verdict { $0.latency[.hiccup] = LatencyFigures(LatencyHistogram()) }.remarks.isEmpty)
    }

    @Test("a caller that did not settle and a page from a disk are remarks")
    func callers() {
        let unsettled = verdict { $0.watch.unsettledCallers = 1 }
        #expect(unsettled == Verdict(remarks: ["no steady state"]))
        let faults = verdict { $0.watch.majorFaults = 1 }
        #expect(faults == Verdict(remarks: ["callers waited for pages from a disk"]))
        #expect(verdict { $0.watch.minorFaults = 1_000_000 } == Verdict())
    }

    @Test("every reason and every remark is told, reasons first")
    func together() {
        let verdict = verdict {
            $0.errors = [Round.wrongPlaintext: 1, "CKR_A": 100]
            $0.endedAfterErrors = 100
            $0.open = OpenCounts(scheduled: 1_000, backlog: 500)
            $0.latency[.wakeUp] = Self.figures(.milliseconds(9), 1_000)
            $0.watch.stealShare = 0.5
            ($0.watch.majorFaults, $0.watch.unsettledCallers) = (3, 2)
        }
        #expect(
            verdict.reasons == [
                "wrong plaintext", "ended early after 100 failed calls: CKR_A",
                "the generator woke too late for its calls",
                "the generator started less than 99 % of the calls due",
                "the hypervisor took over 10 % of the processors",
            ])
        #expect(
            verdict.remarks == [
                "over 1 % of the calls failed: CKR_A, WRONG_PLAINTEXT", "no steady state",
                "callers waited for pages from a disk",
            ])
    }
}

@Suite("A verdict is one of several")
struct VerdictTests {
    @Test("what several rounds said stands once, with how many said it, remarks apart from reasons")
    func pooled() {
        let pooled = Verdict.pooled([
            Verdict(reasons: ["late"], remarks: ["slow"]),
            Verdict(remarks: ["slow", "late"]),
            Verdict(),
            Verdict(reasons: ["stolen", "late"], remarks: ["slow"]),
        ])
        #expect(pooled.reasons == ["late (2 of 4 rounds)", "stolen (1 of 4 rounds)"])
        #expect(pooled.remarks == ["slow (3 of 4 rounds)", "late (1 of 4 rounds)"])
        #expect(!pooled.isValid && pooled.word == "INVALID")
        #expect(
            pooled.reasonText
                == "late (2 of 4 rounds); stolen (1 of 4 rounds); slow (3 of 4 rounds); "
                + "late (1 of 4 rounds)")
    }

    @Test("remarks leave a verdict valid, and no round says nothing")
    func remarks() {
        let remarked = Verdict.pooled([Verdict(remarks: ["slow"])])
        #expect(remarked.isValid && remarked.word == "VALID")
        #expect(remarked.reasonText == "slow (1 of 1 rounds)")
        #expect(Verdict.pooled([]) == Verdict())
    }

    @Test("fairness is the least served over the most served caller, and none without calls")
    func fairness() {
        var watch = Watch()
        #expect(watch.fairness == nil)
        watch.mostServed = 10
        for (least, fairness) in [0: 0, 5: 0.5, 10: 1] as [UInt64: Double] {
            watch.leastServed = least
            #expect(watch.fairness == fairness)
        }
    }

    @Test("calls that started are those due less the backlog, never fewer than none")
    func started() {
        #expect(OpenCounts(scheduled: 10, backlog: 3).started == 7)
        #expect(OpenCounts(scheduled: 10, backlog: 10).started == 0)
        #expect(OpenCounts(scheduled: 10, backlog: 11).started == 0)
    }
}
