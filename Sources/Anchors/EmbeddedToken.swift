import Cryptoki
import Foundation

/// A throwaway SoftHSM2 token in a folder of its own: the anchor named `softhsm`.
///
/// The user's SoftHSM configuration is neither read nor touched: a process sees this token only
/// through the `SOFTHSM2_CONF` that it was started with.
package struct EmbeddedToken: Sendable {
    /// The folder that holds the configuration and the token; readable by its owner alone.
    package let folder: URL
    /// The SoftHSM2 library.
    package let modulePath: String

    /// The label of the token and of its keys.
    package static let label = "anchorbench"

    /// Where distributions put the library, most likely first.
    package static let usualPaths = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ]

    /// Makes the folder with an empty token store.
    ///
    /// - Throws: `CryptokiError.module` where SoftHSM2 is not installed; a file error where the
    ///   temporary folder cannot be written.
    package init() throws {
        guard let path = Self.usualPaths.first(where: FileManager.default.fileExists) else {
            throw CryptokiError.module(
                path: Self.usualPaths[0],
                reason: "SoftHSM2 is not installed; on Debian: apt-get install libsofthsm2")
        }
        modulePath = path
        folder = FileManager.default.temporaryDirectory
            .appending(path: "anchorbench-\(UUID().uuidString)", directoryHint: .isDirectory)
        let tokens = folder.appending(path: "tokens", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: tokens, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: folder.path)
        let configuration = """
            directories.tokendir = \(tokens.path)
            objectstore.backend = file
            log.level = ERROR
            slots.removable = false

            """
        try configuration.write(to: configurationFile, atomically: false, encoding: .utf8)
    }

    /// What a process needs in its environment to see this token and no other.
    package var environment: [String: String] { ["SOFTHSM2_CONF": configurationFile.path] }

    /// Removes the folder with everything in it.
    package func remove() { try? FileManager.default.removeItem(at: folder) }

    private var configurationFile: URL { folder.appending(path: "softhsm2.conf") }

    /// Makes the token and its keys through PKCS#11 calls, in the process that calls this.
    ///
    /// - Parameters:
    ///   - keys: one token key for each mechanism with its length in bits.
    ///   - operation: what the keys may do, and nothing else.
    /// - Throws: `CryptokiError`.
    package static func provision(
        modulePath: String, keys: [RecordMechanism: Int],
        operation: AnchoredOperation = .decrypt, pin: borrowing Pin
    ) throws(CryptokiError) {
        let module = try Module(path: modulePath)
        let slot = try module.provisionToken(
            label: label, securityOfficerPin: pin, userPin: pin)
        let session = try Session(module, slot: slot.id, readWrite: true)
        try session.login(pin: pin)
        for (mechanism, bits) in keys.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            _ = try session.makeKey(
                for: mechanism, operation: operation, bits: bits,
                label: keyLabel(mechanism, operation))
        }
    }

    /// The label of the key for an operation with a mechanism: each has a key of its own.
    package static func keyLabel(
        _ mechanism: RecordMechanism, _ operation: AnchoredOperation = .decrypt
    ) -> String {
        "\(label)-\(mechanism.rawValue)-\(operation.rawValue)"
    }
}
