import CCryptoki

/// The functions that this token does not have. They are in the list all the same, and say so.
extension FunctionList {
    static func fillUnsupported(_ list: inout CK_FUNCTION_LIST) {
        list.C_InitToken = { _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_InitPIN = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SetPIN = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_GetOperationState = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SetOperationState = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_CopyObject = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_GetObjectSize = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SetAttributeValue = { _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DigestInit = { _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_Digest = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DigestKey = { _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SignRecoverInit = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SignRecover = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_VerifyInit = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_Verify = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_VerifyRecoverInit = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_VerifyRecover = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DeriveKey = { _, _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SeedRandom = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_GetFunctionStatus = { _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_CancelFunction = { _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_WaitForSlotEvent = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
    }

    static func fillUnsupportedMultipart(_ list: inout CK_FUNCTION_LIST) {
        list.C_EncryptUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_EncryptFinal = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DecryptUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DigestUpdate = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DigestFinal = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SignUpdate = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SignFinal = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_VerifyUpdate = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_VerifyFinal = { _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DigestEncryptUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DecryptDigestUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_SignEncryptUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
        list.C_DecryptVerifyUpdate = { _, _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
    }
}
