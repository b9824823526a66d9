// Calls a PKCS#11 module through its function list and has it refuse calls, one stage after the
// other of every kind of operation; then tells whether the session is free for the next one.
//
//     refusals MODULE revoked|throttled INITIALIZE-TEXT [PIN]
//
// Asked for 'revoked' it prints 'revoke' or 'restore' and waits for a line before it goes on; asked
// for 'throttled' it gives the refused call more bytes than the throttle ever admits. A line tells
// of each stage: the mechanism, whole or parts, the stage, what the refused call returned, what
// going on with the operation returned afterwards, and what became of a new operation.

#include <dlfcn.h>
#include <softhsm/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum stage { none, beginning, size, data, first, second, end };
static const char *const stage_names[] = {"none", "beginning", "size", "data",
                                          "first", "second", "end"};
enum { plain_max = 1024, room_max = 4096 };

struct operation {
    const char *name;
    int signs;
    int has_parts;
    CK_MECHANISM mechanism;
    CK_OBJECT_HANDLE key, sealing_key;
    CK_ULONG length, long_length;
};

static CK_FUNCTION_LIST_PTR module;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static int throttled;
static CK_BYTE plain[plain_max];

static void must(const char *what, CK_RV code) {
    if (code == CKR_OK) return;
    printf("stopped %s 0x%lx\n", what, code);
    exit(1);
}

// Has the identity refused, or let in again, by whoever reads this.
static void turn(const char *word) {
    char line[16];
    if (throttled) return;
    puts(word);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) exit(2);
}

static CK_SESSION_HANDLE new_session(void) {
    CK_SESSION_HANDLE opened = 0;
    CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    must("C_OpenSession", module->C_OpenSession(slot, flags, NULL, NULL, &opened));
    return opened;
}

static CK_RV begin(const struct operation *op) {
    CK_MECHANISM mechanism = op->mechanism;
    return op->signs ? module->C_SignInit(session, &mechanism, op->key)
                     : module->C_DecryptInit(session, &mechanism, op->key);
}

static CK_RV whole(const struct operation *op, CK_BYTE *in, CK_ULONG length, CK_BYTE *out,
                   CK_ULONG *room) {
    return op->signs ? module->C_Sign(session, in, length, out, room)
                     : module->C_Decrypt(session, in, length, out, room);
}

static CK_RV part(const struct operation *op, CK_BYTE *in, CK_ULONG length, CK_BYTE *out,
                  CK_ULONG *room) {
    if (!op->signs) return module->C_DecryptUpdate(session, in, length, out, room);
    *room = 0;
    return module->C_SignUpdate(session, in, length);
}

static CK_RV finish(const struct operation *op, CK_BYTE *out, CK_ULONG *room) {
    return op->signs ? module->C_SignFinal(session, out, room)
                     : module->C_DecryptFinal(session, out, room);
}

// The input of the operation: what is signed, or the ciphertext of as many bytes.
static CK_ULONG input(const struct operation *op, CK_ULONG length, CK_BYTE *in) {
    CK_MECHANISM mechanism = op->mechanism;
    CK_ULONG room = room_max;
    if (op->signs) {
        memcpy(in, plain, length);
        return length;
    }
    must("C_EncryptInit", module->C_EncryptInit(session, &mechanism, op->sealing_key));
    must("C_Encrypt", module->C_Encrypt(session, plain, length, in, &room));
    return room;
}

// Runs one operation to its end, or up to the stage whose call is to be refused.
static CK_RV run(const struct operation *op, int in_parts, enum stage refused, CK_BYTE *in,
                 CK_ULONG length, CK_ULONG plain_length) {
    CK_BYTE out[room_max];
    CK_ULONG room = room_max, done = 0, cut = 16;
    CK_RV code;
#define STAGE(name, call)                          \
    do {                                           \
        if (refused == (name)) turn("revoke");     \
        code = (call);                             \
        if (refused == (name)) {                   \
            turn("restore");                       \
            return code;                           \
        }                                          \
        if (code != CKR_OK) return code;           \
    } while (0)

    STAGE(beginning, begin(op));
    if (in_parts) {
        STAGE(first, part(op, in, cut, out, &room));
        done = room, room = room_max - done;
        STAGE(second, part(op, in + cut, length - cut, out + done, &room));
        done += room, room = room_max - done;
        STAGE(end, finish(op, out + done, &room));
        done += room;
    } else {
        if (refused == size) STAGE(size, whole(op, in, length, NULL, &room));
        STAGE(data, whole(op, in, length, out, &room));
        done = room;
    }
    if (op->signs) return done > 0 ? CKR_OK : CKR_GENERAL_ERROR;
    return done == plain_length && !memcmp(out, plain, done) ? CKR_OK : CKR_GENERAL_ERROR;
}

// Has one stage refused and looks at what is left of it.
static void try_stage(const struct operation *op, const struct operation *next, int in_parts,
                      enum stage refused) {
    CK_BYTE in[room_max], out[room_max];
    CK_ULONG plain_length = throttled ? op->long_length : op->length, room = room_max;
    CK_ULONG length = input(op, plain_length, in);
    CK_RV refusal = run(op, in_parts, refused, in, length, plain_length);
    CK_RV after = in_parts ? finish(op, out, &room) : whole(op, in, 16, out, &room);
    length = input(next, next->length, in);
    CK_RV again = run(next, in_parts && next->has_parts, none, in, length, next->length);
    printf("%s %s %s 0x%lx 0x%lx 0x%lx\n", op->name, in_parts ? "parts" : "whole",
           stage_names[refused], refusal, after, again);
}

