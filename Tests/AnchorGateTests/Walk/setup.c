#include "walk.h"

#include <stdlib.h>
#include <string.h>

CK_SLOT_ID slot;
CK_OBJECT_HANDLE keys[KEYS];
CK_BYTE user_pin[16] = "1234", officer_pin[16] = "567890";
CK_BYTE text[] = "sixty-four bytes, four blocks of AES: all the walk ever seals...";

CK_BYTE token_label[] = "walk                            ";
static char *parameters;
static CK_SESSION_HANDLE holder;
static CK_STATE holder_state;
static enum state holder_wants;

void use_parameters(char *given) { parameters = given; }

/* A module that is configured at its start, as NSS, has a token without a login. */
bool has_login(void) { return parameters == NULL; }

CK_RV initialize(void)
{
    /* NSS takes its own structure, one pointer longer, with the text where pReserved is. */
    static struct {
        CK_C_INITIALIZE_ARGS standard;
        void *beyond;
    } arguments;
    arguments.standard.flags = CKF_OS_LOCKING_OK;
    arguments.standard.pReserved = parameters;
    return module->C_Initialize(&arguments.standard);
}

/* Finds the token of the walk; the slot numbers of SoftHSM2 are drawn at random. */
static bool find_slot(bool with_token)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = 64;
    if (module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count == 0) return false;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
        bool fits = !has_login() || memcmp(info.label, token_label, 32) == 0;
        if (with_token ? fits : !(info.flags & CKF_TOKEN_INITIALIZED)) {
            slot = slots[i];
            return true;
        }
    }
    return false;
}

void provision(void)
{
    if (!has_login()) return;
    CK_RV code = initialize();
    if (code != CKR_OK || !find_slot(false)) give_up("there is no slot without a token", code);
    CALL(C_InitToken, "new", slot, officer_pin, 6, token_label);
    if (!find_slot(true)) give_up("the new token is not there", 0);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CALL(C_Login, "officer", session, CKU_SO, officer_pin, 6);
    CALL(C_InitPIN, "new", session, user_pin, 4);
    CALL(C_Logout, "officer", session);
    CALL(C_CloseSession, "", session);
    CALL(C_Finalize, "", NULL);
}

CK_SESSION_HANDLE open_session(CK_FLAGS flags)
{
    CK_SESSION_HANDLE session = 0;
    CK_RV code = module->C_OpenSession(slot, flags | CKF_SERIAL_SESSION, NULL, NULL, &session);
    if (code != CKR_OK) give_up("no session can be opened", code);
    return session;
}

