import Cryptoki
import Load
import Units

/// A thief with the records of a database who opens many of them with one call.
///
/// Every output is compared with the plaintexts, byte by byte; nothing is taken on trust.
package struct BatchThief: ~Copyable {
    private var decryptor: BatchDecryptor
    private let mechanism: RecordMechanism
    private let records: [Sealed]
    private let longest: Int
    private let turn: Turn
    private let clock = MonotonicClock()
    /// Calls so far, each part of one that is made in parts counted.
    package private(set) var calls: UInt64 = 0

    /// What protects a device from the thief's haste.
    package struct Turn {
        /// Waits until the device may be called.
        package let wait: () -> Void
        /// Takes so many calls from what there are; false where there are not so many.
        package let spend: (Int) -> Bool

        /// A turn from its parts; by default nothing is in the way.
        package init(
            wait: @escaping () -> Void = {}, spend: @escaping (Int) -> Bool = { _ in true }
        ) {
            self.wait = wait
            self.spend = spend
        }
    }

    /// A record with what it says.
    private struct Sealed {
        let iv: [UInt8]
        let ciphertext: [UInt8]
        let plaintext: [UInt8]
    }

    /// A ciphertext that was opened before, with all that a device must answer to it.
    package struct Batch: Sendable {
        /// How many records are in it.
        package let records: Int
        /// What is handed over.
        let ciphertext: [UInt8]
        /// The record whose IV stands for the whole.
        let first: Int
        /// What comes back, seams and padding as the device leaves them.
        let output: [UInt8]

        /// The length of the ciphertext.
        package var bytes: Int { ciphertext.count }
    }

    /// What came of opening a ciphertext.
    package struct Outcome: Equatable, Sendable {
        /// Records in it.
        package let records: Int
        /// What the device answered.
        package let code: ReturnCode
        /// Records of which every byte was right once the seams were repaired.
        package let opened: Int
        /// Bytes of plaintext that were right, in their place.
        package let rightBytes: Int
    }

    /// A call that takes longer is the last that is tried to be outdone.
    private static let slowCall = Nanoseconds.seconds(2)

    init(
        _ decryptor: consuming BatchDecryptor, mechanism: RecordMechanism, longest: Int, turn: Turn
    ) {
        records = (0..<decryptor.recordCount).map { index in
            Sealed(
                iv: decryptor.iv(index), ciphertext: decryptor.ciphertext(index),
                plaintext: decryptor.plaintext(index))
        }
        self.decryptor = decryptor
        self.mechanism = mechanism
        self.longest = longest
        self.turn = turn
    }

    /// The length of one record's ciphertext in bytes: what one call hands over.
    package var ciphertextBytes: Int { records.map(\.ciphertext.count).max() ?? 0 }

    /// How many distinct records there are; more are these again, in turn.
    package var distinctRecords: Int { records.count }

    /// How many records fit into a ciphertext of so many bytes.
    package func count(fitting bytes: Int) -> Int {
        guard mechanism == .aesCBCPad else { return bytes / max(1, ciphertextBytes) }
        return JoinedRecords.count(fitting: bytes, each: ciphertextBytes)
    }

    /// Finds the longest ciphertext that one call takes, in whole blocks.
    ///
    /// - Throws: `BatchingEnd` where no more calls may be made.
    package mutating func findLongestCall() throws(BatchingEnd) -> BatchLimit<ReturnCode> {
        let block = JoinedRecords.blockLength
        let bound = longest / block * block
        // Records that end in a whole one, so that the padding is right whatever the length.
        let pool = join(count(fitting: bound)).ciphertext
        let filler = [UInt8](repeating: 0, count: bound - pool.count)
        let text = filler + pool
        let least = min(bound, max(2 * block, ciphertextBytes))
        return try BatchLimit(from: least, to: bound, inStepsOf: block) {
            length throws(BatchingEnd) -> BatchLimit<ReturnCode>.Answer in
            let ciphertext = Array(text.suffix(length))
            try take(1)
            let start = clock.now()
            let code = decryptor.open(ciphertext, beginningWith: 0)
            guard code == .ok else { return .refused(code) }
            return clock.now() - start > Self.slowCall ? .slow : .accepted
        }
    }

    /// Opens so many records with one call.
    ///
    /// - Returns: what came of it, and the batch for more such calls.
    /// - Throws: `BatchingEnd` where no more calls may be made.
    package mutating func open(_ count: Int) throws(BatchingEnd) -> (Outcome, Batch) {
        let joined = join(count)
        try take(1)
        let code = decryptor.open(joined.ciphertext, beginningWith: 0)
        return judge(joined, code)
    }

    /// Opens so many records with one operation in parts.
    ///
    /// - Throws: `BatchingEnd` where no more calls may be made, or where the module has no parts.
    package mutating func open(
        _ count: Int, inPartsOf partBytes: Int
    ) throws(BatchingEnd) -> (Outcome, Batch) {
        let joined = join(count)
        let code = try openParts(joined.ciphertext, partBytes)
        return judge(joined, code)
    }

    /// The records one by one, for calls that open one record each, every one opened once.
    ///
    /// - Throws: `BatchingEnd` where no more calls may be made, or with what a call was refused.
    package mutating func singles() throws(BatchingEnd) -> [Batch] {
        var batches: [Batch] = []
        for (index, record) in records.enumerated() {
            let batch = Batch(
                records: 1, ciphertext: record.ciphertext, first: index, output: record.plaintext)
            try repeatCall(batch)
            batches.append(batch)
        }
        return batches
    }

    /// Opens a batch once more.
    ///
    /// - Parameter partBytes: the length of a part where it is opened in parts.
    /// - Throws: `BatchingEnd` where no more calls may be made, with what the call was refused, or
    ///   where a byte was wrong.
    package mutating func repeatCall(
        _ batch: Batch, inPartsOf partBytes: Int? = nil
    ) throws(BatchingEnd) {
        let code: ReturnCode
        if let partBytes {
            code = try openParts(batch.ciphertext, partBytes)
        } else {
            try take(1)
            code = decryptor.open(batch.ciphertext, beginningWith: batch.first)
        }
        guard code == .ok else { throw .refused(code) }
        guard decryptor.outputIs(batch.output) else { throw .wrongPlaintext }
    }

    private mutating func openParts(
        _ ciphertext: [UInt8], _ partBytes: Int
    ) throws(BatchingEnd) -> ReturnCode {
        let parts = (ciphertext.count + partBytes - 1) / partBytes
        guard turn.spend(parts) else { throw .spent }
        calls += UInt64(parts)
        do throws(CryptokiError) {
            return try decryptor.open(
                ciphertext, beginningWith: 0, inPartsOf: partBytes, awaitTurn: turn.wait)
        } catch {
            throw .missing(error.description)
        }
    }

    private mutating func take(_ count: Int) throws(BatchingEnd) {
        guard turn.spend(count) else { throw .spent }
        turn.wait()
        calls += UInt64(count)
    }
}

