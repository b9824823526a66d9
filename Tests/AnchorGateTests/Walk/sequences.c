#include "walk.h"

#include <stdio.h>
#include <string.h>

/* Operations in many parts, beside each other, and broken off. */

static CK_SESSION_HANDLE s;
static CK_BYTE output[ROOM];
static CK_ULONG length;

/* Calls that give something out: with so much room, into `output`. */
#define GIVES(function, what, room, ...)                                                          \
    (memset(output, 0xa5, ROOM), length = (room), begin(#function, what),                         \
        END(module->function(__VA_ARGS__, output, &length), output, length, ROOM))
#define ASKS(function, what, ...)                                                                 \
    (length = 0, begin(#function, what),                                                          \
        END(module->function(__VA_ARGS__, NULL, &length), NULL, length, 0))
#define INIT(function, what, name, key)                                                           \
    (mechanism = mechanism_of(name), CALL(function, what, s, &mechanism, keys[key]))

static CK_MECHANISM mechanism;

static void in_parts(enum mechanism name, enum key key)
{
    struct bytes sealed = input_of(SEALED, name, key);
    CK_ULONG left = sealed.length;
    INIT(C_DecryptInit, "in parts", name, key);
    for (CK_BYTE *at = sealed.data; left > 0;) {
        CK_ULONG part = left < 7 ? left : 7;
        ASKS(C_DecryptUpdate, "size of a part", s, at, part);
        GIVES(C_DecryptUpdate, "part without room", 0, s, at, part);
        GIVES(C_DecryptUpdate, "part", ROOM, s, at, part);
        at += part, left -= part;
    }
    GIVES(C_DecryptUpdate, "part of nothing", ROOM, s, text, 0);
    ASKS(C_DecryptFinal, "size of the end", s);
    begin("C_DecryptFinal", "end without room");
    length = 0;
    END(module->C_DecryptFinal(s, output, &length), NULL, length, 0);
    memset(output, 0xa5, ROOM);
    begin("C_DecryptFinal", "end");
    length = ROOM;
    END(module->C_DecryptFinal(s, output, &length), output, length, ROOM);
    begin("C_DecryptFinal", "end again");
    END(module->C_DecryptFinal(s, output, &length), NULL, 0, 0);
}

static void whole_after_part(enum mechanism name, enum key key)
{
    struct bytes sealed = input_of(SEALED, name, key);
    INIT(C_DecryptInit, "whole after a part", name, key);
    GIVES(C_DecryptUpdate, "part", ROOM, s, sealed.data, sealed.length < 16 ? sealed.length : 16);
    GIVES(C_Decrypt, "whole after a part", ROOM, s, sealed.data, sealed.length);
    GIVES(C_Decrypt, "whole again", ROOM, s, sealed.data, sealed.length);
}

static void sizes_first(enum mechanism name, enum key key)
{
    struct bytes sealed = input_of(SEALED, name, key);
    INIT(C_DecryptInit, "sizes first", name, key);
    ASKS(C_Decrypt, "size", s, sealed.data, sealed.length);
    CK_ULONG exact = length;
    ASKS(C_Decrypt, "size again", s, sealed.data, sealed.length);
    for (CK_ULONG room = 0; room <= exact; room += exact < 8 ? 1 : exact / 8)
        GIVES(C_Decrypt, "little room", room, s, sealed.data, sealed.length);
    GIVES(C_Decrypt, "room", ROOM, s, sealed.data, sealed.length);
    GIVES(C_Decrypt, "after its end", ROOM, s, sealed.data, sealed.length);
}

static void damaged(enum mechanism name, enum key key)
{
    struct bytes sealed = input_of(SEALED, name, key);
    CK_BYTE bytes[ROOM];
    memcpy(bytes, sealed.data, sealed.length);
    bytes[sealed.length ? sealed.length - 1 : 0] ^= 1;
    INIT(C_DecryptInit, "damaged", name, key);
    CALL(C_Decrypt, "damaged", s, bytes, sealed.length, output, (length = ROOM, &length));
    INIT(C_DecryptInit, "after a damaged one", name, key);
    GIVES(C_Decrypt, "whole", ROOM, s, sealed.data, sealed.length);
    INIT(C_DecryptInit, "too short", name, key);
    CALL(C_Decrypt, "too short", s, sealed.data, sealed.length / 2 + 1, output,
        (length = ROOM, &length));
    INIT(C_DecryptInit, "after one too short", name, key);
    GIVES(C_Decrypt, "nothing", ROOM, s, sealed.data, 0);
    GIVES(C_Decrypt, "after nothing", ROOM, s, sealed.data, sealed.length);
}

static void walk_decryption(void)
{
    static const struct { enum mechanism name; enum key key; const char *what; } all[] = {
        {AES_ECB, AES, "AES-ECB"}, {AES_CBC, AES, "AES-CBC"}, {AES_CBC_PAD, AES, "AES-CBC-PAD"},
        {AES_CTR, AES, "AES-CTR"}, {AES_GCM, AES, "AES-GCM"}, {RSA_PKCS, RSA_PRIVATE, "RSA-PKCS"},
        {RSA_OAEP, RSA_PRIVATE, "RSA-OAEP"}, {RSA_X_509, RSA_PRIVATE, "RSA-X.509"},
    };
    static void (*const ways[])(enum mechanism, enum key) = {
        in_parts, whole_after_part, sizes_first, damaged};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            if (!case_begins(USER, all[i].what)) continue;
            s = open_session(CKF_RW_SESSION);
            ways[way](all[i].name, all[i].key);
            module->C_CloseSession(s);
        }
    }
}

