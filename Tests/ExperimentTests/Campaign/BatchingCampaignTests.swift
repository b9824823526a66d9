import Anchors
import Experiment
import Foundation
import Results
import Testing
import Throttling
import Units

extension CampaignTests {
    @Suite("Campaigns that join records as a thief would")
    struct BatchingCampaignTests {
        private let embedded = """
            anchor: { mechanism: [aes-cbc-pad, aes-gcm, aes-ctr] }
            load: { closed: [1], processes: [1] }
            throttles: [none, { token-bucket: { rate: 400/s, burst: 50 } }]
            rounds: 1
            duration: 20ms
            warm-up: 0s
            audit-batching: true
            """

        @Test(
            "on SoftHSM2 CBC joins, GCM and CTR do not, and only a charge by bytes holds",
            .enabled(if: Site.hasSoftHSM, "SoftHSM2 is not installed"))
        func whole() async throws {
            let site = try Site()
            let run = try await site.run(embedded)
            #expect(run.partial == nil && run.notes.allSatisfy { !$0.contains("not found out") })
            #expect(run.batching.map(\.mechanism) == ["aes-cbc-pad", "aes-gcm", "aes-ctr"])
            let cbc = try #require(run.batching.first)
            #expect(cbc.largestCall == BatchingAudit.LargestCall(bytes: 16 << 20))
            #expect(cbc.ciphertextBytes == 272 && cbc.distinctRecords == 256)
            #expect(cbc.recordsPerOperation == 61_680 && cbc.joined.outcome == "CKR_OK")
            #expect(cbc.joined.rightBytes == 61_680 * 256)
            let parts = try #require(cbc.parts)
            #expect(parts.trial.opened == 61_680 && parts.partBytes == 240 * 272)
            let rate = try #require(parts.rate)
            #expect(rate > 0)
            try expectRates(cbc)
            for audit in run.batching.dropFirst() {
                #expect(audit.recordsPerOperation == 1 && audit.throttled.isEmpty)
                #expect(audit.joined.records == 64 && audit.unthrottled == nil)
            }
            #expect(run.batching[1].joined.opened == 0)
            #expect(run.batching[1].joined.outcome.hasPrefix("CKR_"))
            #expect(run.batching[1].joined.outcome != "CKR_OK")
            #expect(run.batching[2].joined.opened == 1)
            #expect(try RunFolder(opening: site.output).load() == run)
            try site.expectNothingLeft()
        }

        private func expectRates(_ audit: BatchingAudit) throws {
            let free = try #require(audit.unthrottled?.gain)
            #expect(free > 2, "\(free)")
            #expect(audit.throttled.map(\.policy.charge) == [.operation, .bytes(ByteCount(272))])
            let counting = try #require(audit.throttled.first?.rates)
            let charging = try #require(audit.throttled.last?.rates)
            #expect(charging.batch == 25)
            // Quarters of what fits, down to a few: one of them is the quickest.
            let sizes = audit.rates.map(\.records)
            #expect(sizes == [3, 15, 60, 240, 963, 3_855, 15_420, 61_680])
            #expect(audit.rates.allSatisfy { $0.rate > 0 })
            #expect(sizes.contains(counting.batch) && counting.batch > 25)
            // A bucket that began empty lets no more through than its rate, however long it took.
            let most = 400 * 1.001
            let single = try #require(counting.single)
            let byBytes = try #require(charging.single)
            let joinedByBytes = try #require(charging.joined)
            #expect(single <= most && byBytes <= most && joinedByBytes <= most)
            #expect(single > 20 && byBytes > 20 && joinedByBytes > 20)
            // The device's own speed alone bounds this one.
            let joined = try #require(counting.joined)
            #expect(joined > 20 * single, "\(joined) against \(single)")
        }

