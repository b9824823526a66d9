import Foundation
import Testing

@testable import Anchors

@Suite(
    "A thief joins records on SoftHSM2", .serialized,
    .enabled(if: isSoftHSMInstalled, "SoftHSM2 is not installed"))
struct BatchThiefTests {
    @Test(
        "with CBC and padding one call opens them all, every byte, and so do parts",
        arguments: [1, 15, 16, 31, 32, 100, 256])
    func opensAll(_ recordBytes: Int) async {
        await #expect(processExitsWith: .success) { [recordBytes = recordBytes as Int] in
            let site = try Site()
            var thief = try site.thief(.aesCBCPad, recordBytes, longest: 64 << 10)
            let limit = try thief.findLongestCall()
            #expect(limit.bytes == 64 << 10 && limit.end == .bound)
            let count = thief.count(fitting: limit.bytes)
            #expect(count == JoinedRecords.count(fitting: 64 << 10, each: thief.ciphertextBytes))
            let (outcome, batch) = try thief.open(count)
            #expect(outcome.code == .ok && outcome.records == count && outcome.opened == count)
            #expect(outcome.rightBytes == count * recordBytes)
            #expect(batch.bytes <= 64 << 10 && batch.records == count)
            for _ in 0..<3 { try thief.repeatCall(batch) }
            let part = 4 * thief.ciphertextBytes
            let (inParts, parts) = try thief.open(count, inPartsOf: part)
            #expect(inParts == outcome)
            for _ in 0..<3 { try thief.repeatCall(parts, inPartsOf: part) }
            // Parts need not end where records do.
            let (odd, _) = try thief.open(count, inPartsOf: 1_000)
            #expect(odd == outcome)
        }
    }

    @Test("with CBC and no padding one call opens them all, and nothing is added")
    func unpadded() async {
        await #expect(processExitsWith: .success) {
            let site = try Site()
            for recordBytes in [16, 256] {
                var thief = try site.thief(.aesCBC, recordBytes, longest: 64 << 10)
                let count = thief.count(fitting: 64 << 10)
                #expect(count == (64 << 10) / recordBytes)
                let (outcome, batch) = try thief.open(count)
                #expect(outcome.code == .ok && outcome.opened == count)
                #expect(outcome.rightBytes == 64 << 10 && batch.bytes == 64 << 10)
                try thief.repeatCall(batch)
            }
        }
    }

    @Test("every record opens alone, as it was sealed")
    func singles() async {
        await #expect(processExitsWith: .success) {
            let site = try Site()
            for mechanism in [RecordMechanism.aesCBCPad, .aesCBC, .aesGCM, .aesCTR] {
                var thief = try site.thief(mechanism, 112, longest: 4_096)
                let batches = try thief.singles()
                #expect(batches.count == 32 && batches.allSatisfy { $0.records == 1 })
                #expect(thief.calls == 32)
                for batch in batches { try thief.repeatCall(batch) }
            }
        }
    }

    @Test("GCM refuses what is joined, by name, and goes on with what is not")
    func gcm() async {
        await #expect(processExitsWith: .success) {
            let site = try Site()
            var thief = try site.thief(.aesGCM, 256, longest: 64 << 10)
            let (outcome, _) = try thief.open(16)
            #expect(outcome.code.description.hasPrefix("CKR_") && outcome.code != .ok)
            #expect(outcome.opened == 0 && outcome.rightBytes == 0 && outcome.records == 16)
            let (single, _) = try thief.open(1)
            #expect(single.code == .ok && single.opened == 1)
        }
    }

    @Test("with CTR and random counter blocks only the first record is right")
    func ctr() async {
        await #expect(processExitsWith: .success) {
            let site = try Site()
            var thief = try site.thief(.aesCTR, 256, longest: 64 << 10)
            let (outcome, _) = try thief.open(16)
            #expect(outcome.code == .ok && outcome.opened == 1)
            // One byte in 256 of the others is right by chance: 15 of them, give or take.
            #expect((256...(256 + 60)).contains(outcome.rightBytes), "\(outcome.rightBytes)")
        }
    }

    @Test("a batch that comes out otherwise than before is a wrong plaintext")
    func wrongPlaintext() async {
        await #expect(processExitsWith: .success) {
            let site = try Site()
            var thief = try site.thief(.aesCTR, 64, longest: 4_096)
            let (_, two) = try thief.open(2)
            var other = try site.thief(.aesCTR, 64, longest: 4_096)
            // Its own records have other counter blocks.
            #expect(throws: BatchingEnd.wrongPlaintext) { try other.repeatCall(two) }
            try thief.repeatCall(two)
        }
    }

    /// A token with a key for each mechanism, seen by this process and no other.
    private final class Site {
        private let token: EmbeddedToken
        private let anchor: LoadedAnchor

        init() throws {
            token = try EmbeddedToken()
            for (name, value) in token.environment { setenv(name, value, 1) }
            let keys: [RecordMechanism: Int] = [
                .aesCBCPad: 256, .aesCBC: 256, .aesGCM: 256, .aesCTR: 128,
            ]
            try EmbeddedToken.provision(
                modulePath: token.modulePath, keys: keys, pin: pin("4711"))
            anchor = try LoadedAnchor(
                modulePath: token.modulePath, tokenLabel: nil, pin: pin("4711"), isReadWrite: false)
            for mechanism in keys.keys {
                _ = try anchor.prepareKey(
                    .token(label: EmbeddedToken.keyLabel(mechanism)), for: mechanism, bits: 0)
            }
        }

        deinit { token.remove() }

        func thief(
            _ mechanism: RecordMechanism, _ recordBytes: Int, longest: Int
        ) throws -> BatchThief {
            try anchor.batchThief(
                mechanism, recordBytes: recordBytes, recordCount: 32, longest: longest,
                turn: BatchThief.Turn())
        }
    }
}