static void sign_in_parts(enum mechanism name, enum key key, enum key open)
{
    s = open_session(CKF_RW_SESSION);
    INIT(C_SignInit, "in parts", name, key);
    for (int i = 0; i < 4; i++) CALL(C_SignUpdate, "part", s, text + 16 * i, 16);
    CALL(C_SignUpdate, "part of nothing", s, text, 0);
    ASKS(C_SignFinal, "size", s);
    length = 1;
    CALL(C_SignFinal, "little room", s, output, &length);
    memset(output, 0xa5, ROOM);
    length = ROOM;
    begin("C_SignFinal", "end");
    END(module->C_SignFinal(s, output, &length), output, length, ROOM);
    CALL(C_SignFinal, "end again", s, output, &length);
    CK_BYTE signature[ROOM];
    CK_ULONG signed_length = length;
    memcpy(signature, output, ROOM);
    INIT(C_VerifyInit, "in parts", name, open);
    CALL(C_VerifyUpdate, "whole", s, text, 64);
    CALL(C_VerifyFinal, "", s, signature, signed_length);
    signature[3] ^= 4;
    INIT(C_VerifyInit, "damaged", name, open);
    CALL(C_Verify, "damaged", s, text, 64, signature, signed_length);
    CALL(C_Verify, "after a damaged one", s, text, 64, signature, signed_length);
    INIT(C_SignInit, "mixed", name, key);
    CALL(C_SignUpdate, "part", s, text, 5);
    GIVES(C_Sign, "whole after a part", ROOM, s, text, 64);
    length = ROOM;
    CALL(C_SignFinal, "after the whole", s, output, &length);
    module->C_CloseSession(s);
}

