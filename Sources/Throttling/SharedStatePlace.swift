/// Where a throttle's state lies: the last part of an open file.
package struct SharedStatePlace: Sendable {
    /// The file, open for reading and writing; whoever opened it closes it.
    let file: Int32
    /// What it is called in sentences.
    let path: String
    /// Where the state begins in it, in bytes: whole pages.
    let offset: Int

    /// A place in a file.
    package init(file: Int32, path: String, offset: Int = 0) {
        precondition(offset.isMultiple(of: 4_096), "only whole pages can be mapped")
        self.file = file
        self.path = path
        self.offset = offset
    }
}
