import CCryptoki
import Glibc

/// Records with what the anchor's key made of them, laid out so that a call allocates nothing.
///
/// All memory is one block a kind: `count` mechanisms, parameters, records and their sealed forms
/// (ciphertexts, wrapped keys or MACs), and one output buffer. A pool belongs to one caller.
@safe struct RecordPool: ~Copyable {
    let mechanism: RecordMechanism
    let count: Int
    let mechanisms: UnsafeMutablePointer<CK_MECHANISM>
    let sealed: UnsafeMutablePointer<UInt8>
    let sealedLengths: UnsafeMutablePointer<UInt>
    let sealedStride: Int
    let records: UnsafeMutablePointer<UInt8>
    let recordBytes: Int
    let output: UnsafeMutablePointer<UInt8>
    let outputCapacity: UInt
    private let parameters: UnsafeMutableRawPointer

    private static let parameterStride = 64
    private static let ivOffset = 0
    private static let structOffset = 16
    /// The longest IV of AES-GCM that a device makes, in bytes.
    private static let longestIV = 16
    private static let tagLength = 16

    /// Lays out `count` records of `recordBytes` random bytes, each with an IV of its own.
    init(mechanism: RecordMechanism, keyBits: Int, recordBytes: Int, count: Int) {
        self.mechanism = mechanism
        self.count = count
        self.recordBytes = recordBytes
        let bound = mechanism.sealedBound(recordBytes: recordBytes, keyBits: keyBits)
        // Some devices append the IV that they made.
        sealedStride = mechanism == .aesGCM ? bound + Self.longestIV : bound
        // Some modules decrypt in place of the padding too, so the output holds a whole ciphertext.
        outputCapacity = UInt(max(sealedStride, recordBytes))
        unsafe mechanisms = .allocate(capacity: count)
        unsafe sealed = .allocate(capacity: count * sealedStride)
        unsafe sealedLengths = .allocate(capacity: count)
        unsafe records = .allocate(capacity: count * recordBytes)
        unsafe output = .allocate(capacity: Int(outputCapacity))
        unsafe parameters = .allocate(
            byteCount: count * Self.parameterStride, alignment: Self.parameterStride)
        unsafe parameters.initializeMemory(
            as: UInt8.self, repeating: 0, count: count * Self.parameterStride)
        unsafe output.initialize(repeating: 0, count: Int(outputCapacity))
        unsafe arc4random_buf(records, count * recordBytes)
        for index in 0..<count {
            unsafe sealedLengths[index] = 0
            let start = unsafe parameters + index * Self.parameterStride
            unsafe mechanisms[index] = Self.cMechanism(mechanism, at: start)
        }
    }

    deinit {
        unsafe explicit_bzero(records, count * recordBytes)
        unsafe explicit_bzero(output, Int(outputCapacity))
        unsafe mechanisms.deallocate()
        unsafe sealed.deallocate()
        unsafe sealedLengths.deallocate()
        unsafe records.deallocate()
        unsafe output.deallocate()
        unsafe parameters.deallocate()
    }

