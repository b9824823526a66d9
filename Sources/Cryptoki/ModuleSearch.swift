import Glibc

/// Finds the library of a module that is named and not located (`module-name`, RFC 7512, 2.4).
///
/// The standard leaves the search to whoever reads the URI: here it is the folders where
/// distributions put modules, and the name as it is, with `.so`, and with `lib` before it.
package enum ModuleSearch {
    /// The folders, most likely first.
    package static let folders = [
        "/usr/lib/x86_64-linux-gnu/pkcs11", "/usr/lib/aarch64-linux-gnu/pkcs11",
        "/usr/lib64/pkcs11", "/usr/lib/pkcs11", "/usr/local/lib/pkcs11", "/usr/lib/softhsm",
        "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm",
        "/usr/lib64/softhsm", "/usr/local/lib/softhsm", "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib",
    ]

    /// The path of a named module.
    ///
    /// - Throws: `URIError` with where it was looked for.
    static func path(of name: String, in folders: [String]) throws(URIError) -> String {
        guard !name.isEmpty, !name.contains("/") else {
            throw URIError(
                "'module-name' in the URI must be a name without a folder; use "
                    + "module-path=/path/to/library.so")
        }
        let files = ["\(name).so", "lib\(name).so"] + (name.contains(".so") ? [name] : [])
        for folder in folders {
            for file in files where isFile("\(folder)/\(file)") { return "\(folder)/\(file)" }
        }
        let place = folders.count == 1 ? folders[0] : "the folders where modules usually are"
        throw URIError(
            "no module called '\(name)' is in \(place) (tried \(files.joined(separator: ", "))); "
                + "give module-path=/path/to/library.so")
    }

    static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

    private static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
