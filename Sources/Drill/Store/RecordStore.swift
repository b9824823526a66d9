/// A connection to the database of a drill, for the thread that opened it.
///
/// Every call blocks until it is done. A store that was closed is not used any more.
package protocol RecordStore: AnyObject {
    /// What it is, such as `SQLite 3.40.1`.
    var version: String { get }

    /// Makes the tables, all of them empty; refuses what is there already.
    func create() throws(StoreError)

    /// Adds rows in one transaction: all of them or none.
    func insert(_ rows: [StoredRow], into table: StoreTable) throws(StoreError)

    /// One row; nil where there is none of that number.
    func row(_ id: Int64, from table: StoreTable) throws(StoreError) -> StoredRow?

    /// The next rows in the order of their numbers, fewer than asked for at the end.
    func rows(
        after id: Int64, atMost count: Int, from table: StoreTable
    ) throws(StoreError) -> [StoredRow]

    /// The rows of these numbers in the order asked for, without those that are not there.
    func rows(withIDs ids: [Int64], from table: StoreTable) throws(StoreError) -> [StoredRow]

    /// How many rows a table has.
    func count(_ table: StoreTable) throws(StoreError) -> Int

    /// Removes everything that `create` made, whichever connection made it, and closes.
    func remove() throws(StoreError)

    /// Ends the connection; a second time does nothing.
    func close()
}
