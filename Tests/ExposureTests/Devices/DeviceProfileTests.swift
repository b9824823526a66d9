import Exposure
import Results
import Testing
import Units

@Suite("Documented devices")
struct DeviceProfileTests {
    private let devices = DeviceProfiles.documented

    @Test("the file has each documented throughput and each note, complete")
    func complete() {
        #expect(devices.all.count == 29 && devices.notes.count == 8)
        for profile in devices.all {
            #expect(profile.perSecond > 0 && !profile.source.isEmpty && !profile.title.isEmpty)
            #expect(!profile.operation.isEmpty && profile.unknowns.count >= 3, "\(profile.name)")
            #expect(profile.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
            #expect(profile.asOf != nil || profile.unknowns.contains("The document bears no date."))
        }
        #expect(devices.noteLines.allSatisfy { $0.hasSuffix(")") && $0.contains(": ") })
        #expect(
            devices.noteLines.contains(
                "AWS CloudHSM, HSMs a cluster: 28 HSMs (AWS CloudHSM limits page; known issues for "
                    + "PKCS#11, 2023)"))
    }

    @Test(
        "rates are a second's, whatever the document counts over",
        arguments: [
            ("aws-cloudhsm-hsm1-medium-2", 2_000.0), ("aws-cloudhsm-hsm1-medium-6-p256", 1_500),
            ("aws-cloudhsm-hsm2m-medium-3", 3_000), ("aws-cloudhsm-hsm2m-medium-6-p256", 7_000),
            ("aws-kms-symmetric-100k", 100_000), ("aws-kms-custom-key-store", 1_800),
            ("azure-key-vault-hsm-rsa-2048", 200), ("azure-key-vault-hsm-rsa-4096", 25),
            ("azure-managed-hsm-rsa-3072", 360), ("azure-managed-hsm-unwrap", 9_000),
            ("thales-payshield-10k-250", 250),
        ])
    func rates(name: String, perSecond: Double) throws {
        #expect(try devices.named(name).perSecond == perSecond)
    }

    @Test("a name that is none is told with the nearest")
    func suggestions() {
        func message(_ name: String) -> String {
            do {
                return try devices.named(name).title
            } catch {
                return error.description
            }
        }
        #expect(
            message("aws-cloudhsm-hsm2m-medum-2") == "there is no device "
                + "'aws-cloudhsm-hsm2m-medum-2'; did you mean 'aws-cloudhsm-hsm2m-medium-2'? "
                + "'anchorbench devices' lists them")
        #expect(
            message("azure-managed") == "there is no device 'azure-managed': "
                + "'azure-managed-hsm-rsa-2048', 'azure-managed-hsm-rsa-3072', "
                + "'azure-managed-hsm-rsa-4096' and others begin so; 'anchorbench devices' lists "
                + "them")
        #expect(message("yubihsm").hasSuffix("'yubihsm': 'anchorbench devices' lists them"))
        #expect(message("").hasSuffix("'': 'anchorbench devices' lists them"))
    }

    @Test("the listing has a row a device with as many fields as columns")
    func listing() throws {
        let (columns, rows) = devices.listing
        #expect(rows.count == 29 && rows.allSatisfy { $0.count == columns.count })
        let row = try #require(rows.first { $0[0] == "azure-key-vault-hsm-rsa-2048" })
        #expect(row[2] == "200/s" && row[3] == "rsa-oaep" && row[4] == "2025-07-23")
        let payShield = try #require(rows.first { $0[0] == "thales-payshield-10k-60" })
        #expect(payShield[4] == "no date given")
        let read = try CSVRows(parsing: devices.table.text)
        #expect(read.rows.count == 29 && read.rows[0]["operations_per_second"] == "2000.0")
    }

    @Test(
        "a row that is not complete is refused with its line",
        arguments: [
            ("d,throughput,,op,m,,,,5,ops/s,2020,S,", "'title'"),
            ("d,throughput,T,,m,,,,5,ops/s,2020,S,", "'operation'"),
            ("d,throughput,T,op,m,,,,,ops/s,2020,S,", "no figure"),
            ("d,throughput,T,op,m,,,,0,ops/s,2020,S,", "no count"),
            ("d,throughput,T,op,m,x,,,5,ops/s,2020,S,", "'key_bits'"),
            ("d,throughput,T,op,m,,,,5,,2020,S,", "'unit'"),
            ("d,throughput,T,op,m,,,,5,a day,2020,S,", "no rate"),
            ("d,throughput,T,op,m,,,,5,ops/s,2020,,", "'source'"),
            ("d,rumour,T,op,m,,,,5,ops/s,2020,S,", "'kind'"),
            ("d,remark,T,op,,,,,,,2020,S,", "remark"), ("d,limit,T,op,,,,,5,,2020,S,", "unit"),
            ("first,throughput,T,op,m,,,,5,ops/s,2020,S,", "twice"),
            (",throughput,T,op,m,,,,5,ops/s,2020,S,", "missing"),
        ])
    func refused(row: String, reason: String) {
        let head =
            "name,kind,title,operation,mechanism,key_bits,record_bytes,cluster,figure,unit,"
            + "as_of,source,remark\nfirst,throughput,T,op,m,,,,5,ops/s,,S,\n"
        do {
            _ = try DeviceProfiles(CSVRows(parsing: head + row + "\n"))
            Issue.record("taken: \(row)")
        } catch {
            #expect(error.line == 3 && error.reason.contains(reason), "\(error)")
        }
    }
}
