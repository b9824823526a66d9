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
            ("pkcs11:tokn=a?module-path=/l", "'tokn' is not read before the '?'"),
            ("pkcs11:Token=a?module-path=/l", "'Token' is not read before the '?'"),
            ("pkcs11:TOKEN=a?module-path=/l", "known: token, manufacturer, serial"),
            ("pkcs11:x=a?module-path=/l", "'x' is not read before the '?'"),
            ("pkcs11:slot-id=one?module-path=/l", "'slot-id' in the URI must be a whole number"),
            ("pkcs11:slot-id=-1?module-path=/l", "'slot-id' in the URI must be a whole number"),
            ("pkcs11:slot-id=%2B1?module-path=/l", "'slot-id' in the URI must be a whole number"),
            ("pkcs11:library-version=2.?module-path=/l", "must be a version such as 2.6"),
            ("pkcs11:library-version=2.6.1?module-path=/l", "must be a version such as 2.6"),
            ("pkcs11:type=key?module-path=/l", "one of public, private, cert, secret-key, data"),
            ("pkcs11:id=%4?module-path=/l", "'id' in the URI has a broken %-escape"),
            ("pkcs11:module-path=/l", "'module-path' is not read before the '?'"),
            ("pkcs11:module-path=/l", "it belongs into the other half"),
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

    @Test("every attribute of the standard is read, with its value in one form")
    func everyAttribute() throws {
        let uri = try PKCS11URI(
            parsing: "pkcs11:token=a%2fb;manufacturer=M%20x;serial=00%41;model=mo;"
                + "library-manufacturer=LM;library-description=L%3bD;library-version=2;"
                + "slot-description=SD;slot-manufacturer=SM;slot-id=007;object=o;type=secret-key;"
                + "id=%00%ff%41a;x-vendor=1;x-vendor=2?module-path=/l.so&module-name=n&x-v=%20")
        let expected: [TokenAttribute: String] = [
            .token: "a/b", .manufacturer: "M x", .serial: "00A", .model: "mo",
            .libraryManufacturer: "LM", .libraryDescription: "L;D", .libraryVersion: "2.0",
            .slotDescription: "SD", .slotManufacturer: "SM", .slotID: "7",
        ]
        #expect(uri.tokenMatch.attributes == TokenAttribute.allCases)
        for (attribute, value) in expected { #expect(uri.tokenMatch[attribute] == value) }
        #expect(
            uri.keyMatch == KeyMatch(label: "o", id: [0, 0xFF, 0x41, 0x61], type: .secretKey))
        #expect(uri.modulePath == "/l.so" && uri.moduleName == "n")
    }

    @Test("an escape, a scheme and a number mean the same however they are written")
    func normalized() throws {
        let uris = try [
            "pkcs11:token=a%3Bb;id=%4a;slot-id=7;library-version=2.0?module-path=/l%2eso",
            "PKCS11:token=%61%3bb;id=J;slot-id=07;library-version=2?module-path=%2Fl.so",
            "Pkcs11:id=%4A;library-version=2.00;slot-id=%37;token=a%3bb?module-path=/l.so",
        ].map { try PKCS11URI(parsing: $0) }
        #expect(uris.allSatisfy { $0 == uris[0] && $0.redacted == uris[0].redacted })
    }

    @Test("each type of the standard is read", arguments: ObjectType.allCases)
    func types(_ type: ObjectType) throws {
        let uri = try PKCS11URI(parsing: "pkcs11:type=\(type.rawValue)?module-path=/l")
        #expect(uri.keyMatch == KeyMatch(type: type) && !uri.keyMatch.isEmpty)
    }

    @Test("the printable form of everything hides label, id and serial, and is a URI again")
    func everythingRedacted() throws {
        let uri = try PKCS11URI(
            parsing: "pkcs11:token=t;manufacturer=m/n;serial=SECRET;model=mo;library-version=2.6;"
                + "slot-id=3;object=SECRET;type=private;id=%53ECRET?module-name=n&pin-source=prompt"
        )
        #expect(
            uri.redacted
                == "pkcs11:token=t;manufacturer=m%2Fn;serial=(hidden);model=mo;library-version=2.6;"
                + "slot-id=3;object=(hidden);type=private;id=(hidden)?module-name=n"
                + "&pin-source=prompt")
        let again = try PKCS11URI(parsing: uri.redacted)
        #expect(again.redacted == uri.redacted)
        #expect(again.tokenMatch.attributes == uri.tokenMatch.attributes)
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
