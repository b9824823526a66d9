import Glibc

/// A PIN in memory of its own, wiped when the value ends.
///
/// It has no description, and is never part of an error or a result.
@safe package struct Pin: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let length: Int

    /// Takes over a copy of `bytes`, and wipes them where they came from.
    package init(wiping bytes: inout [UInt8]) {
        length = bytes.count
        unsafe buffer = .allocate(capacity: max(bytes.count, 1))
        unsafe buffer.initialize(repeating: 0)
        for index in bytes.indices {
            unsafe buffer[index] = bytes[index]
            bytes[index] = 0
        }
        bytes.removeAll(keepingCapacity: true)
    }

    deinit {
        if let start = unsafe buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
        unsafe buffer.deallocate()
    }

    /// Whether there is no PIN at all, as for a token that needs no login.
    package var isEmpty: Bool { length == 0 }

    /// The PIN as hexadecimal digits, for the pipe to a child process that will log in.
    package func hexadecimal() -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<length).flatMap { index in
            let byte = unsafe Int(buffer[index])
            return [digits[byte >> 4], digits[byte & 15]]
        }
    }

    func withBytes<Result>(
        _ body: (UnsafeMutablePointer<UInt8>?, UInt) throws -> Result
    ) rethrows -> Result {
        unsafe try body(buffer.baseAddress, UInt(length))
    }
}
