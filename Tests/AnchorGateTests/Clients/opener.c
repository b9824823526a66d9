/* A client of a PKCS#11 module that opens one record again and again, with AES-GCM under a key of its own session.

     opener MODULE COUNT [TALLY]

   Opens COUNT times, or until it is killed where COUNT is 0, with C_DecryptInit and C_Decrypt. Prints, once it is over, a line
   "CODE COUNT" for each return code of the two, hexadecimal, and on the monotonic clock "last-opened
   NANOSECONDS", when the last call began that was let through, and "first-refusal NANOSECONDS", when the first was refused
   after one was opened, or where COUNT is 0. TALLY is a file of 8 bytes, in which every process adds up the calls that
   succeeded: what was opened is known even of a client that is killed. Exit codes: 0; 2 where the module gives no session. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <softhsm/cryptoki.h>

enum { record_bytes = 256, codes = 16 };

static CK_RV code_of[codes];
static unsigned long count_of[codes];

static void tally_code(CK_RV code) {
    for (int i = 0; i < codes; i++) {
        if (count_of[i] == 0) { code_of[i] = code; }
        if (code_of[i] == code) {
            count_of[i]++;
            return;
        }
    }
}

static int fail(const char *what, CK_RV code) {
    fprintf(stderr, "opener: %s: 0x%lx\n", what, (unsigned long)code);
    return 2;
}

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 3) { return 2; }
    _Atomic uint64_t *opened = NULL;
    if (argc > 3) {
        int file = open(argv[3], O_RDWR | O_CREAT, 0600);
        if (file < 0 || ftruncate(file, 8) != 0) { return 2; }
        opened = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (opened == MAP_FAILED) { return 2; }
    }
    void *library = dlopen(argv[1], RTLD_NOW);
    if (!library) { return fail(dlerror(), 0); }
    CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    CK_FUNCTION_LIST_PTR p11 = NULL;
    if (!get || get(&p11) != CKR_OK) { return fail("C_GetFunctionList", 0); }
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    CK_RV code = p11->C_Initialize(&arguments);
    if (code != CKR_OK) { return fail("C_Initialize", code); }
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    code = p11->C_GetSlotList(CK_TRUE, slots, &count);
    if (code != CKR_OK || count == 0) { return fail("C_GetSlotList", code); }
    CK_SESSION_HANDLE session;
    code = p11->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
    if (code != CKR_OK) { return fail("C_OpenSession", code); }
    CK_UTF8CHAR pin[] = "1234";
    code = p11->C_Login(session, CKU_USER, pin, 4);
    if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) { return fail("C_Login", code); }

    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG length = 32;
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type}, {CKA_VALUE_LEN, &length, sizeof length},
        {CKA_TOKEN, &no, sizeof no},       {CKA_ENCRYPT, &yes, sizeof yes},    {CKA_DECRYPT, &yes, sizeof yes},
    };
    CK_MECHANISM make = {CKM_AES_KEY_GEN, NULL, 0};
    CK_OBJECT_HANDLE key;
    code = p11->C_GenerateKey(session, &make, template, sizeof template / sizeof *template, &key);
    if (code != CKR_OK) { return fail("C_GenerateKey", code); }
    CK_BYTE iv[12] = {1};
    CK_GCM_PARAMS parameters = {.pIv = iv, .ulIvLen = 12, .ulIvBits = 96, .ulTagBits = 128};
    CK_MECHANISM gcm = {CKM_AES_GCM, &parameters, sizeof parameters};
    CK_BYTE record[record_bytes] = {42}, sealed[record_bytes + 32], plain[record_bytes + 32];
    CK_ULONG sealed_length = sizeof sealed;
    code = p11->C_EncryptInit(session, &gcm, key);
    if (code == CKR_OK) { code = p11->C_Encrypt(session, record, record_bytes, sealed, &sealed_length); }
    if (code != CKR_OK) { return fail("C_Encrypt", code); }

    unsigned long wanted = strtoul(argv[2], NULL, 10);
    int has_opened = 0;
    int64_t last_opened = 0;
    for (unsigned long i = 0; wanted == 0 || i < wanted; i++) {
        int64_t begun = monotonic_ns();
        code = p11->C_DecryptInit(session, &gcm, key);
        if (code == CKR_OK) {
            CK_ULONG plain_length = sizeof plain;
            code = p11->C_Decrypt(session, sealed, sealed_length, plain, &plain_length);
            if (code == CKR_OK && memcmp(plain, record, record_bytes) != 0) { code = CKR_DATA_INVALID; }
        }
        if (code == CKR_OK) {
            has_opened = 1;
            last_opened = begun;
            if (opened) { (*opened)++; }
        } else if (has_opened || wanted == 0) {
            printf("first-refusal %lld\n", (long long)monotonic_ns());
            has_opened = 0;
            if (wanted == 0) { break; }
        }
        tally_code(code);
    }
    printf("last-opened %lld\n", (long long)last_opened);
    for (int i = 0; i < codes && count_of[i] > 0; i++) { printf("%lx %lu\n", (unsigned long)code_of[i], count_of[i]); }
    return 0;
}
