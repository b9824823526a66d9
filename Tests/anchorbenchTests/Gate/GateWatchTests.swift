import Foundation
import Glibc
import Results
import Testing

extension CommandTests {
    @Suite("gate watch")
    struct GateWatching {
        private let bench: Bench
        private let scene: GateScene

        init() throws {
            bench = try Bench()
            scene = try GateScene(bench, period: "1s")
        }

        private func watch(_ arguments: String...) throws -> Ended {
            try bench.run(arguments: ["gate", "watch", scene.state] + arguments)
        }

        /// What a file holds so far; nothing where it is not there yet.
        private func written(_ name: String) -> String { (try? bench.text(name)) ?? "" }

        /// The calls that a table tells of, and that no identity has two rows for a period.
        private func callsInTable() throws -> Int {
            let rows = try CSVRows(parsing: bench.text("gate.csv")).rows
            #expect(Set(rows.map { $0.fields.prefix(3) }).count == rows.count)
            return rows.compactMap { $0["admitted"].flatMap(Int.init) }.reduce(0, +)
        }

        /// The calls that lines for CloudWatch tell of, under all identities and under each.
        private func callsInLines(_ text: String) throws -> (all: Int, each: Int) {
            var (all, each, seen) = (0, 0, Set<String>())
            for line in text.split(separator: "\n") {
                let root = try #require(
                    JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let time = (root["_aws"] as? [String: Any])?["Timestamp"] as? Int
                let identity = root["Identity"] as? String
                #expect(seen.insert("\(time ?? 0) \(identity ?? "")").inserted, "\(line)")
                let count = try #require(root["Admitted"] as? Int)
                if identity == nil { all += count } else { each += count }
            }
            return (all, each)
        }

        @Test("killed, cut off and started anew it writes every call of every period exactly once")
        func restarted() throws {
            let logs = ["--csv", "gate.csv", "--emf", "gate.emf", "--interval", "20ms"]
            var calls = 0
            func call(_ name: String, _ times: Int) throws {
                try scene.call(name, times: times)
                calls += times
            }
            try call("before", 5)
            let first = try bench.start(["gate", "watch", scene.state] + logs)
            try bench.wait {
                try call("web", 3)
                try call("batch", 1)
                return try first.errorSoFar.isEmpty && written("gate.csv").count > 200
            }
            first.send(SIGKILL)
            #expect(try first.wait().code == -SIGKILL)
            for name in ["gate.csv", "gate.emf"] {
                let file = try FileHandle(forUpdating: bench.folder.appending(path: name))
                try file.truncate(atOffset: file.seekToEnd() - 4)
                try file.close()
            }
            try call("late", 2)
            usleep(2_100_000)
            let second = try watch("--csv", "gate.csv", "--emf", "gate.emf", "--for", "0s")
            #expect(second.code == 0 && second.error.isEmpty, "\(second.error)")
            #expect(try callsInTable() == calls)
            let lines = try callsInLines(bench.text("gate.emf"))
            #expect(lines.all == calls && lines.each == calls)
            let before = try bench.text("gate.csv")
            #expect(try watch("--csv", "gate.csv", "--for", "0s").code == 0)
            #expect(try bench.text("gate.csv") == before)
        }

        @Test("a line for each period comes when it is over, and Ctrl-C ends it cleanly")
        func lines() throws {
            let running = try bench.start(
                "gate", "watch", scene.state, "--interval", "50ms", "--emf", "-")
            try bench.wait {
                try scene.call("web", times: 2)
                return try running.errorSoFar.split(separator: "\n").count >= 3
            }
            running.send(SIGINT)
            let ended = try running.wait()
            #expect(ended.code == 0, "\(ended.error)")
            #expect(ended.error.contains(" admitted, 0 throttled, 0 revoked; all by web\n"))
            let totals = try callsInLines(ended.output)
            #expect(totals.all > 0 && totals.all == totals.each)
        }

