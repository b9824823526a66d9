import Foundation
import Testing

@testable import Anchors

@Suite(
    "Rows that are joined open with one call on SoftHSM2", .serialized,
    .enabled(if: isSoftHSMInstalled, "SoftHSM2 is not installed"))
struct JoinedRowsTests {
    @Test("every one as it was sealed, and alone as well", arguments: [1, 15, 16, 100, 256])
    func joined(_ recordBytes: Int) async {
        await #expect(processExitsWith: .success) { [recordBytes = recordBytes as Int] in
            let token = try EmbeddedToken()
            defer { token.remove() }
            for (name, value) in token.environment { setenv(name, value, 1) }
            try EmbeddedToken.provision(
                modulePath: token.modulePath, keys: [.aesCBCPad: 256], pin: pin("4711"))
            let anchor = try LoadedAnchor(
                modulePath: token.modulePath, tokenLabel: nil, pin: pin("4711"),
                isReadWrite: false)
            _ = try anchor.prepareKey(
                .token(label: EmbeddedToken.keyLabel(.aesCBCPad)), for: .aesCBCPad, bits: 0)
            let one = RecordMechanism.aesCBCPad.sealedBound(
                recordBytes: recordBytes, keyBits: 256)
            let records = (0..<16).map { number in
                (0..<recordBytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 13) }
            }
            var opener = try anchor.recordOpener(
                .aesCBCPad, recordBytes: recordBytes, longest: one * (records.count + 1))
            var rows: [SealedBytes] = []
            for record in records { rows.append(try opener.seal(record)) }
            for count in [1, 2, 16] {
                let joined = JoinedRecords(
                    rows.prefix(count).map {
                        JoinedRecords.Record(iv: $0.iv, ciphertext: $0.ciphertext)
                    })
                let code = opener.open(
                    SealedBytes(iv: rows[0].iv, ciphertext: joined.ciphertext))
                #expect(code == .ok, "\(count) joined")
                let opened = joined.plaintexts(in: opener.takeOutput())
                #expect(opened == Array(records.prefix(count)), "\(count) joined")
            }
            for (row, record) in zip(rows, records) {
                let code = opener.open(row)
                let isRight = opener.takeOutput(is: record)
                #expect(code == .ok && isRight)
            }
        }
    }
}
