import CCryptoki

/// The functions of a gate that has no module yet: none of them works before `C_Initialize`, which
/// says what is wrong.
extension Gate {
    static func fillUnusable(_ list: inout CK_FUNCTION_LIST) {
        list.version = CK_VERSION(major: 2, minor: 40)
        list.C_Initialize = { Gate.initialize($0) }
        list.C_Finalize = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetInfo = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetFunctionList = { getFunctionList($0) }
        list.C_GetSlotList = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetSlotInfo = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetTokenInfo = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_WaitForSlotEvent = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetMechanismList = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetMechanismInfo = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_InitToken = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_InitPIN = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SetPIN = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_OpenSession = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_CloseSession = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_CloseAllSessions = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetSessionInfo = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetOperationState = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SetOperationState = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Login = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Logout = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_CreateObject = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_CopyObject = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DestroyObject = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetObjectSize = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetAttributeValue = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SetAttributeValue = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_FindObjectsInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_FindObjects = { _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_FindObjectsFinal = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_EncryptInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Encrypt = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_EncryptUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_EncryptFinal = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        fillUnusableOperations(&list)
    }

    private static func fillUnusableOperations(_ list: inout CK_FUNCTION_LIST) {
        list.C_DecryptInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Decrypt = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DecryptUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DecryptFinal = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DigestInit = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Digest = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DigestUpdate = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DigestKey = { _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DigestFinal = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Sign = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignUpdate = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignFinal = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignRecoverInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignRecover = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_VerifyInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_Verify = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_VerifyUpdate = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_VerifyFinal = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_VerifyRecoverInit = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_VerifyRecover = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DigestEncryptUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DecryptDigestUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SignEncryptUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DecryptVerifyUpdate = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GenerateKey = { _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GenerateKeyPair = { _, _, _, _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_WrapKey = { _, _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_UnwrapKey = { _, _, _, _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_DeriveKey = { _, _, _, _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_SeedRandom = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GenerateRandom = { _, _, _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_GetFunctionStatus = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
        list.C_CancelFunction = { _ in CKR_CRYPTOKI_NOT_INITIALIZED }
    }
}