static CK_BYTE *from_hex(const char *hex)
{
    size_t count = strlen(hex) / 2;
    CK_BYTE *bytes = malloc(count);
    for (size_t i = 0; i < count; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (CK_BYTE)strtoul(digits, NULL, 16);
    }
    return bytes;
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE, is_private;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY, public = CKO_PUBLIC_KEY, private = CKO_PRIVATE_KEY;
static CK_KEY_TYPE aes = CKK_AES, generic = CKK_GENERIC_SECRET, rsa = CKK_RSA;
static CK_ULONG length = 16;

#define BOOLEAN(type, value) {type, &value, sizeof value}
#define COUNT(array) (sizeof array / sizeof *array)

static void make(enum key key, CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_RV code = module->C_CreateObject(holder, template, count, &keys[key]);
    if (code != CKR_OK) give_up("a key cannot be made", code);
}

static void make_secret(enum key key, CK_KEY_TYPE *type, CK_BYTE *value, CK_ULONG bytes)
{
    CK_ATTRIBUTE template[] = {
        BOOLEAN(CKA_CLASS, secret), {CKA_KEY_TYPE, type, sizeof *type},
        {CKA_VALUE, value, bytes}, BOOLEAN(CKA_TOKEN, no), BOOLEAN(CKA_PRIVATE, is_private),
        BOOLEAN(CKA_SENSITIVE, no), BOOLEAN(CKA_EXTRACTABLE, yes), BOOLEAN(CKA_ENCRYPT, yes),
        BOOLEAN(CKA_DECRYPT, yes), BOOLEAN(CKA_SIGN, yes), BOOLEAN(CKA_VERIFY, yes),
        BOOLEAN(CKA_WRAP, yes), BOOLEAN(CKA_UNWRAP, yes), BOOLEAN(CKA_DERIVE, yes),
    };
    make(key, template, COUNT(template));
}

/* A pair of 1024 bits for the walk alone. */
static const char *modulus =
    "caaadf8f92b01a003518c0cfc0df59d5179a3374b6c406f960b807d36c3349b0111bef51f8b09fb15354f1cb171373"
    "e8cee65a8bc3706185c4f20c1b7a03f2911130afe74f554cfa70e143eae26b68c6559a20745d0ba8e6aad3a51fac7c"
    "d47ec9c2cdff36bfc624518e9d1ad0268e92126c17450d2da3d4d5673f2387931015";
static const char *exponent =
    "ad62aa88a6324acc4aa0b6b4068a0ecca3b8a4b501778b8fe6130b7ef15e9f7825eb043fd8c722980e76e9b59a3466"
    "419260b8ae41b1ef7d06151e0e93c0b4cfa86d76074ba90c8d68ad3193669fbf3f5453227411133d2ac95d661d8b26"
    "fd9ee080616c5367e2651054c4a78e52c549015915286f0ac8f40d006d145bb1a031";
static const char *halves[] = {
    "f49de1e3f3b27d3b46f1fc9103550436635a7886818b1ade4fbf1bd73a35f255ce22398af7412301ca841f90d7d995"
    "544a589cab0831d7447d829e0787ba8bc7",
    "d4193feb5a19ab6d77241ad7112b83e372fa21dc32e0cb1d6b9b9da226ae81d911fc37b0bbaae1aee37b8e319d97e4"
    "755d1d832db73d41700208b565865dad43",
    "9de0907c893ab7ecdc3b2e61819f0b5af700db2d24cadd0a82b9bb844bc3a9a68ba6373163a79caa79449102f0ed33"
    "9df565ffa7bb603fa9aabff4b2b37d48dd",
    "b019ded67c52bfe0fd80febffec39097f2c8f8002a46369ed0cfbe0bf9edfe65cae70d1e3253695a9a09e6400fc723"
    "aac68b50754ea50f85fe4a58c258d3c29d",
    "37dee0052b76e79370abb3241b89217bbefd484c09f2877b1d61ee5ce8b7a0df6571dc6ff5a5a6970eeeb0227f4f65"
    "05142fd7f01eb961c2900b960745850026",
};

static void make_pair(void)
{
    CK_BYTE *n = from_hex(modulus), *d = from_hex(exponent), f4[] = {1, 0, 1}, *half[5];
    for (int i = 0; i < 5; i++) half[i] = from_hex(halves[i]);
    CK_ATTRIBUTE open[] = {
        BOOLEAN(CKA_CLASS, public), BOOLEAN(CKA_KEY_TYPE, rsa), BOOLEAN(CKA_TOKEN, no),
        BOOLEAN(CKA_PRIVATE, no), {CKA_MODULUS, n, 128}, {CKA_PUBLIC_EXPONENT, f4, 3},
        BOOLEAN(CKA_ENCRYPT, yes), BOOLEAN(CKA_VERIFY, yes), BOOLEAN(CKA_VERIFY_RECOVER, yes),
        BOOLEAN(CKA_WRAP, yes),
    };
    CK_ATTRIBUTE closed[] = {
        BOOLEAN(CKA_CLASS, private), BOOLEAN(CKA_KEY_TYPE, rsa), BOOLEAN(CKA_TOKEN, no),
        BOOLEAN(CKA_PRIVATE, is_private), BOOLEAN(CKA_SENSITIVE, no),
        BOOLEAN(CKA_EXTRACTABLE, yes), BOOLEAN(CKA_DECRYPT, yes), BOOLEAN(CKA_SIGN, yes),
        BOOLEAN(CKA_SIGN_RECOVER, yes), BOOLEAN(CKA_UNWRAP, yes), {CKA_MODULUS, n, 128},
        {CKA_PUBLIC_EXPONENT, f4, 3}, {CKA_PRIVATE_EXPONENT, d, 128}, {CKA_PRIME_1, half[0], 64},
        {CKA_PRIME_2, half[1], 64}, {CKA_EXPONENT_1, half[2], 64}, {CKA_EXPONENT_2, half[3], 64},
        {CKA_COEFFICIENT, half[4], 64},
    };
    make(RSA_PUBLIC, open, COUNT(open));
    make(RSA_PRIVATE, closed, COUNT(closed));
    free(n);
    free(d);
    for (int i = 0; i < 5; i++) free(half[i]);
}

static void make_keys(void)
{
    is_private = holder_wants == USER && has_login();
    make_secret(AES, &aes, text, 16);
    make_secret(VICTIM, &aes, text + 16, 16);
    make_secret(HMAC, &generic, text, 32);
    make_pair();
}

static void log_in(enum state state)
{
    if (state == PUBLIC) return;
    CK_RV code = state == USER ? module->C_Login(holder, CKU_USER, user_pin, 4) : CKR_PIN_INCORRECT;
    if (code == CKR_OK) return;
    code = module->C_Login(holder, CKU_SO, officer_pin, 6);
    if (code != CKR_OK) give_up("the officer cannot log in", code);
    if (state == OFFICER) return;
    /* A case may have changed the user's PIN. */
    if (module->C_InitPIN(holder, user_pin, 4) != CKR_OK || module->C_Logout(holder) != CKR_OK
        || (code = module->C_Login(holder, CKU_USER, user_pin, 4)) != CKR_OK)
        give_up("C_Login failed", code);
}

void ensure(enum state state)
{
    if (state == UNINITIALIZED) return;
    CK_SESSION_INFO info;
    CK_RV code = module->C_GetSessionInfo(holder, &info);
    CK_ULONG size;
    if (code == CKR_OK && state == holder_wants && info.state == holder_state
        && module->C_GetObjectSize(holder, keys[VICTIM], &size) == CKR_OK)
        return;
    code = initialize();
    if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED)
        give_up("C_Initialize failed", code);
    if (!find_slot(true)) give_up("the token is not there", 0);
    module->C_CloseAllSessions(slot);
    holder = open_session(CKF_RW_SESSION);
    if (has_login()) log_in(state);
    holder_wants = state;
    make_keys();
    module->C_GetSessionInfo(holder, &info);
    holder_state = info.state;
}

