import Foundation
import Testing

@testable import Anchors

@Suite("An inspection looks at keys in the session that the token opens", .serialized)
struct InspectionSessionTests {
    @Test("a read-write one where it refuses the other, which is told")
    func readWrite() async {
        await #expect(processExitsWith: .success) {
            let usual = try inspection("")
            #expect(usual.hasLookedAtKeys && usual.readOnlyRefusal == nil)
            let found = try inspection("read-only=CKR_FUNCTION_FAILED")
            #expect(found.hasLookedAtKeys && found.problems.isEmpty)
            #expect(found.readOnlyRefusal == ReturnCode(rawValue: 0x06))
            #expect(!found.keys.isEmpty && found.keys == usual.keys)
            // A moment's refusal is none.
            let late = try inspection("fault=C_OpenSession:CKR_DEVICE_ERROR:#1")
            #expect(late.hasLookedAtKeys && late.readOnlyRefusal == nil)
        }
    }

    @Test("where it opens none, or refuses the login, no key was looked at")
    func none() async {
        await #expect(processExitsWith: .success) {
            for fault in ["C_OpenSession:CKR_SESSION_COUNT", "C_Login:CKR_PIN_LOCKED"] {
                let found = try inspection("fault=\(fault):1")
                #expect(!found.hasLookedAtKeys && found.keys.isEmpty)
                #expect(found.readOnlyRefusal == nil && found.problems.count == 1)
                #expect(found.chosenToken == "scripted")
            }
        }
    }
}

/// What is found on the scripted module in a process of the test's own.
private func inspection(_ script: String) throws -> AnchorInspection {
    setenv("ANCHORBENCH_SCRIPT", script, 1)
    return try AnchorInspection.inspect(
        modulePath: ScriptedLibrary.path, token: TokenMatch(), key: KeyMatch(), pin: pin("1234"))
}
