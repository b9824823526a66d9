import Glibc

/// Waits, a few times and ever longer, for what a module refuses only for a moment.
///
/// Modules that keep a token in files show none, or do not recognise it, while another process
/// writes it; SoftHSM2 writes at every login. One value bounds all that is tried again until an
/// anchor is open: five times, about a second in all, and not once two seconds have passed, so that
/// a slow module is not started over and over.
package struct Patience: Sendable {
    /// How often something was tried again.
    package private(set) var retries = 0

    private let begun = ContinuousClock.now

    private static let pauses_ms = [20.0, 60, 150, 300, 470]
    private static let longest = Duration.seconds(2)

    package init() {}

    /// Sleeps before another try; false, without sleeping, where there were enough.
    ///
    /// Pauses are a quarter longer or shorter by chance, so that processes that tripped over each
    /// other do not meet again.
    package mutating func pause() -> Bool {
        guard retries < Self.pauses_ms.count, begun.duration(to: .now) < Self.longest else {
            return false
        }
        let pause_ms = Self.pauses_ms[retries] * Double.random(in: 0.75...1.25)
        retries += 1
        usleep(UInt32(pause_ms * 1_000))
        return true
    }

    /// Runs `body`, again where it fails as a module does for a moment.
    ///
    /// - Throws: what `body` threw last.
    package mutating func run<Value: ~Copyable>(
        _ body: () throws(CryptokiError) -> Value
    ) throws(CryptokiError) -> Value {
        while true {
            do throws(CryptokiError) {
                return try body()
            } catch {
                guard error.isTransient, pause() else { throw error }
            }
        }
    }
}

/// Waits for a device that denies calls because it is busy, while what a trial opens is sealed.
///
/// A record is tried as often as anything else is before an anchor is open. All records of a caller
/// together are waited for half a minute, well before a worker is taken to hang.
struct SealingPatience {
    private let deniedBy: Set<ReturnCode>
    private var patience: Patience?
    private var waited = Duration.zero

    private static let longest = Duration.seconds(30)

    init(deniedBy: Set<ReturnCode>) { self.deniedBy = deniedBy }

    /// Makes a record's calls, again where a busy device denies them; each record is given as much
    /// patience as the first.
    ///
    /// - Throws: what the calls answered, and `CryptokiError.busy` where they were denied for long.
    mutating func seal(
        _ awaitTurn: () -> Void, _ calls: () throws(CryptokiError) -> Void
    ) throws(CryptokiError) {
        patience = nil
        while true {
            awaitTurn()
            do throws(CryptokiError) {
                return try calls()
            } catch {
                try bear(error)
            }
        }
    }

    /// Sleeps before another try where the code is one by which the device denies.
    ///
    /// - Throws: the error where it is not, and `CryptokiError.busy` where there were enough.
    private mutating func bear(_ error: CryptokiError) throws(CryptokiError) {
        guard let answer = error.answer, deniedBy.contains(answer.code) else { throw error }
        var patience = self.patience ?? Patience()
        let start = ContinuousClock.now
        guard waited < Self.longest, patience.pause() else { throw CryptokiError.busy(answer) }
        waited += start.duration(to: .now)
        self.patience = patience
    }
}

extension CryptokiError {
    /// Whether the same call may well succeed a moment later; never so of a login.
    package var isTransient: Bool {
        guard case .call(let function, let code) = self, function != "C_Login" else {
            return false
        }
        return [.tokenNotRecognized, .tokenNotPresent, .generalError, .deviceError].contains(code)
    }

    /// Whether this is a login that cannot have counted as a try of the PIN.
    ///
    /// The standard gives these codes where no PIN was compared: the session or the token was not
    /// there when the call was made, or there was no PIN yet to compare with. Of a general or a
    /// device's error nobody knows how far the call had come, so that is no such login.
    package var isUntriedLogin: Bool {
        guard case .call("C_Login", let code) = self else { return false }
        return [
            .sessionClosed, .sessionHandleInvalid, .tokenNotRecognized, .tokenNotPresent,
            .userPinNotInitialized,
        ].contains(code)
    }
}
