/*
 * A PKCS#11 module before another one that answers wrongly: whatever the other decrypts or signs
 * comes back with one bit flipped, and with the code of success. Who measures a module through it
 * and reports nothing does not look at what it gets.
 *
 *   gcc -O2 -Wall -Wextra -shared -fPIC -o libwronganswers.so wrong-answers.c -ldl     (or: make)
 *
 * WRONG_ANSWERS_MODULE names the module behind it; everything else passes as it is.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <softhsm/cryptoki.h>

static CK_FUNCTION_LIST *behind;
static CK_FUNCTION_LIST answers;

/* Spoils the result of a call, unless it failed or only asked for the length. */
static CK_RV spoil(CK_RV code, CK_BYTE *result, const CK_ULONG *bytes) {
    if (code == CKR_OK && result != NULL && *bytes > 0) { result[*bytes - 1] ^= 1; }
    return code;
}

static CK_RV decrypt(CK_SESSION_HANDLE session, CK_BYTE *input, CK_ULONG input_bytes,
                     CK_BYTE *output, CK_ULONG *output_bytes) {
    return spoil(behind->C_Decrypt(session, input, input_bytes, output, output_bytes), output,
                 output_bytes);
}

static CK_RV decrypt_update(CK_SESSION_HANDLE session, CK_BYTE *input, CK_ULONG input_bytes,
                            CK_BYTE *output, CK_ULONG *output_bytes) {
    return spoil(behind->C_DecryptUpdate(session, input, input_bytes, output, output_bytes),
                 output, output_bytes);
}

static CK_RV decrypt_final(CK_SESSION_HANDLE session, CK_BYTE *output, CK_ULONG *output_bytes) {
    return spoil(behind->C_DecryptFinal(session, output, output_bytes), output, output_bytes);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *input, CK_ULONG input_bytes,
                  CK_BYTE *output, CK_ULONG *output_bytes) {
    return spoil(behind->C_Sign(session, input, input_bytes, output, output_bytes), output,
                 output_bytes);
}

static CK_RV sign_final(CK_SESSION_HANDLE session, CK_BYTE *output, CK_ULONG *output_bytes) {
    return spoil(behind->C_SignFinal(session, output, output_bytes), output, output_bytes);
}

static CK_RV fail(const char *sentence, const char *detail) {
    fprintf(stderr, "wrong-answers: %s%s\n", sentence, detail);
    return CKR_GENERAL_ERROR;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    if (list == NULL) { return CKR_ARGUMENTS_BAD; }
    const char *module = getenv("WRONG_ANSWERS_MODULE");
    if (module == NULL) { return fail("WRONG_ANSWERS_MODULE does not name a module", ""); }
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) { return fail("dlopen failed: ", dlerror()); }
    CK_C_GetFunctionList get_list = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    if (get_list == NULL) { return fail("no C_GetFunctionList in ", module); }
    CK_RV code = get_list(&behind);
    if (code != CKR_OK) { return code; }
    answers = *behind;
    answers.C_GetFunctionList = C_GetFunctionList;
    answers.C_Decrypt = decrypt;
    answers.C_DecryptUpdate = decrypt_update;
    answers.C_DecryptFinal = decrypt_final;
    answers.C_Sign = sign;
    answers.C_SignFinal = sign_final;
    *list = &answers;
    return CKR_OK;
}
