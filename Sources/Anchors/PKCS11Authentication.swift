import Cryptoki
import Load

/// One anchored MAC as a load's operation.
package struct PKCS11Authentication: Operation, ~Copyable {
    private var authenticator: Authenticator

    init(_ authenticator: consuming Authenticator) { self.authenticator = authenticator }

    package var recordCount: Int { authenticator.recordCount }

    package mutating func perform(_ index: Int) -> UInt { authenticator.authenticate(index) }

    package func verify(_ index: Int) -> Bool { authenticator.matches(index) }
}
