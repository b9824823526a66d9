/* A process that does what a gate must not fall for, with the module that does nothing behind it.
   It prints a line a step, and waits for a line where its user is to do something.

     insider first WRAPPED GATE   starts the wrapped module itself before the gate
     insider fork GATE            forks, and calls on in the child without C_Initialize */
#include <softhsm/cryptoki.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static CK_FUNCTION_LIST_PTR load(const char *path)
{
    CK_FUNCTION_LIST_PTR list = NULL;
    CK_C_GetFunctionList get;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) exit(66);
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (!get || get(&list) != CKR_OK) exit(66);
    return list;
}

static void say(const char *what, CK_RV code)
{
    printf("%s 0x%lx\n", what, code);
    fflush(stdout);
}

static void prepare(CK_FUNCTION_LIST_PTR module)
{
    CK_SLOT_ID slot;
    CK_ULONG count = 1, length = 16;
    CK_BYTE pin[] = "1234";
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_MECHANISM generation = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_VALUE_LEN, &length, sizeof length}, {CKA_TOKEN, &no, 1}, {CKA_ENCRYPT, &yes, 1},
        {CKA_DECRYPT, &yes, 1},
    };
    if (module->C_GetSlotList(CK_TRUE, &slot, &count) != CKR_OK
        || module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session)
        || module->C_Login(session, CKU_USER, pin, 4) != CKR_OK
        || module->C_GenerateKey(session, &generation, template, 6, &key) != CKR_OK) {
        fprintf(stderr, "insider: the module cannot be used\n");
        exit(69);
    }
}

/* Opens what was sealed before. */
static CK_RV open_record(CK_FUNCTION_LIST_PTR module)
{
    static CK_BYTE iv[12], sealed[48], plain[48];
    static CK_ULONG sealed_length;
    CK_GCM_PARAMS parameters = {iv, 12, 96, NULL, 0, 128};
    CK_MECHANISM gcm = {CKM_AES_GCM, &parameters, sizeof parameters};
    if (sealed_length == 0) {
        CK_ULONG length = sizeof sealed;
        if (module->C_EncryptInit(session, &gcm, key) == CKR_OK
            && module->C_Encrypt(session, plain, 32, sealed, &length) == CKR_OK)
            sealed_length = length;
    }
    CK_ULONG length = sizeof plain;
    CK_RV code = module->C_DecryptInit(session, &gcm, key);
    if (code != CKR_OK) return code;
    return module->C_Decrypt(session, sealed, sealed_length, plain, &length);
}

static void open_records(CK_FUNCTION_LIST_PTR gate)
{
    for (int i = 0; i < 3; i++) say("open", open_record(gate));
    char line[80];
    if (!fgets(line, sizeof line, stdin)) exit(70);
    say("open", open_record(gate));
}

int main(int count, char **arguments)
{
    if (count == 4 && strcmp(arguments[1], "first") == 0) {
        CK_FUNCTION_LIST_PTR wrapped = load(arguments[2]), gate = load(arguments[3]);
        say("itself", wrapped->C_Initialize(NULL));
        prepare(wrapped);
        say("itself", open_record(wrapped));
        say("before", open_record(gate));
        say("initialize", gate->C_Initialize(NULL));
        open_records(gate);
        return 0;
    }
    if (count == 3 && strcmp(arguments[1], "fork") == 0) {
        CK_FUNCTION_LIST_PTR gate = load(arguments[2]);
        say("initialize", gate->C_Initialize(NULL));
        prepare(gate);
        say("open", open_record(gate));
        pid_t child = fork();
        if (child == 0) {
            open_records(gate);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        say("parent", open_record(gate));
        return status;
    }
    return 64;
}
