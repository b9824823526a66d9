import CCryptoki

/// How much of a key's stream a derivation can give away.
extension Gate {
    /// Bytes that a derivation encrypts, or that are asked for as the new key, whichever are more;
    /// nothing where neither is said.
    static func derivedBytes(
        _ mechanism: UnsafeMutablePointer<CK_MECHANISM>?,
        _ template: UnsafeMutablePointer<CK_ATTRIBUTE>?, _ count: CK_ULONG
    ) -> CK_ULONG {
        max(encryptedBytes(mechanism?.pointee), wantedBytes(template, count))
    }

    /// Of the mechanisms that encrypt data of the caller's choice, the length of the data: it is
    /// the last word of each of their parameters.
    private static func encryptedBytes(_ mechanism: CK_MECHANISM?) -> CK_ULONG {
        let word = CK_ULONG(MemoryLayout<CK_ULONG>.size)
        guard let mechanism, let parameter = mechanism.pParameter,
            mechanism.ulParameterLen >= 2 * word, mechanism.ulParameterLen <= 64
        else { return 0 }
        switch mechanism.mechanism {
        case CKM_AES_ECB_ENCRYPT_DATA, CKM_AES_CBC_ENCRYPT_DATA, CKM_DES_ECB_ENCRYPT_DATA,
            CKM_DES_CBC_ENCRYPT_DATA, CKM_DES3_ECB_ENCRYPT_DATA, CKM_DES3_CBC_ENCRYPT_DATA,
            CKM_ARIA_ECB_ENCRYPT_DATA, CKM_ARIA_CBC_ENCRYPT_DATA, CKM_SEED_ECB_ENCRYPT_DATA,
            CKM_SEED_CBC_ENCRYPT_DATA, CKM_CAMELLIA_ECB_ENCRYPT_DATA,
            CKM_CAMELLIA_CBC_ENCRYPT_DATA:
            return parameter.loadUnaligned(
                fromByteOffset: Int(mechanism.ulParameterLen - word), as: CK_ULONG.self)
        default: return 0
        }
    }

    /// `CKA_VALUE_LEN` of a template.
    private static func wantedBytes(
        _ template: UnsafeMutablePointer<CK_ATTRIBUTE>?, _ count: CK_ULONG
    ) -> CK_ULONG {
        guard let template, count <= 256 else { return 0 }
        for attribute in UnsafeBufferPointer(start: template, count: Int(count))
        where attribute.type == CKA_VALUE_LEN {
            guard let value = attribute.pValue,
                attribute.ulValueLen == CK_ULONG(MemoryLayout<CK_ULONG>.size)
            else { continue }
            return value.loadUnaligned(as: CK_ULONG.self)
        }
        return 0
    }
}
