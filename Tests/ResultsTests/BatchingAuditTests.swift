import Foundation
import Results
import Testing
import Throttling
import Units

@Suite("What joining records gave is kept with the run")
struct BatchingAuditTests {
    /// An audit of 256-byte records of which so many open with one call.
    private func audit(
        opened: UInt64 = 61_680, single: Double? = 50_000, joined: Double? = 2_000_000,
        rates: [BatchingAudit.BatchRate] = [
            BatchingAudit.BatchRate(records: 61_680, rate: 2_000_000)
        ]
    ) -> BatchingAudit {
        BatchingAudit(
            mechanism: "aes-cbc-pad", keyBits: 256, recordBytes: 256, ciphertextBytes: 272,
            distinctRecords: 256,
            largestCall: BatchingAudit.LargestCall(bytes: 65_536, refusal: "CKR_DATA_LEN_RANGE"),
            joined: BatchingAudit.Trial(
                records: opened, outcome: "CKR_OK", opened: opened, rightBytes: 256 * opened),
            parts: BatchingAudit.PartsTrial(
                BatchingAudit.Trial(
                    records: 240, outcome: "CKR_OK", opened: 240, rightBytes: 61_440),
                partBytes: 4_080, rate: 1e6),
            rates: rates,
            unthrottled: BatchingAudit.RatePair(single: single, joined: joined, batch: 61_680),
            throttled: [
                BatchingAudit.ThrottledRates(
                    Samples.bucket,
                    BatchingAudit.RatePair(single: 500, joined: nil, batch: 61_680))
            ], rateSeconds: 1, calls: 1_234)
    }

    @Test("a run read from its JSON has the audits that were written")
    func roundTrip() throws {
        var run = Samples.run([])
        run.batching = [audit(), audit(opened: 1, single: nil, joined: nil)]
        run.scenario.auditsBatching = true
        run.scenario.exposure.recordsPerOperation = nil
        let json = try run.json()
        #expect(try Run(json: json) == run)
        #expect(String(decoding: json, as: UTF8.self).contains("\"batching\" : ["))
    }

    @Test("a run without an audit is the text that it was before there were any, and is read")
    func absent() throws {
        let run = Samples.run([])
        let text = String(decoding: try run.json(), as: UTF8.self)
        #expect(!text.contains("atching"))
        let read = try Run(json: Data(text.utf8))
        #expect(read == run && read.batching.isEmpty && !read.scenario.auditsBatching)
        #expect(read.scenario.exposure.recordsPerOperation == 1)
    }

    @Test("an audit is found by mechanism and record size, and by nothing else")
    func found() {
        var run = Samples.run([])
        run.batching = [audit()]
        #expect(run.batchingAudit(mechanism: "aes-cbc-pad", recordBytes: 256) == audit())
        #expect(run.batchingAudit(mechanism: "aes-cbc-pad", recordBytes: 257) == nil)
        #expect(run.batchingAudit(mechanism: "aes-gcm", recordBytes: 256) == nil)
        #expect(audit().subject == "aes-cbc-pad-256/256B")
    }

    @Test("a call opens the record that it is made for, whatever joining gave")
    func least() {
        #expect(audit(opened: 0).recordsPerOperation == 1)
        #expect(audit(opened: 1).recordsPerOperation == 1)
        #expect(audit().recordsPerOperation == 61_680)
    }

    @Test("a call takes longer the more it opens, evenly between what was measured")
    func slowdown() {
        // 50,000 calls a second of one record, 2,000,000 / 61,680 of all: 1,542 times as long.
        let audit = audit()
        #expect(audit.slowdown(records: 1) == 1)
        #expect(abs(audit.slowdown(records: 61_680) - 1_542) < 1e-6)
        #expect(abs(audit.slowdown(records: 30_840) - (1 + 1_541 * 30_839 / 61_679)) < 1e-6)
        #expect(audit.slowdown(records: 1 << 40) == audit.slowdown(records: 61_680))
        var last = 0.0
        for count in stride(from: 1, through: 61_680, by: 997) {
            let next = audit.slowdown(records: UInt64(count))
            #expect(next > last)
            last = next
        }
    }

    @Test("a size that was measured counts as it was, and those between by their neighbours")
    func severalSizes() {
        // In thousandths of a second: 0.02 for one, 0.05 for 100, 1 for 1,000, 40 for 10,000.
        let audit = audit(
            rates: [(100, 2_000_000), (1_000, 1_000_000), (10_000, 250_000)].map {
                BatchingAudit.BatchRate(records: $0, rate: $1)
            })
        for (records, times) in [
            (1, 1), (100, 2.5), (550, 26.25), (1_000, 50), (5_500, 1_025), (10_000, 2_000),
            (20_000, 2_000),
        ] as [(UInt64, Double)] {
            #expect(abs(audit.slowdown(records: records) - times) < 1e-9, "\(records)")
        }
    }

    @Test("where nothing was measured, or joined calls are no slower, a call takes as long as ever")
    func noSlowdown() {
        let quick = [BatchingAudit.BatchRate(records: 61_680, rate: 1e12)]
        for odd in [
            audit(single: nil), audit(single: 0), audit(rates: []), audit(rates: quick),
        ] { #expect(odd.slowdown(records: 61_680) == 1) }
        #expect(BatchingAudit.RatePair(single: 500, joined: 1_000, batch: 9).gain == 2)
        #expect(BatchingAudit.RatePair(single: nil, joined: 1_000, batch: 9).gain == nil)
        #expect(BatchingAudit.RatePair(single: 0, joined: 1_000, batch: 9).gain == nil)
    }
}