/* Each operation begun while each other one is active, and both gone on with. */
static void walk_pairs(void)
{
    static const char *const names[] = {"decrypt", "encrypt", "sign", "verify", "digest", "find",
                                        "sign-recover", "verify-recover"};
    for (int first = 0; first < 8; first++) {
        for (int second = 0; second < 8; second++) {
            char what[60];
            snprintf(what, sizeof what, "%s while %s is active", names[second], names[first]);
            if (!case_begins(USER, what)) continue;
            s = open_session(CKF_RW_SESSION);
            for (int i = 0; i < 2; i++) {
                switch (i == 0 ? first : second) {
                case 0: INIT(C_DecryptInit, "", AES_CBC, AES); break;
                case 1: INIT(C_EncryptInit, "", AES_CTR, AES); break;
                case 2: INIT(C_SignInit, "", SHA256_HMAC, HMAC); break;
                case 3: INIT(C_VerifyInit, "", SHA256_HMAC, HMAC); break;
                case 4: mechanism = mechanism_of(SHA256); CALL(C_DigestInit, "", s, &mechanism);
                    break;
                case 5: CALL(C_FindObjectsInit, "", s, NULL, 0); break;
                case 6: INIT(C_SignRecoverInit, "", RSA_PKCS, RSA_PRIVATE); break;
                default: INIT(C_VerifyRecoverInit, "", RSA_PKCS, RSA_PUBLIC); break;
                }
            }
            CK_OBJECT_HANDLE found[2];
            GIVES(C_DecryptUpdate, "", ROOM, s, text, 32);
            GIVES(C_EncryptUpdate, "", ROOM, s, text, 32);
            CALL(C_SignUpdate, "", s, text, 32);
            CALL(C_VerifyUpdate, "", s, text, 32);
            CALL(C_DigestUpdate, "", s, text, 32);
            CALL(C_FindObjects, "", s, found, 1, &length);
            GIVES(C_DecryptDigestUpdate, "", ROOM, s, text, 16);
            GIVES(C_DecryptVerifyUpdate, "", ROOM, s, text, 16);
            GIVES(C_DigestEncryptUpdate, "", ROOM, s, text, 16);
            GIVES(C_SignEncryptUpdate, "", ROOM, s, text, 16);
            ASKS(C_SignEncryptUpdate, "size", s, text, 16);
            GIVES(C_DigestFinal, "", ROOM, s);
            GIVES(C_DecryptFinal, "", ROOM, s);
            GIVES(C_EncryptFinal, "", ROOM, s);
            GIVES(C_SignFinal, "", ROOM, s);
            CALL(C_VerifyFinal, "", s, text, 32);
            CALL(C_FindObjectsFinal, "", s);
            GIVES(C_SignRecover, "", ROOM, s, text, 32);
            CALL(C_VerifyRecover, "", s, text, 128, output, (length = ROOM, &length));
            module->C_CloseSession(s);
        }
    }
}

/* States saved in the middle, resumed in the same session and in another. */
static void walk_saved_states(void)
{
    static const enum mechanism kinds[] = {SHA256, AES_CBC, SHA256_HMAC};
    for (size_t i = 0; i < 3; i++) {
        if (!case_begins(USER, "saved state")) continue;
        s = open_session(CKF_RW_SESSION);
        if (kinds[i] == SHA256) {
            mechanism = mechanism_of(SHA256);
            CALL(C_DigestInit, "", s, &mechanism);
        }
        if (kinds[i] == AES_CBC) INIT(C_DecryptInit, "", AES_CBC, AES);
        if (kinds[i] == SHA256_HMAC) INIT(C_SignInit, "", SHA256_HMAC, HMAC);
        CK_BYTE saved[ROOM] = {0};
        CK_ULONG size = 0;
        CALL(C_GetOperationState, "size", s, NULL, &size);
        size = ROOM;
        CALL(C_GetOperationState, "", s, saved, &size);
        CALL(C_SetOperationState, "same session", s, saved, size, 0, 0);
        CALL(C_SetOperationState, "with keys", s, saved, size, keys[AES], keys[HMAC]);
        CK_SESSION_HANDLE other = open_session(CKF_RW_SESSION);
        CALL(C_SetOperationState, "other session", other, saved, size, 0, 0);
        length = ROOM;
        CALL(C_DigestFinal, "other session", other, output, &length);
        length = ROOM;
        CALL(C_DecryptUpdate, "other session", other, text, 32, output, &length);
        CALL(C_SetOperationState, "too short", other, saved, size / 2, 0, 0);
        module->C_CloseSession(other);
        module->C_CloseSession(s);
    }
}