/// Why a thief stopped before the end.
package enum BatchingEnd: Error, Equatable {
    /// No more calls may be made.
    case spent
    /// The device refused what it had done before.
    case refused(ReturnCode)
    /// A byte was wrong that had been right before.
    case wrongPlaintext
    /// The module lacks a function.
    case missing(String)
}

extension BatchThief {
    /// Records joined, with what they say.
    private struct Joined {
        let ciphertext: [UInt8]
        let plaintexts: [[UInt8]]
        /// The plaintexts in an output; for what is not CBC, each in its place.
        let parts: ([UInt8]) -> [[UInt8]?]
    }

    private func join(_ count: Int) -> Joined {
        let chosen = (0..<count).map { records[$0 % records.count] }
        let plaintexts = chosen.map(\.plaintext)
        guard mechanism.isJoinable else {
            let length = chosen.map(\.plaintext.count).max() ?? 0
            return Joined(
                ciphertext: chosen.flatMap(\.ciphertext), plaintexts: plaintexts
            ) { output in
                (0..<count).map { index in
                    let start = min(output.count, index * length)
                    return Array(output[start..<min(output.count, start + length)])
                }
            }
        }
        let whole = JoinedRecords(
            chosen.map { JoinedRecords.Record(iv: $0.iv, ciphertext: $0.ciphertext) },
            isPadded: mechanism == .aesCBCPad)
        return Joined(ciphertext: whole.ciphertext, plaintexts: plaintexts) {
            whole.plaintexts(in: $0)
        }
    }

    private func judge(_ joined: Joined, _ code: ReturnCode) -> (Outcome, Batch) {
        let output = decryptor.outputBytes
        let count = joined.plaintexts.count
        let batch = Batch(
            records: count, ciphertext: joined.ciphertext, first: 0, output: output)
        guard code == .ok else {
            return (Outcome(records: count, code: code, opened: 0, rightBytes: 0), batch)
        }
        var (opened, rightBytes) = (0, 0)
        for (found, plaintext) in zip(joined.parts(output), joined.plaintexts) {
            guard let found else { continue }
            guard found != plaintext else {
                opened += 1
                rightBytes += plaintext.count
                continue
            }
            rightBytes += zip(found, plaintext).count { $0 == $1 }
        }
        return (
            Outcome(records: count, code: code, opened: opened, rightBytes: rightBytes), batch
        )
    }
}
