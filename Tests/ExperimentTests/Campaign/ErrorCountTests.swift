import Cryptoki
import Foundation
import Results
import Testing

extension CampaignTests {
    @Suite("What a device answers is counted by name, call for call")
    struct ErrorCountTests {
        /// A call that is timed, and where the count file counts one for each operation.
        struct TimedCall: CustomTestStringConvertible {
            let function: String
            let operation: String
            let mechanism: String
            let object: String
            let counter: Site.CountedFunction
            /// Calls of that function which seal the records of one caller.
            var sealing: UInt64 = 0

            var testDescription: String { function }

            static let all =
                ["C_DecryptInit", "C_Decrypt"].map {
                    TimedCall(
                        function: $0, operation: "decrypt", mechanism: "aes-gcm",
                        object: "records", counter: .decryptInit)
                }
                + ["C_UnwrapKey", "C_DestroyObject"].map {
                    TimedCall(
                        function: $0, operation: "unwrap", mechanism: "aes-key-wrap",
                        object: "records-wrap", counter: .unwrapKey)
                }
                + ["C_SignInit", "C_Sign"].map {
                    TimedCall(
                        function: $0, operation: "mac", mechanism: "hmac-sha256",
                        object: "records-mac", counter: .signInit, sealing: 64)
                }
        }

        private func run(
            _ site: Site, _ call: TimedCall, callers: Int = 1, duration: String,
            throttles: String = "[none]"
        ) async throws -> Run {
            try await site.run(
                """
                anchor: { uri: '\(try site.uri(object: call.object))', operation: \(call.operation),
                          mechanism: \(call.mechanism) }
                load: { closed: [\(callers)], processes: [1] }
                throttles: \(throttles)
                rounds: 1
                duration: \(duration)
                warm-up: 0s
                limits: { abort-after-errors: 1000000000 }
                """)
        }

        /// Every code that a standard names, and two of a vendor's.
        ///
        /// After `CKR_BUFFER_TOO_SMALL` an operation stays active, as the standard has it: no call
        /// of its session succeeds any more.
        private static let codes =
            (UInt(1)..<0x300).filter {
                let code = ReturnCode(rawValue: $0)
                return code != .bufferTooSmall && !code.description.hasPrefix("CKR_0x")
            } + [0x8000_0000, 0x8000_0012]

        @Test("every code of every timed call, once each", arguments: TimedCall.all)
        func everyCode(_ call: TimedCall) async throws {
            let faults = Self.codes.enumerated().map { index, code in
                "fault=\(call.function):0x\(String(code, radix: 16)):#\(200 + 3 * index)"
            }
            let site = try Site(script: faults.joined(separator: ";"))
            let run = try await run(site, call, duration: "2s")
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            let names = Self.codes.map { ReturnCode(rawValue: $0).description }
            #expect(names.count > 90)
            // One name stands for two codes, as the versions of the standard have it.
            #expect(result.errors == Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +))
            #expect(result.verdict.isValid, "\(result.verdict)")
            #expect(result.service.count == result.operations)
            let calls = try site.calls(call.counter) - call.sealing
            #expect(result.operations + result.errorCount == calls)
        }

        @Test("a rate of failures, which costs no other cell a call", arguments: TimedCall.all)
        func rate(_ call: TimedCall) async throws {
            // A call that also seals would fail before it is timed.
            guard call.function != "C_DestroyObject", call.sealing == 0 else { return }
            let site = try Site(script: "fault=\(call.function):CKR_DEVICE_ERROR:0.02")
            let run = try await run(
                site, call, callers: 2, duration: "2s",
                throttles: "[none, { token-bucket: { rate: 100/s, burst: 10 } }]")
            var calls: UInt64 = 0
            for result in run.cells {
                #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict)")
                #expect(Set(result.errors.keys).isSubset(of: ["CKR_DEVICE_ERROR"]))
                #expect(result.service.count == result.operations)
                guard result.cell.isAnchored else { continue }
                calls += result.operations + result.errorCount
            }
            #expect(try site.calls(call.counter) == calls)
            let busy = try #require(run.cells.first { $0.cell.isAnchored })
            let share = Double(busy.errorCount) / Double(busy.operations + busy.errorCount)
            #expect((0.01...0.03).contains(share), "\(busy.errorCount) of \(busy.operations)")
            #expect(run.cells.allSatisfy { $0.cell.isAnchored || $0.errors.isEmpty })
        }

        @Test("an operation that a device leaves active costs one more call, and is told")
        func leftActive() async throws {
            let site = try Site(script: "fault=C_Decrypt:CKR_BUFFER_TOO_SMALL:#5")
            let call = TimedCall.all[1]
            let yaml = """
                anchor: { uri: '\(try site.uri())', mechanism: \(call.mechanism) }
                load: { closed: [1], processes: [1] }
                throttles: [none]
                rounds: 1
                duration: 90ms
                warm-up: 0s
                limits: { abort-after-errors: 10 }
                """
            let run = try await site.run(yaml)
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(result.errors == ["CKR_BUFFER_TOO_SMALL": 1, "CKR_OPERATION_ACTIVE": 1])
            #expect(result.operations > 10 && result.verdict.isValid)
        }
    }
}