static void walk_objects(void)
{
    if (!case_begins(USER, "objects")) return;
    s = open_session(CKF_RW_SESSION);
    CK_ULONG count = 0, found_count = 0;
    CK_ATTRIBUTE *template = new_key_template(&count);
    CK_OBJECT_HANDLE made = 0, found[64];
    CK_MECHANISM generation = mechanism_of(AES_GEN), wrapping = mechanism_of(AES_WRAP);
    CALL(C_GenerateKey, "", s, &generation, template, count, &made);
    CALL(C_FindObjectsInit, "", s, template, 2);
    begin("C_FindObjects", "all");
    END(module->C_FindObjects(s, found, 64, &found_count), NULL, found_count, 0);
    begin("C_FindObjects", "no more");
    END(module->C_FindObjects(s, found, 64, &found_count), NULL, found_count, 0);
    CALL(C_FindObjectsInit, "while active", s, NULL, 0);
    CALL(C_FindObjectsFinal, "", s);
    CALL(C_DestroyObject, "", s, made);
    CALL(C_DestroyObject, "again", s, made);
    CALL(C_EncryptInit, "with a destroyed key", s, &wrapping, made);
    CALL(C_DecryptInit, "with a destroyed key", s, &wrapping, made);
    ASKS(C_WrapKey, "size", s, &wrapping, keys[AES], keys[VICTIM]);
    GIVES(C_WrapKey, "little room", 5, s, &wrapping, keys[AES], keys[VICTIM]);
    GIVES(C_WrapKey, "", ROOM, s, &wrapping, keys[AES], keys[VICTIM]);
    CALL(C_UnwrapKey, "", s, &wrapping, keys[AES], output, length, template, count - 1, &made);
    CK_BYTE value[32] = {0};
    CK_ATTRIBUTE asked = {CKA_VALUE, value, sizeof value};
    begin("C_GetAttributeValue", "of what was unwrapped");
    END(module->C_GetAttributeValue(s, made, &asked, 1), value, asked.ulValueLen, sizeof value);
    asked.ulValueLen = 3;
    begin("C_GetAttributeValue", "little room");
    END(module->C_GetAttributeValue(s, made, &asked, 1), NULL, asked.ulValueLen, 0);
    asked = (CK_ATTRIBUTE){CKA_PRIVATE_EXPONENT, NULL, 0};
    begin("C_GetAttributeValue", "that it has not");
    END(module->C_GetAttributeValue(s, made, &asked, 1), NULL, asked.ulValueLen, 0);
    CK_MECHANISM derivation = mechanism_of(AES_DERIVE);
    CALL(C_DeriveKey, "", s, &derivation, keys[AES], template, count, &made);
    asked = (CK_ATTRIBUTE){CKA_VALUE, value, sizeof value};
    begin("C_GetAttributeValue", "of what was derived");
    END(module->C_GetAttributeValue(s, made, &asked, 1), value, asked.ulValueLen, sizeof value);
    module->C_CloseSession(s);
}

void walk_sequences(void)
{
    walk_decryption();
    static const struct { enum mechanism name; enum key key, open; } kinds[] = {
        {SHA256_HMAC, HMAC, HMAC}, {AES_CMAC, AES, AES}, {SHA256_RSA, RSA_PRIVATE, RSA_PUBLIC},
        {RSA_PKCS, RSA_PRIVATE, RSA_PUBLIC}};
    for (size_t i = 0; i < 4; i++) {
        if (!case_begins(USER, "signature")) continue;
        sign_in_parts(kinds[i].name, kinds[i].key, kinds[i].open);
    }
    walk_pairs();
    walk_saved_states();
    walk_objects();
}