static void try_operation(const struct operation *op, const struct operation *small) {
    CK_BYTE in[room_max];
    for (int in_parts = 0; in_parts <= op->has_parts; in_parts++) {
        CK_ULONG length = input(op, op->length, in);
        // A throttle never admits the bytes of RSA, small as the record is.
        int is_able = (throttled && !in_parts) ||
                      run(op, in_parts, none, in, length, op->length) == CKR_OK;
        if (!is_able) {
            printf("%s %s unable\n", op->name, in_parts ? "parts" : "whole");
            // What the module leaves behind by itself is none of the gate's doing.
            must("C_CloseSession", module->C_CloseSession(session));
            session = new_session();
        } else if (throttled) {
            try_stage(op, small, in_parts, in_parts ? second : data);
        } else {
            try_stage(op, op, in_parts, beginning);
            for (enum stage stage = in_parts ? first : size; stage <= (in_parts ? end : data);
                 stage++)
                try_stage(op, op, in_parts, stage);
        }
    }
}

static void start(const char *path, char *text, char *pin) {
    struct {
        CK_C_INITIALIZE_ARGS standard;
        void *behind;
    } arguments = {{.flags = CKF_OS_LOCKING_OK}, NULL};
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) must(dlerror(), CKR_GENERAL_ERROR);
    CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    must("C_GetFunctionList", get(&module));
    if (*text) arguments.standard.pReserved = text;
    must("C_Initialize", module->C_Initialize(&arguments));
    must("C_GetSlotList", module->C_GetSlotList(CK_TRUE, slots, &count));
    if (count == 0) must("no token", CKR_TOKEN_NOT_PRESENT);
    slot = slots[0];
    session = new_session();
    if (!pin) return;
    must("C_Login", module->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
}

static CK_OBJECT_HANDLE secret_key(CK_MECHANISM_TYPE type) {
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG length = 32;
    CK_MECHANISM mechanism = {type, NULL, 0};
    CK_ATTRIBUTE attributes[] = {
        {CKA_TOKEN, &no, sizeof no},      {CKA_ENCRYPT, &yes, sizeof yes},
        {CKA_DECRYPT, &yes, sizeof yes},  {CKA_SIGN, &yes, sizeof yes},
        {CKA_VALUE_LEN, &length, sizeof length},
    };
    CK_OBJECT_HANDLE key = 0;
    must("C_GenerateKey", module->C_GenerateKey(session, &mechanism, attributes, 5, &key));
    return key;
}

static void key_pair(CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key) {
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG bits = 2048;
    CK_BYTE exponent[] = {1, 0, 1};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE open[] = {
        {CKA_TOKEN, &no, sizeof no},
        {CKA_ENCRYPT, &yes, sizeof yes},
        {CKA_MODULUS_BITS, &bits, sizeof bits},
        {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent},
    };
    CK_ATTRIBUTE secret[] = {
        {CKA_TOKEN, &no, sizeof no},
        {CKA_DECRYPT, &yes, sizeof yes},
        {CKA_SIGN, &yes, sizeof yes},
    };
    must("C_GenerateKeyPair", module->C_GenerateKeyPair(session, &mechanism, open, 4, secret, 3,
                                                        public_key, private_key));
}

int main(int count, char **arguments) {
    if (count < 4) return 64;
    throttled = !strcmp(arguments[2], "throttled");
    start(arguments[1], arguments[3], count > 4 ? arguments[4] : NULL);
    CK_OBJECT_HANDLE public_key = 0, private_key = 0;
    CK_OBJECT_HANDLE aes = secret_key(CKM_AES_KEY_GEN);
    CK_OBJECT_HANDLE hmac = secret_key(CKM_GENERIC_SECRET_KEY_GEN);
    key_pair(&public_key, &private_key);
    // The keys live as long as the session that made them; the operations get another.
    session = new_session();
    for (int index = 0; index < plain_max; index++) plain[index] = (CK_BYTE)(index * 7 + 1);

    static CK_BYTE vector[16];
    CK_AES_CTR_PARAMS counter = {128, {0}};
    CK_GCM_PARAMS gcm = {vector, 12, 96, NULL, 0, 128};
    CK_RSA_PKCS_OAEP_PARAMS oaep = {CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0};
    struct operation operations[] = {
        {"AES-CBC-PAD", 0, 1, {CKM_AES_CBC_PAD, vector, 16}, aes, aes, 56, 1024},
        {"AES-CBC", 0, 1, {CKM_AES_CBC, vector, 16}, aes, aes, 64, 1024},
        {"AES-CTR", 0, 1, {CKM_AES_CTR, &counter, sizeof counter}, aes, aes, 56, 1024},
        {"AES-GCM", 0, 1, {CKM_AES_GCM, &gcm, sizeof gcm}, aes, aes, 56, 1024},
        {"RSA-PKCS", 0, 0, {CKM_RSA_PKCS, NULL, 0}, private_key, public_key, 32, 32},
        {"RSA-OAEP", 0, 0, {CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep}, private_key, public_key,
         32, 32},
        {"RSA-sign", 1, 0, {CKM_RSA_PKCS, NULL, 0}, private_key, 0, 32, 200},
        {"RSA-SHA256-sign", 1, 1, {CKM_SHA256_RSA_PKCS, NULL, 0}, private_key, 0, 56, 1024},
        {"HMAC-sign", 1, 1, {CKM_SHA256_HMAC, NULL, 0}, hmac, 0, 56, 1024},
    };
    int last = sizeof operations / sizeof *operations - 1;
    for (int index = 0; index <= last; index++) {
        const struct operation *op = &operations[index];
        try_operation(op, &operations[op->signs ? last : 0]);
    }
    puts("done");
    return 0;
}