        @Test(
            "an audit that a run has is not made again, and a resumed run makes the one it lacks",
            .enabled(if: Site.hasSoftHSM, "SoftHSM2 is not installed"))
        func resumed() async throws {
            let site = try Site()
            let yaml = embedded.replacing("aes-cbc-pad, aes-gcm, aes-ctr", with: "aes-gcm, aes-ctr")
            let interruption = Interruption()
            let first = try await site.run(yaml, interruption: interruption) { progress in
                guard case .note(let text) = progress, text.contains("aes-ctr") else { return }
                interruption.set()
            }
            #expect(first.partial == "it was interrupted")
            #expect(first.batching.map(\.mechanism) == ["aes-gcm"])
            #expect(try RunFolder(opening: site.output).load() == first)
            let second = try await site.run(yaml, resuming: first) { progress in
                guard case .note(let text) = progress else { return }
                #expect(!text.contains("aes-gcm"), "\(text)")
            }
            #expect(second.partial == nil)
            #expect(second.batching.map(\.mechanism) == ["aes-gcm", "aes-ctr"])
            #expect(second.batching.first == first.batching.first)
        }

        /// Two cells of few calls on the scripted module: two at least, and no more than ten,
        /// before anything is joined.
        private func scripted(
            _ site: Site, limits: String = "{ max-rate: 400/s }", duration: String = "10ms"
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-cbc-pad] }
            load: { closed: [1], processes: [1] }
            throttles: [{ token-bucket: { rate: 50/s, burst: 5 } }]
            rounds: 1
            duration: \(duration)
            warm-up: 0s
            limits: \(limits)
            audit-batching: true
            """
        }

        @Test(
            "a device that fails in the middle loses the audit alone, with the reason in a note",
            arguments: [
                ("fault=C_Decrypt:CKR_DEVICE_ERROR:#15+", "a call was answered CKR_DEVICE_ERROR"),
                ("crash=#15", "a worker process was killed by signal 6"),
                ("hang=#15", "a worker process gave no answer within"),
                ("fault=C_EncryptInit:CKR_FUNCTION_FAILED:#150+", "C_EncryptInit answered"),
            ])
        func failing(_ script: String, _ reason: String) async throws {
            let site = try Site(script: script)
            let limits = AnswerLimits(preparation: .seconds(20), grace: .seconds(8))
            // Fewer than fifteen with those before it, in a longer round: a busy machine lets a
            // short one pass without any. The rate paces what the audit seals as well.
            let yaml = try scripted(site, limits: "{ max-rate: 40/s }", duration: "150ms")
            let run = try await site.run(yaml, limits: limits)
            let note = run.notes.first { $0.contains("not found out") }
            #expect(note?.contains(reason) == true, "\(run.notes)")
            #expect(run.partial == nil && run.batching.isEmpty)
            for result in run.cells {
                #expect(result.operations > 0 && result.errorCount == 0, "\(result.cell.key)")
            }
            try site.expectNothingLeft()
        }

        @Test("a device's own limit is found, and refusals are no failure of the run")
        func ownLimit() async throws {
            let site = try Site(script: "longest=5000")
            let run = try await site.run(try scripted(site, duration: "300ms"))
            let audit = try #require(run.batching.first)
            #expect(
                audit.largestCall
                    == BatchingAudit.LargestCall(bytes: 4_992, refusal: "CKR_DATA_LEN_RANGE"))
            #expect(audit.joined.records == 18 && audit.joined.outcome == "CKR_OK")
            // A module without a cipher gives back what it is given: nothing is to be repaired.
            #expect(audit.joined.opened == 1 && audit.recordsPerOperation == 1)
            #expect(audit.unthrottled == nil && audit.throttled.isEmpty)
            #expect(run.partial == nil)
        }

        @Test("its calls are some of those that the run may make, and go by the same pace")
        func limits() async throws {
            let site = try Site()
            let begin = ContinuousClock.now
            let run = try await site.run(
                try scripted(
                    site, limits: "{ max-rate: 40/s, max-operations: 20 }", duration: "100ms"))
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            let note = run.notes.first { $0.contains("not found out") }
            #expect(note?.contains("limit of") == true, "\(run.notes)")
            #expect(run.batching.isEmpty && run.partial == nil)
            let calls = try site.calls(.decryptInit)
            let sealed = try site.calls(.encrypt)
            #expect(calls == 20)
            #expect(Double(calls + sealed) <= 40 * elapsed + 2)
        }
    }
}

extension Site {
    /// Whether the embedded token can be made.
    static let hasSoftHSM = EmbeddedToken.usualPaths.contains(
        where: FileManager.default.fileExists)
}
