import Cryptoki
import Load
import Units

/// One anchored unwrapping of a data key as a load's operation.
///
/// Between the two timed calls the key is read back, so that it can be compared; that time is
/// `untimed`, but for one reading of the clock, which the timed part bears.
package struct PKCS11Unwrapping: Operation, ~Copyable {
    private var unwrapper: Unwrapper
    private let clock = MonotonicClock()
    package private(set) var untimed = Nanoseconds.zero

    init(_ unwrapper: consuming Unwrapper) { self.unwrapper = unwrapper }

    package var recordCount: Int { unwrapper.recordCount }

    package var hasUntimedPart: Bool { true }

    package mutating func perform(_ index: Int) -> UInt {
        let code = unwrapper.unwrap(index)
        guard code == 0 else {
            untimed = .zero
            return code
        }
        let before = clock.now()
        let readCode = unwrapper.readBack()
        untimed = clock.now() - before
        // The key goes whatever the reading gave: a load leaves nothing behind.
        let destroyCode = unwrapper.destroy()
        return readCode == 0 ? destroyCode : readCode
    }

    package func verify(_ index: Int) -> Bool { unwrapper.matches(index) }
}
