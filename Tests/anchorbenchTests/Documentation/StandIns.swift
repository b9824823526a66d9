import Foundation

/// What stands in the pages for something of the reader's own that no machine of ours has, and what
/// takes its place when the commands are tried.
///
/// The rest is there as documented: the token `prod` with its key `records`, `results/mine`,
/// `mine.yaml` and so on, see `Shell/surroundings`.
enum StandIns {
    private static let softHSM = "/usr/lib/softhsm/libsofthsm2.so"

    static let table: [(documented: String, tried: String)] = [
        // A module of the reader's.
        ("/opt/lib.so", softHSM),
        // Vendors' modules, by their documents.
        ("/opt/cloudhsm/lib/libcloudhsm_pkcs11.so", softHSM),
        ("/usr/safenet/lunaclient/lib/libCryptoki2_64.so", softHSM),
        ("/opt/nfast/toolkits/pkcs11/libcknfast.so", softHSM),
        ("/usr/lib/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so", softHSM),
        // The token of a CI job.
        ("pkcs11:token=ci?", "pkcs11:token=prod?"),
    ]

    /// The text with everything replaced.
    static func applied(to text: String) -> String {
        table.reduce(text) { $0.replacing($1.documented, with: $1.tried) }
    }

    /// What is in the table and in no text.
    static func unused(in texts: [String]) -> [String] {
        table.map(\.documented).filter { name in !texts.contains { $0.contains(name) } }
    }
}
