import Foundation
import Load
import Testing
import Units

@testable import Anchors

@Suite(
    "The embedded token is a throwaway", .serialized,
    .enabled(if: isSoftHSMInstalled, "SoftHSM2 is not installed"))
struct EmbeddedTokenTests {
    @Test("its folder is its owner's alone, and is gone once it is removed")
    func folder() throws {
        let token = try EmbeddedToken()
        defer { token.remove() }
        let files = FileManager.default
        for path in [token.folder.path, token.folder.appending(path: "tokens").path] {
            let attributes = try files.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o700, "\(path)")
        }
        let configuration = try #require(token.environment["SOFTHSM2_CONF"])
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        #expect(configuration.hasPrefix(token.folder.path))
        #expect(text.contains("directories.tokendir = \(token.folder.path)"))
        token.remove()
        #expect(!files.fileExists(atPath: token.folder.path))
        token.remove()
    }

    @Test("two tokens have a folder each")
    func distinct() throws {
        let (first, second) = (try EmbeddedToken(), try EmbeddedToken())
        defer {
            first.remove()
            second.remove()
        }
        #expect(first.folder != second.folder && first.environment != second.environment)
    }

    @Test("a provisioned token opens the records of every mechanism, and is found as it is")
    func endToEnd() async {
        await #expect(processExitsWith: .success) {
            let token = try provisioned()
            defer { token.remove() }
            let anchor = try LoadedAnchor(
                modulePath: token.modulePath, tokenLabel: EmbeddedToken.label, pin: pin("4711"),
                isReadWrite: false)
            #expect(try anchor.identity().token.label == "anchorbench")
            for mechanism in AnchoredOperation.decrypt.mechanisms {
                let bits = try anchor.prepareKey(
                    .token(label: EmbeddedToken.keyLabel(mechanism)), for: mechanism, bits: 0)
                #expect(bits == keys[mechanism])
                var operation = try anchor.decryption(mechanism, recordBytes: 32)
                #expect(operation.recordCount == LoadedAnchor.recordsPerCaller)
                for index in 0..<operation.recordCount {
                    let code = operation.perform(index)
                    let isRight = operation.verify(index)
                    #expect(code == 0 && isRight, "\(mechanism), record \(index)")
                }
            }
            let policies = try anchor.keyPolicies(label: nil)
            #expect(policies.count == keys.count)
            #expect(policies.allSatisfy { $0.flags["CKA_EXTRACTABLE"] == .some(false) })
            let inspection = try AnchorInspection.inspect(
                modulePath: token.modulePath, token: TokenMatch(), key: KeyMatch(), pin: pin("4711")
            )
            #expect(inspection.chosenToken == "anchorbench" && inspection.problems.isEmpty)
            #expect(
                inspection.usable == RecordMechanism.allCases && inspection.keys.count == keys.count
            )
            // The inspection has ended; the anchor has not.
            #expect(try anchor.keyPolicies(label: nil).count == keys.count)
        }
    }

    @Test("data keys are unwrapped and read back, and no key is left; the reading is told apart")
    func unwrapping() async {
        await #expect(processExitsWith: .success) {
            let wrapping: [RecordMechanism: Int] = [.aesKeyWrap: 256, .rsaOAEP: 2_048]
            let token = try provisioned(wrapping, .unwrap)
            defer { token.remove() }
            let anchor = try LoadedAnchor(
                modulePath: token.modulePath, tokenLabel: nil, pin: pin("4711"), isReadWrite: false)
            for mechanism in AnchoredOperation.unwrap.mechanisms {
                let label = EmbeddedToken.keyLabel(mechanism, .unwrap)
                let bits = try anchor.prepareKey(
                    .token(label: label), for: mechanism, operation: .unwrap, bits: 0)
                #expect(bits == wrapping[mechanism])
                var operation = try anchor.unwrapping(mechanism)
                let hasUntimedPart = operation.hasUntimedPart
                #expect(hasUntimedPart)
                for index in 0..<operation.recordCount {
                    let clock = MonotonicClock()
                    let start = clock.now()
                    let code = operation.perform(index)
                    let time = clock.now() - start
                    let isRight = operation.verify(index)
                    #expect(code == 0 && isRight, "\(mechanism), data key \(index)")
                    let untimed = operation.untimed
                    #expect(untimed > .zero && untimed < time)
                }
            }
            let policies = try anchor.keyPolicies(label: nil)
            #expect(policies.count == wrapping.count, "no unwrapped key is left")
            for policy in policies {
                #expect(policy.flags["CKA_UNWRAP"] == .some(true))
                #expect(policy.flags["CKA_DECRYPT"] == .some(false))
                #expect(policy.flags["CKA_EXTRACTABLE"] == .some(false))
            }
        }
    }

    @Test("passwords are authenticated with a stored key, and with one whose MACs OpenSSL checks")
    func authentication() async {
        await #expect(processExitsWith: .success) {
            let token = try provisioned([.hmacSHA256: 256], .mac)
            defer { token.remove() }
            for source in [
                KeySource.token(label: EmbeddedToken.keyLabel(.hmacSHA256, .mac)), .session,
            ] {
                let anchor = try LoadedAnchor(
                    modulePath: token.modulePath, tokenLabel: nil, pin: pin("4711"),
                    isReadWrite: false)
                let bits = try anchor.prepareKey(
                    source, for: .hmacSHA256, operation: .mac, bits: 256)
                #expect(bits == 256)
                var operation = try anchor.authentication(.hmacSHA256, recordBytes: 24)
                let (hasUntimedPart, untimed) = (operation.hasUntimedPart, operation.untimed)
                #expect(!hasUntimedPart && untimed == .zero)
                for index in 0..<operation.recordCount {
                    let code = operation.perform(index)
                    let isRight = operation.verify(index)
                    let isStale = operation.verify(index)
                    #expect(code == 0 && isRight && !isStale, "record \(index)")
                }
            }
        }
    }

    @Test("callers on several threads share the login and the keys")
    func threads() async {
        await #expect(processExitsWith: .success) {
            let token = try provisioned()
            defer { token.remove() }
            let anchor = try LoadedAnchor(
                modulePath: token.modulePath, tokenLabel: nil, pin: pin("4711"), isReadWrite: false)
            _ = try anchor.prepareKey(.session, for: .aesGCM, bits: 256)
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                do {
                    var operation = try anchor.decryption(.aesGCM, recordBytes: 256)
                    for index in 0..<64 {
                        let code = operation.perform(index)
                        let isRight = operation.verify(index)
                        #expect(code == 0 && isRight)
                    }
                } catch {
                    Issue.record(error)
                }
            }
        }
    }

    @Test("a token that requires a login says so where no PIN is given, and refuses a wrong one")
    func pins() async {
        await #expect(processExitsWith: .success) {
            let token = try provisioned()
            defer { token.remove() }
            let missing = #expect(throws: CryptokiError.self) {
                try LoadedAnchor(
                    modulePath: token.modulePath, tokenLabel: nil, pin: pin(""), isReadWrite: false)
            }
            #expect(missing?.description.contains("&pin-source=env:NAME") == true)
            #expect(throws: CryptokiError.pinRefused(code: .pinIncorrect)) {
                try LoadedAnchor(
                    modulePath: token.modulePath, tokenLabel: nil, pin: pin("1"), isReadWrite: false
                )
            }
            let inspection = try AnchorInspection.inspect(
                modulePath: token.modulePath, token: TokenMatch(), key: KeyMatch(), pin: pin(""))
            #expect(inspection.problems.count == 1 && inspection.keys.isEmpty)
            #expect(inspection.problems[0].contains("no pin-source was given"))
        }
    }

    @Test("the user's own configuration and token store stay as they are")
    func usersConfiguration() async {
        await #expect(processExitsWith: .success) {
            let home = FileManager.default.temporaryDirectory
                .appending(path: "anchors-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
            defer { try? FileManager.default.removeItem(at: home) }
            let store = home.appending(path: ".config/softhsm2/tokens")
            try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
            let file = home.appending(path: ".config/softhsm2/softhsm2.conf")
            let text = "directories.tokendir = \(store.path)\n"
            try text.write(to: file, atomically: false, encoding: .utf8)
            setenv("HOME", home.path, 1)
            let token = try provisioned()
            token.remove()
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
            #expect(try FileManager.default.contentsOfDirectory(atPath: store.path).isEmpty)
        }
    }
}

private let keys: [RecordMechanism: Int] = [
    .aesGCM: 256, .aesCBCPad: 128, .aesCBC: 256, .aesCTR: 192, .rsaPKCS: 1_024, .rsaOAEP: 2_048,
]

let isSoftHSMInstalled = EmbeddedToken.usualPaths.contains(
    where: FileManager.default.fileExists)

/// A token with its keys, seen by this process and no other.
private func provisioned(
    _ keys: [RecordMechanism: Int] = keys, _ operation: AnchoredOperation = .decrypt
) throws -> EmbeddedToken {
    let token = try EmbeddedToken()
    for (name, value) in token.environment { setenv(name, value, 1) }
    try EmbeddedToken.provision(
        modulePath: token.modulePath, keys: keys, operation: operation, pin: pin("4711"))
    return token
}

func pin(_ text: String) -> Pin {
    var bytes = Array(text.utf8)
    return Pin(wiping: &bytes)
}
