import Testing

@testable import Drill

/// What every store keeps, whatever holds the rows.
struct StoreContract {
    let address: StoreAddress

    /// A store with its tables, open for writing.
    func made() throws -> any RecordStore {
        let store = try address.open(readOnly: false)
        try store.create()
        return store
    }

    /// Rows come back byte for byte, one by one, in pages and in the order asked for.
    func keepsRows() throws {
        let store = try made()
        let rows = StoredRow.samples(1...500)
        try store.insert(Array(rows.prefix(300)), into: .sealed)
        try store.insert(Array(rows.dropFirst(300)), into: .sealed)
        try store.insert([rows[7]], into: .shared)
        #expect(try store.count(.sealed) == 500)
        #expect(try store.count(.clear) == 0)
        let reader = try address.open(readOnly: true)
        for row in rows { #expect(try reader.row(row.id, from: .sealed) == row) }
        #expect(try reader.row(501, from: .sealed) == nil)
        #expect(try reader.row(1, from: .shared) == nil)
        #expect(try reader.row(8, from: .shared) == rows[7])
        var dump: [StoredRow] = []
        while true {
            let page = try reader.rows(after: dump.last?.id ?? 0, atMost: 64, from: .sealed)
            guard !page.isEmpty else { break }
            #expect(page.count <= 64)
            dump += page
        }
        #expect(dump == rows)
        let asked: [Int64] = [400, 1, 9_999, 250, 400]
        #expect(try reader.rows(withIDs: asked, from: .sealed).map(\.id) == [400, 1, 250, 400])
        #expect(try reader.rows(withIDs: [9], from: .sealed) == [rows[8]])
        #expect(try reader.rows(withIDs: [], from: .sealed).isEmpty)
        reader.close()
        try store.remove()
    }

    /// A batch with a row that is there already leaves nothing of itself.
    func addsAllOrNone() throws {
        let store = try made()
        try store.insert(StoredRow.samples(1...3), into: .clear)
        let error = #expect(throws: StoreError.self) {
            try store.insert(StoredRow.samples(3...9).reversed(), into: .clear)
        }
        #expect(error?.kind == .refused)
        #expect(try store.count(.clear) == 3)
        try store.insert(StoredRow.samples(4...9), into: .clear)
        #expect(try store.count(.clear) == 9)
        try store.remove()
    }

    /// What is there already is not made again, and stays.
    func makesNothingTwice() throws {
        let store = try made()
        try store.insert(StoredRow.samples(1...3), into: .sealed)
        let second = try address.open(readOnly: false)
        let error = #expect(throws: StoreError.self) { try second.create() }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("'\(address.redacted)'") == true)
        #expect(try second.count(.sealed) == 3)
        second.close()
        try store.remove()
    }

    /// Who only reads changes nothing.
    func readsOnly() throws {
        let store = try made()
        let reader = try address.open(readOnly: true)
        let insertion = #expect(throws: StoreError.self) {
            try reader.insert(StoredRow.samples(1...1), into: .sealed)
        }
        let removal = #expect(throws: StoreError.self) { try reader.remove() }
        #expect(insertion?.kind == .refused)
        #expect(removal?.kind == .refused)
        #expect(try store.count(.sealed) == 0)
        reader.close()
        try store.remove()
    }
}
