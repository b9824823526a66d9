#include "walk.h"

#define OF(function) #function, offsetof(CK_FUNCTION_LIST, function)
#define BEGUN(function) offsetof(CK_FUNCTION_LIST, function)

const struct row rows[] = {
    {OF(C_Initialize), "R", .state = USER},
    {OF(C_Finalize), "R", .state = USER},
    {OF(C_GetInfo), "P", .state = USER},
    {OF(C_GetFunctionList), "P", .state = USER},
    {OF(C_GetSlotList), "VOn", .value = 1, .state = USER, .is_random = true},
    {OF(C_GetSlotInfo), "LP", .state = USER},
    {OF(C_GetTokenInfo), "LP", .state = USER},
    {OF(C_WaitForSlotEvent), "VPR", .value = CKF_DONT_BLOCK, .state = USER},
    {OF(C_GetMechanismList), "LOn", .state = USER},
    {OF(C_GetMechanismInfo), "LVP", .value = CKM_AES_CBC, .state = USER},
    {OF(C_InitToken), "LINB", .input = PIN, .state = USER},
    {OF(C_InitPIN), "SIN", .input = PIN, .state = OFFICER},
    {OF(C_InitPIN), "SIN", .input = PIN, .state = USER},
    {OF(C_SetPIN), "SINJj", .input = PIN, .second = PIN, .state = USER},
    {OF(C_OpenSession), "LVRXP", .value = CKF_SERIAL_SESSION | CKF_RW_SESSION, .state = USER},
    {OF(C_CloseSession), "S", .state = USER},
    {OF(C_CloseAllSessions), "L", .state = USER},
    {OF(C_GetSessionInfo), "SP", .state = USER},
    {OF(C_GetOperationState), "SOn", SHA256, .begun = BEGUN(C_DigestInit), .state = USER,
        .is_random = true},
    {OF(C_GetOperationState), "SOn", AES_CBC, AES, .begun = BEGUN(C_DecryptInit), .state = USER,
        .is_random = true},
    {OF(C_SetOperationState), "SINKk", NO_MECHANISM, .input = STATE_BYTES, .state = USER},
    {OF(C_Login), "SVIN", .value = CKU_USER, .input = PIN, .state = PUBLIC},
    {OF(C_Login), "SVIN", .value = CKU_USER, .input = PIN, .state = USER},
    {OF(C_Logout), "S", .state = USER},
    {OF(C_CreateObject), "STCP", .state = USER},
    {OF(C_CopyObject), "SKTCP", .key = VICTIM, .state = USER},
    {OF(C_DestroyObject), "SK", .key = VICTIM, .state = USER},
    {OF(C_GetObjectSize), "SKP", .key = VICTIM, .state = USER},
    {OF(C_GetAttributeValue), "SKTC", .key = VICTIM, .state = USER},
    {OF(C_SetAttributeValue), "SKTC", .key = VICTIM, .state = USER},
    {OF(C_FindObjectsInit), "STC", .state = USER},
    {OF(C_FindObjects), "SPWQ", .value = 2, .begun = BEGUN(C_FindObjectsInit), .state = USER},
    {OF(C_FindObjectsFinal), "S", .begun = BEGUN(C_FindObjectsInit), .state = USER},

#define BOTH_WAYS(mechanism, open, closed, random)                                              \
    {OF(C_EncryptInit), "SMK", mechanism, open, .state = USER},                                  \
    {OF(C_Encrypt), "SINOn", mechanism, open, TEXT, .begun = BEGUN(C_EncryptInit),               \
        .state = USER, .is_random = random},                                                     \
    {OF(C_EncryptUpdate), "SINOn", mechanism, open, TEXT, .begun = BEGUN(C_EncryptInit),         \
        .state = USER, .is_random = random},                                                     \
    {OF(C_EncryptFinal), "SOn", mechanism, open, .begun = BEGUN(C_EncryptInit), .state = USER},  \
    {OF(C_DecryptInit), "SMK", mechanism, closed, .state = USER},                                \
    {OF(C_Decrypt), "SINOn", mechanism, closed, SEALED, .begun = BEGUN(C_DecryptInit),           \
        .state = USER},                                                                          \
    {OF(C_DecryptUpdate), "SINOn", mechanism, closed, SEALED, .begun = BEGUN(C_DecryptInit),     \
        .state = USER},                                                                          \
    {OF(C_DecryptFinal), "SOn", mechanism, closed, .begun = BEGUN(C_DecryptInit), .state = USER}

    BOTH_WAYS(AES_ECB, AES, AES, false),
    BOTH_WAYS(AES_CBC, AES, AES, false),
    BOTH_WAYS(AES_CBC_PAD, AES, AES, false),
    BOTH_WAYS(AES_CTR, AES, AES, false),
    BOTH_WAYS(AES_GCM, AES, AES, false),
    BOTH_WAYS(RSA_PKCS, RSA_PUBLIC, RSA_PRIVATE, true),
    BOTH_WAYS(RSA_OAEP, RSA_PUBLIC, RSA_PRIVATE, true),
    BOTH_WAYS(RSA_X_509, RSA_PUBLIC, RSA_PRIVATE, false),

    {OF(C_DigestInit), "SM", SHA256, .state = USER},
    {OF(C_Digest), "SINOn", SHA256, .input = TEXT, .begun = BEGUN(C_DigestInit), .state = USER},
    {OF(C_DigestUpdate), "SIN", SHA256, .input = TEXT, .begun = BEGUN(C_DigestInit),
        .state = USER},
    {OF(C_DigestKey), "SK", SHA256, .key = HMAC, .begun = BEGUN(C_DigestInit), .state = USER},
    {OF(C_DigestFinal), "SOn", SHA256, .begun = BEGUN(C_DigestInit), .state = USER},

#define SIGNATURES(mechanism, closed, open)                                                      \
    {OF(C_SignInit), "SMK", mechanism, closed, .state = USER},                                   \
    {OF(C_Sign), "SINOn", mechanism, closed, TEXT, .begun = BEGUN(C_SignInit), .state = USER},   \
    {OF(C_SignUpdate), "SIN", mechanism, closed, TEXT, .begun = BEGUN(C_SignInit),               \
        .state = USER},                                                                          \
    {OF(C_SignFinal), "SOn", mechanism, closed, .begun = BEGUN(C_SignInit), .state = USER},      \
    {OF(C_VerifyInit), "SMK", mechanism, open, .state = USER},                                   \
    {OF(C_Verify), "SINJj", mechanism, open, TEXT, SIGNED, BEGUN(C_VerifyInit), .state = USER},  \
    {OF(C_VerifyUpdate), "SIN", mechanism, open, TEXT, .begun = BEGUN(C_VerifyInit),             \
        .state = USER},                                                                          \
    {OF(C_VerifyFinal), "SJj", mechanism, open, .second = SIGNED,                                \
        .begun = BEGUN(C_VerifyInit), .state = USER}

    SIGNATURES(SHA256_HMAC, HMAC, HMAC),
    SIGNATURES(AES_CMAC, AES, AES),
    SIGNATURES(SHA256_RSA, RSA_PRIVATE, RSA_PUBLIC),
    SIGNATURES(RSA_PKCS, RSA_PRIVATE, RSA_PUBLIC),

    {OF(C_SignRecoverInit), "SMK", RSA_PKCS, RSA_PRIVATE, .state = USER},
    {OF(C_SignRecover), "SINOn", RSA_PKCS, RSA_PRIVATE, TEXT, .begun = BEGUN(C_SignRecoverInit),
        .state = USER},
    {OF(C_VerifyRecoverInit), "SMK", RSA_PKCS, RSA_PUBLIC, .state = USER},
    {OF(C_VerifyRecover), "SINOn", RSA_PKCS, RSA_PUBLIC, RECOVERABLE,
        .begun = BEGUN(C_VerifyRecoverInit), .state = USER},
    {OF(C_DigestEncryptUpdate), "SINOn", AES_CBC, AES, TEXT, .begun = BEGUN(C_EncryptInit),
        .begun_too = BEGUN(C_DigestInit), .state = USER},
    {OF(C_DecryptDigestUpdate), "SINOn", AES_CBC, AES, SEALED, .begun = BEGUN(C_DecryptInit),
        .begun_too = BEGUN(C_DigestInit), .state = USER},
    {OF(C_SignEncryptUpdate), "SINOn", AES_CBC, AES, TEXT, .begun = BEGUN(C_EncryptInit),
        .begun_too = BEGUN(C_SignInit), .state = USER},
    {OF(C_DecryptVerifyUpdate), "SINOn", AES_CBC, AES, SEALED, .begun = BEGUN(C_DecryptInit),
        .begun_too = BEGUN(C_VerifyInit), .state = USER},
    {OF(C_DecryptVerifyUpdate), "SINOn", AES_CBC, AES, SEALED, .begun = BEGUN(C_DecryptInit),
        .state = USER},
    {OF(C_SignEncryptUpdate), "SINOn", AES_CBC, AES, TEXT, .begun = BEGUN(C_EncryptInit),
        .state = USER},
    {OF(C_GenerateKey), "SMTCP", AES_GEN, .state = USER},
    {OF(C_GenerateKeyPair), "SMTCUcPQ", EC_GEN, .state = USER},
    {OF(C_WrapKey), "SMKkOn", AES_WRAP, AES, .state = USER},
    {OF(C_WrapKey), "SMKkOn", RSA_PKCS, RSA_PUBLIC, .state = USER, .is_random = true},
    {OF(C_UnwrapKey), "SMKINTCP", AES_WRAP, AES, WRAPPED, .state = USER},
    {OF(C_UnwrapKey), "SMKINTCP", RSA_PKCS, RSA_PRIVATE, WRAPPED, .state = USER},
    {OF(C_DeriveKey), "SMKTCP", AES_DERIVE, AES, .state = USER},
    {OF(C_SeedRandom), "SIN", .input = TEXT, .state = USER},
    {OF(C_GenerateRandom), "SPW", .value = 32, .state = USER},
    {OF(C_GetFunctionStatus), "S", .state = USER},
    {OF(C_CancelFunction), "S", .state = USER},
};

const size_t row_count = sizeof rows / sizeof *rows;