    /// A record's bytes.
    func record(_ index: Int) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: records + index * recordBytes, count: recordBytes))
    }

    /// The IV, or the counter block, that a record was sealed under.
    func iv(_ index: Int) -> [UInt8] {
        let start = unsafe parameters + index * Self.parameterStride + Self.ivOffset
        var length = mechanism.ivLength
        if mechanism == .aesGCM {
            length = unsafe Int(gcmParameters(index).pointee.ulIvLen)
        }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// Sets the IV, or the counter block, that a record is sealed under or opened with.
    func setIV(_ index: Int, _ iv: [UInt8]) {
        let isOfDevice = mechanism == .aesGCM && iv.count == Self.longestIV
        precondition(
            isOfDevice || iv.count == mechanism.ivLength, "a mechanism says how long its IV is")
        let start = unsafe parameters + index * Self.parameterStride
        unsafe (start + Self.ivOffset).copyMemory(from: iv, byteCount: iv.count)
        if mechanism == .aesGCM {
            let place = unsafe (start + Self.ivOffset).assumingMemoryBound(to: UInt8.self)
            unsafe setGCM(index, iv: place, length: iv.count)
        }
        guard mechanism == .aesCTR else { return }
        let body = unsafe (start + Self.structOffset)
            .assumingMemoryBound(to: CK_AES_CTR_PARAMS.self)
        unsafe withUnsafeMutableBytes(of: &body.pointee.cb) { block in
            unsafe block.copyMemory(from: UnsafeRawBufferPointer(start: start, count: iv.count))
        }
    }

    /// Gives a device no IV for a record: it makes one itself.
    func removeIV(_ index: Int) { unsafe setGCM(index, iv: nil, length: 0) }

    /// Takes the IV from the end of what the key made of a record, where the device appended it.
    ///
    /// Thales appends one of 16 bytes in FIPS mode (Luna 7, CKM_AES_GCM), or one as long as the
    /// caller's (ProtectServer 3, CKM_AES_GCM_OLD). To open the record it is a parameter again.
    func takeAppendedIV(_ index: Int) {
        guard mechanism == .aesGCM else { return }
        let length = unsafe Int(sealedLengths[index])
        let surplus = length - recordBytes - Self.tagLength
        guard surplus == mechanism.ivLength || surplus == Self.longestIV else { return }
        setIV(index, Array(sealedBytes(index).suffix(surplus)))
        unsafe sealedLengths[index] = UInt(length - surplus)
    }

    /// Makes every record zeros.
    func clearRecords() { unsafe records.update(repeating: 0, count: count * recordBytes) }

    /// Wipes what the key made of a record.
    func wipeSealed(_ index: Int) {
        unsafe explicit_bzero(sealed + index * sealedStride, sealedStride)
        unsafe sealedLengths[index] = 0
    }

    private func gcmParameters(_ index: Int) -> UnsafeMutablePointer<CK_GCM_PARAMS> {
        unsafe (parameters + index * Self.parameterStride + Self.structOffset)
            .assumingMemoryBound(to: CK_GCM_PARAMS.self)
    }

    private func setGCM(_ index: Int, iv: UnsafeMutablePointer<UInt8>?, length: Int) {
        let body = unsafe gcmParameters(index)
        unsafe body.pointee.pIv = iv
        unsafe body.pointee.ulIvLen = UInt(length)
        unsafe body.pointee.ulIvBits = UInt(length * 8)
    }

    /// What the key made of a record.
    func sealedBytes(_ index: Int) -> [UInt8] {
        let start = unsafe sealed + index * sealedStride
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(sealedLengths[index])))
    }

    /// Sets what the key makes of a record, where that is known without the module.
    func setSealed(_ index: Int, _ bytes: [UInt8]) {
        precondition(bytes.count <= sealedStride, "a mechanism says how long its outputs can be")
        unsafe (sealed + index * sealedStride).update(from: bytes, count: bytes.count)
        unsafe sealedLengths[index] = UInt(bytes.count)
    }

    /// Whether the first `length` bytes of the output are these and there are no more of them.
    ///
    /// The output is overwritten in part, so that a module which leaves it untouched next time
    /// cannot pass with what it wrote before.
    func outputIs(_ expected: UnsafePointer<UInt8>, _ length: UInt, outputLength: UInt) -> Bool {
        guard outputLength == length else { return false }
        let isEqual = unsafe memcmp(output, expected, Int(length)) == 0
        unsafe output[0] = ~output[0]
        return isEqual
    }

    /// The C parameters of one record, written at `start`: the IV first, then the struct.
    ///
    /// A device that chooses the GCM IV itself writes it into this memory during C_Encrypt; the
    /// decrypt reads the same memory, so it uses the device's IV.
    private static func cMechanism(
        _ mechanism: RecordMechanism, at start: UnsafeMutableRawPointer
    ) -> CK_MECHANISM {
        let iv = unsafe (start + ivOffset).assumingMemoryBound(to: UInt8.self)
        unsafe arc4random_buf(iv, mechanism.ivLength)
        let body = unsafe start + structOffset
        var result = unsafe CK_MECHANISM(
            mechanism: mechanism.type.rawValue, pParameter: body, ulParameterLen: 0)
        switch mechanism {
        case .aesGCM:
            let parameters = unsafe CK_GCM_PARAMS(
                pIv: iv, ulIvLen: 12, ulIvBits: 96, pAAD: nil, ulAADLen: 0, ulTagBits: 128)
            unsafe body.initializeMemory(as: CK_GCM_PARAMS.self, to: parameters)
            unsafe result.ulParameterLen = UInt(MemoryLayout<CK_GCM_PARAMS>.size)
        case .aesCBCPad, .aesCBC:
            unsafe result.pParameter = UnsafeMutableRawPointer(iv)
            unsafe result.ulParameterLen = 16
        case .aesCTR:
            var parameters = CK_AES_CTR_PARAMS()
            parameters.ulCounterBits = 128
            unsafe withUnsafeMutableBytes(of: &parameters.cb) { block in
                unsafe block.copyMemory(from: UnsafeRawBufferPointer(start: iv, count: 16))
            }
            unsafe body.initializeMemory(as: CK_AES_CTR_PARAMS.self, to: parameters)
            unsafe result.ulParameterLen = UInt(MemoryLayout<CK_AES_CTR_PARAMS>.size)
        case .rsaPKCS, .aesKeyWrap, .hmacSHA256:
            unsafe result.pParameter = nil
        case .rsaOAEP:
            let parameters = unsafe CK_RSA_PKCS_OAEP_PARAMS(
                hashAlg: CK_MECHANISM_TYPE(CKM_SHA_1), mgf: CK_RSA_PKCS_MGF_TYPE(CKG_MGF1_SHA1),
                source: CK_RSA_PKCS_OAEP_SOURCE_TYPE(CKZ_DATA_SPECIFIED), pSourceData: nil,
                ulSourceDataLen: 0)
            unsafe body.initializeMemory(as: CK_RSA_PKCS_OAEP_PARAMS.self, to: parameters)
            unsafe result.ulParameterLen = UInt(MemoryLayout<CK_RSA_PKCS_OAEP_PARAMS>.size)
        }
        return unsafe result
    }
}