        @Test("on a terminal the running period is shown, and taken away at the end")
        func terminal() throws {
            try scene.call("web")
            let running = try bench.startOnTerminal(
                "gate", "watch", scene.state, "--for", "1s", "--interval", "50ms")
            #expect(try running.wait().code == 0)
            try bench.wait { running.shown.hasSuffix("\r\u{1B}[2K") }
            #expect(running.shown.contains("s  "))
        }

        @Test("the file for the collector is there as a whole, and goes when the state does")
        func textFile() throws {
            try scene.call("web", times: 7)
            #expect(try watch("--openmetrics", "gate.prom", "--for", "0s").code == 0)
            let status = try bench.run("gate", "status", scene.state, "--format", "openmetrics")
            #expect(try bench.text("gate.prom") == status.output)
            #expect(status.output.contains("} 7\n"))
            let running = try bench.start(
                "gate", "watch", scene.state, "--openmetrics", "gate.prom", "--interval", "20ms")
            try scene.call("web", times: 1)
            try bench.wait { try bench.text("gate.prom").contains("} 8\n") }
            try FileManager.default.removeItem(atPath: scene.state)
            let ended = try running.wait()
            #expect(ended.code == 66 && ended.error.contains(scene.state), "\(ended.error)")
            #expect(try bench.files(below: ".").filter { $0.contains("gate.prom") }.isEmpty)
        }

        @Test("a file that was moved away is gone on with as a new one")
        func rotated() throws {
            let running = try bench.start(
                "gate", "watch", scene.state, "--csv", "gate.csv", "--interval", "20ms")
            var calls = 0
            func call() throws { try scene.call("web"); calls += 1 }
            try bench.wait {
                try call()
                return written("gate.csv").contains("web")
            }
            try FileManager.default.moveItem(
                atPath: bench.path("gate.csv"), toPath: bench.path("gate.csv.1"))
            try bench.wait {
                try call()
                return written("gate.csv").contains("web")
            }
            running.send(SIGTERM)
            #expect(try running.wait().code == 0)
            let old = try CSVRows(parsing: bench.text("gate.csv.1")).rows
            let new = try CSVRows(parsing: bench.text("gate.csv")).rows
            #expect(Set((old + new).map(\.fields)).count == old.count + new.count)
        }

        @Test(
            "a file that holds something else stays as it is",
            arguments: ["--csv", "--emf"], ["hello", "{\"a\":1}\n", "a,b\r\n1,2\r\n"])
        func foreign(flag: String, text: String) throws {
            try bench.write(text, to: "mine")
            let ended = try watch(flag, "mine", "--for", "0s")
            #expect(ended.code == 73 && ended.error.contains("\(flag): 'mine' holds something"))
            #expect(try bench.text("mine") == text)
        }

        @Test("only one watch writes a file")
        func locked() throws {
            let running = try bench.start("gate", "watch", scene.state, "--csv", "gate.csv")
            defer { running.send(SIGKILL) }
            try bench.wait { (try? bench.text("gate.csv")) != nil }
            let ended = try watch("--csv", "gate.csv", "--for", "0s")
            #expect(ended.code == 73 && ended.error.contains("another 'gate watch'"))
        }

        @Test("an output that cannot be written is named with the reason")
        func unwritable() throws {
            for (flag, path) in [
                ("--openmetrics", "none/x.prom"), ("--openmetrics", "tmp"), ("--csv", "none/x"),
                ("--emf", "tmp"), ("--csv", "/dev/null"),
            ] {
                let ended = try watch(flag, path, "--for", "0s")
                #expect(ended.code == 73, "\(flag) \(path): \(ended.error)")
                #expect(ended.error.contains("\(flag): '\(path)'"), "\(ended.error)")
                #expect(ended.error.split(separator: "\n").count == 1)
            }
            #expect(try bench.files(below: ".").filter { $0.contains("x") }.isEmpty)
        }

        @Test(
            "a time that makes no sense is wrong usage",
            arguments: [("--interval", "0s"), ("--interval", "soon"), ("--for", "5")])
        func badTime(flag: String, value: String) throws {
            let ended = try watch(flag, value)
            #expect(ended.code == 64 && ended.error.contains("\(flag): "), "\(ended.error)")
        }
    }
}
