import Cryptoki
import Testing

@Suite("A PKCS#11 URI names an anchor")
struct URITests {
    private func complaint(about text: String) -> String? {
        do throws(URIError) {
            _ = try PKCS11URI(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("token, object, module path and PIN source are read, in any order")
    func complete() throws {
        for text in [
            "pkcs11:token=prod;object=records?module-path=/opt/lib.so&pin-source=env:HSM_PIN",
            "pkcs11:object=records;token=prod?pin-source=env:HSM_PIN&module-path=/opt/lib.so",
            "PKCS11:token=prod;object=records?module-path=/opt/lib.so&pin-source=env:HSM_PIN",
        ] {
            let uri = try PKCS11URI(parsing: text)
            #expect(uri.token == "prod" && uri.object == "records")
            #expect(uri.modulePath == "/opt/lib.so" && uri.pinSource == .environment("HSM_PIN"))
        }
        let least = try PKCS11URI(parsing: "pkcs11:?module-path=/opt/lib.so")
        #expect(least.token == nil && least.object == nil && least.pinSource == nil)
    }

    @Test("percent-encoding is undone, byte by byte")
    func percentEncoding() throws {
        let uri = try PKCS11URI(
            parsing: "pkcs11:token=a%20b%3bc%3D;object=%C3%A9%25?module-path=/a%26b%3F.so")
        #expect(uri.token == "a b;c=" && uri.object == "é%" && uri.modulePath == "/a&b?.so")
    }

    @Test(
        "a PIN source is an environment variable, a file or the prompt",
        arguments: [
            ("env:PIN", PinSource.environment("PIN")), ("prompt", .prompt),
            ("file:/etc/pin", .file("/etc/pin")), ("file:///etc/pin", .file("/etc/pin")),
            ("/etc/pin", .file("/etc/pin")), ("file:%2Fetc%2Fa%20b", .file("/etc/a b")),
        ])
    func pinSources(_ text: String, _ source: PinSource) throws {
        let uri = try PKCS11URI(parsing: "pkcs11:?module-path=/l.so&pin-source=\(text)")
        #expect(uri.pinSource == source)
    }

    @Test(
        "what may be a PIN is never repeated",
        arguments: [
            "pkcs11:token=t?module-path=/l.so&pin-value=4711",
            "pkcs11:token=t;pin-value=4711?module-path=/l.so",
            "pkcs11:token=t?pin-value=4711", "pkcs11:token=t?module-path=/l.so&pin-value=47%311%",
            "pkcs11:token=t?module-path=/l.so&pin-source=4711",
            "pkcs11:token=t?module-path=/l.so&pin-source=env:&x=4711",
            "pkcs11:token=t?module-path=/l.so&4711", "pkcs11:token=t;4711?module-path=/l.so",
            "pkcs11:token=t?module-path=/l.so&pin-value%3D4711",
            "pkcs11:token=t?module-path=/l.so&PIN-VALUE=4711",
            "pkcs11:token=t?module-path=/l.so&pin-value=12&pin-value=4711", "4711",
        ])
    func pinIsNotRepeated(_ text: String) throws {
        let sentence = try #require(complaint(about: text), "\(text) was accepted")
        #expect(!sentence.contains("4711") && !sentence.contains("47%31"), "\(sentence)")
    }

    @Test("a PIN value is refused with the reason and the remedy")
    func pinValue() throws {
        let sentence = try #require(complaint(about: "pkcs11:?module-path=/l.so&pin-value=1"))
        #expect(sentence.contains("'pin-value' is refused, because"))
        #expect(sentence.contains("pin-source=env:NAME"))
    }

    @Test(
        "what cannot be read is named",
        arguments: [
            ("softshm", "begins with 'pkcs11:'"), ("pkcs11", "begins with 'pkcs11:'"),
            ("pkcs11:token=t", "names no module: add '?module-path="),
            ("pkcs11:token=t?module-path=", "names no module"),
            ("pkcs11:slot-id=1?module-path=/l", "'slot-id' is not read before the '?'"),
            ("pkcs11:module-path=/l", "'module-path' is not read before the '?'"),
            ("pkcs11:?module-path=/l&token=t", "'token' is not read after the '?'"),
            ("pkcs11:token=a;token=b?module-path=/l", "'token' stands twice"),
            ("pkcs11:?module-path=/a&module-path=/b", "'module-path' stands twice"),
            ("pkcs11:token?module-path=/l", "write name=value"),
            ("pkcs11:token=%2?module-path=/l", "'token' in the URI has a broken %-escape"),
            ("pkcs11:token=%zz?module-path=/l", "'token' in the URI has a broken %-escape"),
            ("pkcs11:token=%+1?module-path=/l", "'token' in the URI has a broken %-escape"),
            ("pkcs11:object=%ff?module-path=/l", "'object' in the URI has a broken %-escape"),
            ("pkcs11:?module-path=/l&pin-source=", "pin-source must be env:NAME"),
            ("pkcs11:?module-path=/l&pin-source=env:", "pin-source must be env:NAME"),
            ("pkcs11:?module-path=/l&pin-source=file:", "pin-source must be env:NAME"),
        ])
    func refused(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: text), "\(text) was accepted")
        #expect(sentence.contains(words), "\(sentence)")
        #expect(!sentence.contains("\n"))
    }

    @Test("the printable form hides the key's label and nothing else")
    func redacted() throws {
        let text = "pkcs11:token=a%20b;object=secret?module-path=/opt/l.so&pin-source=env:PIN"
        let uri = try PKCS11URI(parsing: text)
        #expect(
            uri.redacted
                == "pkcs11:token=a%20b;object=(hidden)?module-path=/opt/l.so&pin-source=env:PIN")
        let unnamed = try PKCS11URI(parsing: "pkcs11:?module-path=/opt/l.so&pin-source=prompt")
        #expect(unnamed.redacted == "pkcs11:?module-path=/opt/l.so&pin-source=prompt")
        let onlyObject = try PKCS11URI(parsing: "pkcs11:object=o?module-path=/opt/l.so")
        #expect(onlyObject.redacted == "pkcs11:object=(hidden)?module-path=/opt/l.so")
    }

    @Test("the printable form of any token and path is read as the same anchor")
    func redactedIsReadAgain() throws {
        for name in ["a b", "50%", "a;b=c", "a&b?c", "é", "(x)"] {
            var uri = try PKCS11URI(parsing: "pkcs11:token=t?module-path=/l.so&pin-source=/p")
            (uri.token, uri.modulePath, uri.pinSource) = (name, "/\(name).so", .file("/\(name)"))
            #expect(try PKCS11URI(parsing: uri.redacted) == uri, "\(uri.redacted)")
        }
    }
}
