import Foundation
import Testing

@testable import Drill

@Suite("The truth of the rows")
struct TruthBookTests {
    @Test("every length is met to the byte")
    func lengths() {
        for length in 1...4_096 {
            let record = TruthBook(seed: 1, recordBytes: length).record(Int64(length))
            #expect(record.count == length)
        }
    }

    @Test("a record is a line of printable characters that begins with its number")
    func looks() {
        let book = TruthBook(seed: 3, recordBytes: 256)
        let record = book.record(42)
        #expect(String(decoding: record, as: UTF8.self).hasPrefix("customer 0000042 "))
        #expect(record.allSatisfy { (0x20...0x7e).contains($0) })
        let long = book.record(12_345_678_901)
        #expect(String(decoding: long, as: UTF8.self).hasPrefix("customer 12345678901 "))
    }

    @Test("the same seed tells the same, in another process too; another seed does not")
    func repeats() throws {
        let book = TruthBook(seed: 7, recordBytes: 64)
        let copy = try JSONDecoder().decode(TruthBook.self, from: JSONEncoder().encode(book))
        for id in Int64(1)...100 {
            #expect(book.record(id) == copy.record(id))
            #expect(book.record(id) != TruthBook(seed: 8, recordBytes: 64).record(id))
        }
    }

    @Test("no two rows are equal, be the records ever so short", arguments: [8, 16, 24, 25, 256])
    func distinct(bytes: Int) {
        let book = TruthBook(seed: 11, recordBytes: bytes)
        let records = Set((Int64(1)...20_000).map(book.record))
        #expect(records.count == 20_000)
    }

    @Test("nothing of one row's characters comes again in the next ones")
    func independent() {
        let book = TruthBook(seed: 5, recordBytes: 256)
        var seen: Set<[UInt8]> = []
        for id in Int64(1)...500 {
            let tail = Array(book.record(id).dropFirst(17))
            for start in stride(from: 0, to: tail.count - 10, by: 10) {
                let part = Array(tail[start..<(start + 10)])
                let isNew = seen.insert(part).inserted
                #expect(isNew, "row \(id) repeats a part at \(start)")
            }
        }
    }
}
