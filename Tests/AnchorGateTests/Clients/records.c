// Seals four records under the AES key of a token and opens them as it is told, line by line.
//
//     records MODULE PIN
//
// It first prints a line for each record, the first eight bytes of its ciphertext in hexadecimal
// digits: they are the same each time, since key, IVs and plaintexts are. Then it answers each
// order with what the last call of the module returned:
//
//     whole N...       opens records with one call, joined to one
//     held N           the same, but says "held" and waits for a line before C_Decrypt
//     parts CUT N...   in two parts, the first of them CUT bytes long
//     size N           asks how long a record is, and gives no place for it
//     digest N         hands a record to C_DecryptDigestUpdate
//     verify N         hands a record to C_DecryptVerifyUpdate
//     unwrap N         hands a record to C_UnwrapKey

#include <dlfcn.h>
#include <softhsm/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { records = 4, plain_length = 40, sealed_length = 48, room_max = 1024 };

static CK_FUNCTION_LIST_PTR module;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;
static CK_BYTE sealed[records][sealed_length];

static void must(const char *what, CK_RV code) {
    if (code == CKR_OK) return;
    printf("stopped %s 0x%lx\n", what, code);
    exit(1);
}

static CK_SESSION_HANDLE new_session(void) {
    CK_SESSION_HANDLE opened = 0;
    CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    must("C_OpenSession", module->C_OpenSession(slot, flags, NULL, NULL, &opened));
    return opened;
}

// Every record has an IV of its own.
static CK_MECHANISM mechanism_of(int record, CK_BYTE *vector) {
    memset(vector, record + 1, 16);
    CK_MECHANISM mechanism = {CKM_AES_CBC_PAD, vector, 16};
    return mechanism;
}

static void seal(int record) {
    CK_BYTE plain[plain_length], vector[16];
    CK_ULONG length = sealed_length;
    CK_MECHANISM mechanism = mechanism_of(record, vector);
    // No first blocks that are alike once the IV is in them.
    memset(plain, 'a' + 2 * record, sizeof plain);
    must("C_EncryptInit", module->C_EncryptInit(session, &mechanism, key));
    must("C_Encrypt", module->C_Encrypt(session, plain, sizeof plain, sealed[record], &length));
    for (int index = 0; index < 8; index++) printf("%02x", sealed[record][index]);
    printf("\n");
}

static CK_RV begin(int record) {
    CK_BYTE vector[16];
    CK_MECHANISM mechanism = mechanism_of(record, vector);
    return module->C_DecryptInit(session, &mechanism, key);
}

static CK_RV whole(CK_BYTE *in, CK_ULONG length) {
    CK_BYTE out[room_max];
    CK_ULONG room = sizeof out;
    return module->C_Decrypt(session, in, length, out, &room);
}

static CK_RV parts(CK_BYTE *in, CK_ULONG length, CK_ULONG cut) {
    CK_BYTE out[room_max];
    CK_ULONG room = sizeof out;
    CK_RV code = module->C_DecryptUpdate(session, in, cut, out, &room);
    if (code != CKR_OK) return code;
    room = sizeof out;
    code = module->C_DecryptUpdate(session, in + cut, length - cut, out, &room);
    if (code != CKR_OK) return code;
    room = sizeof out;
    return module->C_DecryptFinal(session, out, &room);
}

// Leaves nothing of an operation that was begun or handed something.
static void renew(void) {
    must("C_CloseSession", module->C_CloseSession(session));
    session = new_session();
}

static CK_RV obey(char *order) {
    CK_BYTE in[room_max], out[room_max];
    CK_ULONG length = 0, room = sizeof out, cut = 0;
    CK_RV code;
    char line[16], *word = strtok(order, " \n");
    if (!word) return CKR_ARGUMENTS_BAD;
    if (!strcmp(word, "parts")) cut = strtoul(strtok(NULL, " \n"), NULL, 10);
    int first = -1;
    for (char *next; (next = strtok(NULL, " \n"));) {
        int record = atoi(next);
        if (first < 0) first = record;
        memcpy(in + length, sealed[record], sealed_length);
        length += sealed_length;
    }
    if (!strcmp(word, "digest")) {
        code = module->C_DecryptDigestUpdate(session, in, length, out, &room);
    } else if (!strcmp(word, "verify")) {
        code = module->C_DecryptVerifyUpdate(session, in, length, out, &room);
    } else if (!strcmp(word, "unwrap")) {
        CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP, NULL, 0};
        CK_OBJECT_CLASS class = CKO_SECRET_KEY;
        CK_KEY_TYPE type = CKK_AES;
        CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class},
                                 {CKA_KEY_TYPE, &type, sizeof type}};
        CK_OBJECT_HANDLE made = 0;
        code = module->C_UnwrapKey(session, &mechanism, key, in, length, wanted, 2, &made);
    } else {
        code = begin(first);
        if (code != CKR_OK) return code;
        if (!strcmp(word, "size")) {
            code = module->C_Decrypt(session, in, length, NULL, &room);
        } else if (!strcmp(word, "parts")) {
            return parts(in, length, cut);
        } else {
            if (!strcmp(word, "held")) {
                puts("held");
                if (!fgets(line, sizeof line, stdin)) exit(2);
            }
            return whole(in, length);
        }
    }
    renew();
    return code;
}

static void start(const char *path, char *pin) {
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_ATTRIBUTE wanted = {CKA_CLASS, &class, sizeof class};
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) must(dlerror(), CKR_GENERAL_ERROR);
    CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    must("C_GetFunctionList", get(&module));
    must("C_Initialize", module->C_Initialize(&arguments));
    must("C_GetSlotList", module->C_GetSlotList(CK_TRUE, slots, &count));
    slot = slots[0];
    session = new_session();
    must("C_Login", module->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
    must("C_FindObjectsInit", module->C_FindObjectsInit(session, &wanted, 1));
    must("C_FindObjects", module->C_FindObjects(session, &key, 1, &count));
    must("C_FindObjectsFinal", module->C_FindObjectsFinal(session));
    if (count == 0) must("no key", CKR_GENERAL_ERROR);
    // The login ends with its last session; the operations get another.
    session = new_session();
}

int main(int count, char **arguments) {
    char order[128];
    if (count < 3) return 64;
    setvbuf(stdout, NULL, _IOLBF, 0);
    start(arguments[1], arguments[2]);
    for (int record = 0; record < records; record++) seal(record);
    while (fgets(order, sizeof order, stdin)) printf("0x%lx\n", obey(order));
    return 0;
}