CK_MECHANISM mechanism_of(enum mechanism mechanism)
{
    static CK_BYTE iv[16] = "initial vector..";
    static CK_AES_CTR_PARAMS counter = {32, "initial counter"};
    static CK_GCM_PARAMS gcm = {iv, 12, 96, text, 5, 128};
    static CK_RSA_PKCS_OAEP_PARAMS oaep = {CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0};
    static CK_KEY_DERIVATION_STRING_DATA derivation = {text, 16};
    switch (mechanism) {
    case SHA256: return (CK_MECHANISM){CKM_SHA256, NULL, 0};
    case AES_ECB: return (CK_MECHANISM){CKM_AES_ECB, NULL, 0};
    case AES_CBC: return (CK_MECHANISM){CKM_AES_CBC, iv, 16};
    case AES_CBC_PAD: return (CK_MECHANISM){CKM_AES_CBC_PAD, iv, 16};
    case AES_CTR: return (CK_MECHANISM){CKM_AES_CTR, &counter, sizeof counter};
    case AES_GCM: return (CK_MECHANISM){CKM_AES_GCM, &gcm, sizeof gcm};
    case AES_CMAC: return (CK_MECHANISM){CKM_AES_CMAC, NULL, 0};
    case SHA256_HMAC: return (CK_MECHANISM){CKM_SHA256_HMAC, NULL, 0};
    case RSA_PKCS: return (CK_MECHANISM){CKM_RSA_PKCS, NULL, 0};
    case RSA_X_509: return (CK_MECHANISM){CKM_RSA_X_509, NULL, 0};
    case RSA_OAEP: return (CK_MECHANISM){CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep};
    case SHA256_RSA: return (CK_MECHANISM){CKM_SHA256_RSA_PKCS, NULL, 0};
    case AES_WRAP: return (CK_MECHANISM){CKM_AES_KEY_WRAP, NULL, 0};
    case AES_DERIVE:
        return (CK_MECHANISM){CKM_AES_ECB_ENCRYPT_DATA, &derivation, sizeof derivation};
    case AES_GEN: return (CK_MECHANISM){CKM_AES_KEY_GEN, NULL, 0};
    case SECRET_GEN: return (CK_MECHANISM){CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
    case EC_GEN: return (CK_MECHANISM){CKM_EC_KEY_PAIR_GEN, NULL, 0};
    default: return (CK_MECHANISM){0x80001234, NULL, 0};
    }
}

CK_ATTRIBUTE *new_key_template(CK_ULONG *count)
{
    static CK_ATTRIBUTE template[] = {
        BOOLEAN(CKA_CLASS, secret), BOOLEAN(CKA_KEY_TYPE, aes), BOOLEAN(CKA_TOKEN, no),
        BOOLEAN(CKA_PRIVATE, no), BOOLEAN(CKA_SENSITIVE, no), BOOLEAN(CKA_EXTRACTABLE, yes),
        BOOLEAN(CKA_DECRYPT, yes), BOOLEAN(CKA_VALUE_LEN, length),
    };
    *count = COUNT(template);
    return template;
}

CK_ATTRIBUTE *data_template(CK_ULONG *count)
{
    static CK_OBJECT_CLASS data = CKO_DATA;
    static CK_ATTRIBUTE template[] = {
        BOOLEAN(CKA_CLASS, data), BOOLEAN(CKA_TOKEN, no), BOOLEAN(CKA_PRIVATE, no),
        {CKA_APPLICATION, "walk", 4}, {CKA_VALUE, text, 20},
    };
    *count = COUNT(template);
    return template;
}
