#include "walk.h"

#include <string.h>

/* What an operation needs that another one of the same module makes: ciphertexts for decryption,
   signatures for verification. Made when first asked for; of a mechanism that the module does not
   have, nothing. */

static CK_ULONG text_length(enum mechanism mechanism)
{
    return mechanism == RSA_X_509 ? 128 : mechanism == RSA_PKCS || mechanism == RSA_OAEP ? 32 : 64;
}

static CK_BYTE *long_text(void)
{
    static CK_BYTE twice[2 * TEXT_BYTES];
    memcpy(twice, text, TEXT_BYTES);
    memcpy(twice + TEXT_BYTES, text, TEXT_BYTES);
    return twice;
}

static enum key partner(enum key key)
{
    return key == RSA_PRIVATE ? RSA_PUBLIC : key == RSA_PUBLIC ? RSA_PRIVATE : key;
}

static CK_ULONG seal(enum mechanism name, enum key key, CK_BYTE *place)
{
    CK_MECHANISM mechanism = mechanism_of(name);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CK_ULONG length = ROOM;
    if (module->C_EncryptInit(session, &mechanism, keys[partner(key)]) != CKR_OK
        || module->C_Encrypt(session, long_text(), text_length(name), place, &length) != CKR_OK)
        length = 0;
    module->C_CloseSession(session);
    return length;
}

static CK_ULONG sign(enum mechanism name, enum key key, bool recoverably, CK_BYTE *place)
{
    CK_MECHANISM mechanism = mechanism_of(name);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CK_ULONG length = ROOM;
    CK_RV code;
    if (recoverably) {
        code = module->C_SignRecoverInit(session, &mechanism, keys[partner(key)]);
        if (code == CKR_OK)
            code = module->C_SignRecover(session, long_text(), text_length(name), place, &length);
    } else {
        code = module->C_SignInit(session, &mechanism, keys[partner(key)]);
        if (code == CKR_OK)
            code = module->C_Sign(session, long_text(), text_length(name), place, &length);
    }
    module->C_CloseSession(session);
    return code == CKR_OK ? length : 0;
}

static CK_ULONG wrap(enum mechanism name, enum key key, CK_BYTE *place)
{
    CK_MECHANISM mechanism = mechanism_of(name);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CK_ULONG length = ROOM;
    if (module->C_WrapKey(session, &mechanism, keys[partner(key)], keys[VICTIM], place, &length)
        != CKR_OK)
        length = 0;
    module->C_CloseSession(session);
    return length;
}

static CK_ULONG save_state(CK_BYTE *place)
{
    CK_MECHANISM mechanism = mechanism_of(SHA256);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CK_ULONG length = ROOM;
    if (module->C_DigestInit(session, &mechanism) != CKR_OK
        || module->C_DigestUpdate(session, text, 32) != CKR_OK
        || module->C_GetOperationState(session, place, &length) != CKR_OK)
        length = 0;
    module->C_CloseSession(session);
    return length;
}

struct bytes input_of(enum input input, enum mechanism mechanism, enum key key)
{
    static struct made {
        bool is_there;
        CK_ULONG length;
        CK_BYTE bytes[ROOM];
    } cache[WHOLE_BLOCK + 1][MECHANISMS];
    switch (input) {
    case NOTHING: return (struct bytes){NULL, 0};
    case TEXT: return (struct bytes){long_text(), text_length(mechanism)};
    case PIN: return (struct bytes){user_pin, 4};
    case WHOLE_BLOCK: return (struct bytes){text, 32};
    default: break;
    }
    struct made *made = &cache[input][mechanism];
    if (!made->is_there) {
        made->is_there = true;
        switch (input) {
        case SEALED: made->length = seal(mechanism, key, made->bytes); break;
        case SIGNED: made->length = sign(mechanism, key, false, made->bytes); break;
        case RECOVERABLE: made->length = sign(mechanism, key, true, made->bytes); break;
        case WRAPPED: made->length = wrap(mechanism, key, made->bytes); break;
        case STATE_BYTES: made->length = save_state(made->bytes); break;
        default: give_up("there is no such input", input);
        }
    }
    return (struct bytes){made->bytes, made->length};
}
