import Cryptoki
import Load

/// One anchored decrypt as a load's operation.
package struct PKCS11Decryption: Operation, ~Copyable {
    private var decryptor: Decryptor

    init(_ decryptor: consuming Decryptor) { self.decryptor = decryptor }

    package var recordCount: Int { decryptor.recordCount }

    package mutating func perform(_ index: Int) -> UInt { decryptor.open(index) }

    package func verify(_ index: Int) -> Bool { decryptor.matches(index) }
}
