import Experiment
import Foundation
import Results
import Synchronization
import Testing

extension CampaignTests {
    @Suite("A device that cannot do all that a scenario asks for")
    struct RefusedMechanismTests {
        private func scenario(_ site: Site, _ mechanisms: String) throws -> String {
            let uri = "pkcs11:token=scripted?module-path=\(try BuildFolder.scriptedModule().path)"
            return """
                anchor: { uri: '\(uri)&pin-source=file:\(site.pinFile.path)', \
                mechanism: \(mechanisms) }
                load: { closed: [1, 2], processes: [1] }
                throttles: [none]
                rounds: 4
                duration: 10ms
                warm-up: 0s
                """
        }

        @Test("what it lacks is said of each cell with its code, and the others are measured")
        func rest() async throws {
            let site = try Site(script: "without=CKM_AES_CTR")
            let notes = Mutex<[String]>([])
            let run = try await site.run(try scenario(site, "[aes-ctr, aes-gcm]")) { progress in
                if case .note(let text) = progress { notes.withLock { $0.append(text) } }
            }
            #expect(run.partial == nil)
            let anchored = run.cells.filter(\.cell.isAnchored)
            #expect(anchored.count == 4)
            let reason =
                "token 'scripted' lists no CKM_AES_CTR, and C_DecryptInit answered "
                + "CKR_MECHANISM_INVALID"
            for cell in anchored {
                #expect(cell.rounds.count == 4)
                if cell.cell.mechanism == "aes-ctr" {
                    #expect(cell.verdict.reasons == ["\(reason) (4 of 4 rounds)"])
                    #expect(cell.operations == 0)
                } else {
                    #expect(cell.verdict.isValid && cell.operations > 0)
                }
            }
            let note = try #require(notes.withLock { $0.first })
            #expect(note.hasPrefix("aes-ctr is not measured: \(reason); it lists CKM_AES_CBC, "))
            try site.expectNothingLeft()
        }

        @Test("where it has none of what was asked for, that ends the run with a reason for each")
        func none() async throws {
            let site = try Site(script: "without=CKM_AES_CTR")
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(
                    try scenario(site, "[aes-ctr, rsa-oaep]").replacing(
                        "token=scripted", with: "token=scripted;object=nosuch"))
            }
            let sentence = error.description
            #expect(sentence.hasPrefix("token 'scripted' lists no CKM_AES_CTR; it lists "))
            #expect(sentence.contains("; an RSA private key named by "), "\(sentence)")
            try site.expectNothingLeft()
        }

        @Test("what it seals at first and then refuses is a loss, and ends the run")
        func later() async throws {
            let site = try Site()
            let yaml = try scenario(site, "[aes-gcm]").replacing("rounds: 4", with: "rounds: 9")
            let run = try await site.run(yaml) { progress in
                // The first round of each cell is over; the next has workers of its own.
                guard case .finished(_, _, position: 3) = progress else { return }
                try? site.follow("fault=C_EncryptInit:CKR_ARGUMENTS_BAD:#1+")
            }
            let partial = try #require(run.partial)
            #expect(partial.contains("rounds in a row were lost"), "\(partial)")
            #expect(partial.contains("C_EncryptInit answered CKR_ARGUMENTS_BAD"), "\(partial)")
            try site.expectNothingLeft()
        }

        @Test("records that it does not seal are its answer, and no lost device")
        func records() async throws {
            let site = try Site(script: "fault=C_EncryptInit:CKR_MECHANISM_PARAM_INVALID:#1+")
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(try scenario(site, "[aes-gcm, aes-cbc]"))
            }
            #expect(
                error.description.contains(
                    "C_EncryptInit answered CKR_MECHANISM_PARAM_INVALID"), "\(error)")
            // It was asked in every round of every cell.
            let stored = try RunFolder(opening: site.output).load()
            let anchored = stored.cells.filter(\.cell.isAnchored)
            #expect(anchored.count == 4 && anchored.allSatisfy { $0.rounds.count == 4 })
            try site.expectNothingLeft()
        }
    }
}
