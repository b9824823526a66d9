import Experiment
import Testing
import Units

@Suite("The kernel's figures are read, and two readings give shares")
struct HostReadingTests {
    private let stat = """
        cpu  55797 3 9217 67216 809 2 75 27 11 1
        cpu0 26827 0 4675 34957 72 0 12 12 0 0
        intr 2411046 37 9
        """
    private let pressure = """
        some avg10=12.50 avg60=12.42 avg300=17.32 total=128617826
        full avg10=0.25 avg60=0.00 avg300=0.00 total=41
        """

    private func reading(
        at instant: Nanoseconds = .zero, stat: String? = nil, pressure: String? = nil,
        load: String? = nil
    ) -> HostReading {
        HostReading(instant: instant, stat: stat, pressure: pressure, load: load)
    }

    @Test("a captured reading is read figure by figure")
    func captured() throws {
        let reading = reading(
            stat: stat, pressure: pressure, load: "0.83 1.34 0.79 1/84 24927\n")
        let ticks = try reading.processor.get()
        // Guest time is part of user time and is not counted twice.
        #expect(ticks.total == 55797 + 3 + 9217 + 67216 + 809 + 2 + 75 + 27)
        #expect(ticks.idle == 67216 + 809 && ticks.steal == 27)
        let stalls = try reading.pressure.get()
        #expect(stalls.some.last10s == 0.125 && stalls.full?.last10s == 0.0025)
        #expect(stalls.some.total == .microseconds(128_617_826))
        #expect(stalls.full?.total == .microseconds(41))
        let load = try reading.load.get()
        #expect(load.oneMinute == 0.83 && load.fiveMinutes == 1.34)
        #expect(load.fifteenMinutes == 0.79 && load.description == "0.83 1.34 0.79")
    }

    @Test("what cannot be read says which file, and spoils nothing else")
    func missing() throws {
        let reading = reading(pressure: pressure)
        #expect(reading.processor == .failure(Unreadable("/proc/stat cannot be read here")))
        #expect(reading.load == .failure(Unreadable("/proc/loadavg cannot be read here")))
        #expect(try reading.pressure.get().some.last10s == 0.125)
    }

    @Test(
        "a damaged text is no figure",
        arguments: ["", "cpu", "cpu  1 2 3 4 5 6 7", "cpu  1 2 3 x 5 6 7 8", "some total=4", "1 2"])
    func damaged(text: String) {
        let reading = reading(stat: text, pressure: text, load: text)
        #expect(reading.processor == .failure(Unreadable("/proc/stat does not tell")))
        #expect(reading.pressure == .failure(Unreadable("/proc/pressure/cpu does not tell")))
        #expect(reading.load == .failure(Unreadable("/proc/loadavg does not tell")))
    }

    @Test("shares are of the time between the two readings")
    func shares() throws {
        let before = reading(
            at: .seconds(10), stat: "cpu  100 0 0 100 0 0 0 10",
            pressure: "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n")
        let after = reading(
            at: .seconds(12), stat: "cpu  250 0 0 140 0 0 0 20",
            pressure: "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n")
        let change = HostChange(from: before, to: after)
        #expect(change.elapsed == .seconds(2))
        #expect(change.steal == .success(10.0 / 200))
        #expect(try abs(change.busy.get() - 0.8) < 1e-12)
        #expect(change.somePressure == .success(0.25))
        let reason = "/proc/pressure/cpu has no line 'full' on this kernel"
        #expect(change.fullPressure == .failure(Unreadable(reason)))
    }

    @Test("a figure that steps back is a share of 0, and one without time between is none")
    func steppedBack() {
        let before = reading(
            at: .seconds(1), stat: "cpu  100 0 0 100 0 0 0 10",
            pressure: "some avg10=0.00 total=9\nfull avg10=0.00 total=9\n")
        let after = reading(
            at: .seconds(2), stat: "cpu  150 0 0 160 0 0 0 9",
            pressure: "some avg10=0.00 total=8\nfull avg10=0.00 total=9\n")
        let change = HostChange(from: before, to: after)
        #expect(change.steal == .success(0) && change.somePressure == .success(0))
        #expect(change.fullPressure == .success(0))
        let none = HostChange(from: before, to: before)
        #expect(
            none.steal
                == .failure(
                    Unreadable("the clock of /proc/stat did not move between the readings")))
        #expect(none.somePressure == .failure(Unreadable("no time passed between the readings")))
    }

    @Test("this machine can be read, or says why not")
    func machine() {
        let (before, after) = (HostReading.now(), HostReading.now())
        #expect(before.instant < after.instant)
        if case .success(let first) = before.processor, case .success(let last) = after.processor {
            #expect(first.total <= last.total && first.steal <= first.total)
        }
        if case .success(let load) = before.load { #expect(load.oneMinute >= 0) }
        if case .failure(let reason) = before.pressure { #expect(!reason.description.isEmpty) }
    }
}
