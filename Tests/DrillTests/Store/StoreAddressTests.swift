import Foundation
import Testing

@testable import Drill

@Suite("The address of a database")
struct StoreAddressTests {
    private func address(_ text: String) throws -> StoreAddress {
        try StoreAddress(parsing: text, folder: "/drill", unique: "7_42")
    }

    @Test("sqlite is a file of the drill's own")
    func sqlite() throws {
        #expect(try address("sqlite") == .sqlite(path: "/drill/rows.sqlite"))
    }

    @Test(
        "a URL is a schema of the drill's own there",
        arguments: ["postgres://h/db", "postgresql://me@h:5432/db", "postgres:///db?host=/run/pg"])
    func postgres(url: String) throws {
        #expect(
            try address(url) == .postgres(url: url, schema: "anchorbench_drill_7_42"))
    }

    @Test(
        "anything else is refused in a sentence without a password",
        arguments: [
            "mysql", "", "SQLite", "/some/file.db", "postgress://me:geheim@h/db",
            "host=h user=me password=geheim", "me:geheim@h",
        ])
    func strange(text: String) {
        let error = #expect(throws: StoreError.self) { try address(text) }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("write '--database sqlite'") == true)
        #expect(error?.description.contains("geheim") == false)
    }

    @Test(
        "a password that could be read in two ways must be escaped",
        arguments: [
            "postgres://me:ge/heim@h/db", "postgres://me:ge@heim@h/db", "postgres://me:ge?heim@h",
            "postgres://me:ge#heim@h",
        ])
    func ambiguous(url: String) {
        let error = #expect(throws: StoreError.self) { try address(url) }
        #expect(error?.description.contains("write %2F, %3F, %23 or %40") == true)
        #expect(error?.description.contains("heim") == false)
    }

    @Test(
        "a password is not shown, wherever it stands",
        arguments: [
            ("postgres://me:geheim@h:5432/db", "postgres://me:***@h:5432/db"),
            ("postgres://me:@h/db", "postgres://me:***@h/db"),
            ("postgres://me@h/db?sslmode=require", "postgres://me@h/db?sslmode=require"),
            ("postgres://h/db?password=a@b", "postgres://h/db?password=***"),
            (
                "postgres://h/db?user=me&password=geheim&sslpassword=x&port=1",
                "postgres://h/db?user=me&password=***&sslpassword=***&port=1"
            ),
            ("postgres://h:5432/db", "postgres://h:5432/db"),
        ])
    func redacted(url: String, shown: String) {
        #expect(StoreAddress.postgres(url: url, schema: "s").redacted == shown)
    }

    @Test("what another program says of it is shown without its password")
    func scrubbed() {
        let url = ConnectionURL("postgres://me:ge%20heim@h/db?sslpassword=geheimer")
        let message = "no 'ge heim', 'ge%20heim' or geheimer in \(url.text)"
        let shown = url.scrubbed(message)
        #expect(shown == "no '***', '***' or *** in postgres://me:***@h/db?sslpassword=***")
    }

    @Test("a setting is added where there is none of its name")
    func settings() {
        #expect(ConnectionURL("postgres://h/d").with("a", "1").text == "postgres://h/d?a=1")
        #expect(
            ConnectionURL("postgres://h/d?b=2").with("a", "1").text == "postgres://h/d?b=2&a=1")
        #expect(ConnectionURL("postgres://h/d?a=2").with("a", "1").text == "postgres://h/d?a=2")
        #expect(ConnectionURL("postgres://h/d?").with("a", "1").text == "postgres://h/d?a=1")
    }

    @Test("it goes to another process and back")
    func coding() throws {
        for address in [
            StoreAddress.sqlite(path: "/a b"), .postgres(url: "postgres://a:b@c", schema: "s"),
        ] {
            let data = try JSONEncoder().encode(address)
            #expect(try JSONDecoder().decode(StoreAddress.self, from: data) == address)
        }
    }
}