@Suite("A thief stops where the device or the run says so", .serialized)
struct BatchThiefLimitTests {
    @Test(
        "a device's own limit is found to the block, with the name of its refusal",
        arguments: [300, 4_096, 5_000, 65_535])
    func limit(_ longest: Int) async {
        await #expect(processExitsWith: .success) { [longest = longest as Int] in
            var thief = try scripted("longest=\(longest)")
            let limit = try thief.findLongestCall()
            #expect(limit.bytes == longest / 16 * 16)
            #expect(limit.end == .refused(ReturnCode(rawValue: 0x21)))
            #expect(ReturnCode(rawValue: 0x21).description == "CKR_DATA_LEN_RANGE")
        }
    }

    @Test("a refusal in the middle ends it with the name, and a new session opens again")
    func refusal() async {
        await #expect(processExitsWith: .success) {
            var thief = try scripted("fault=C_Decrypt:CKR_DEVICE_ERROR:#3")
            #expect(throws: BatchingEnd.refused(.deviceError)) { try thief.singles() }
            let batches = try thief.singles()
            #expect(batches.count == 8)
        }
    }

    @Test("a wrong plaintext ends it")
    func garbage() async {
        await #expect(processExitsWith: .success) {
            var thief = try scripted("garbage=#5")
            #expect(throws: BatchingEnd.wrongPlaintext) { try thief.singles() }
        }
    }

    @Test("a module without parts says so by a code")
    func withoutParts() async {
        await #expect(processExitsWith: .success) {
            var thief = try scripted("seed=1")
            let (outcome, _) = try thief.open(4, inPartsOf: 272)
            #expect(outcome.code.description == "CKR_FUNCTION_NOT_SUPPORTED")
            #expect(outcome.opened == 0)
            let batches = try thief.singles()
            #expect(batches.count == 8)
        }
    }

    @Test("no call is made that there is none left for; every part is one")
    func spent() async {
        await #expect(processExitsWith: .success) {
            var left = 20
            var waits = 0
            let turn = BatchThief.Turn {
                waits += 1
            } spend: { count in
                guard count <= left else { return false }
                left -= count
                return true
            }
            var thief = try scripted("seed=1", turn: turn)
            #expect(waits == 8, "each record is sealed in its turn")
            _ = try thief.singles()
            #expect(left == 12 && thief.calls == 8 && waits == 16)
            #expect(throws: BatchingEnd.spent) { try thief.open(13, inPartsOf: 272) }
            #expect(left == 12 && thief.calls == 8)
            _ = try thief.open(12, inPartsOf: 272)
            #expect(left == 0 && thief.calls == 20)
            #expect(throws: BatchingEnd.spent) { try thief.open(1) }
        }
    }
}

/// A thief on the scripted module, in a process of the test's own.
private func scripted(
    _ script: String, turn: BatchThief.Turn = BatchThief.Turn()
) throws -> BatchThief {
    setenv("ANCHORBENCH_SCRIPT", script, 1)
    let anchor = try LoadedAnchor(
        modulePath: ScriptedLibrary.path, tokenLabel: "scripted", pin: pin("1234"),
        isReadWrite: false)
    _ = try anchor.prepareKey(.token(label: "records"), for: .aesCBCPad, bits: 256)
    return try anchor.batchThief(
        .aesCBCPad, recordBytes: 256, recordCount: 8, longest: 256 << 10, turn: turn)
}
