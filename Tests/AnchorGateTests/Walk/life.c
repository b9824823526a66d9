#include "walk.h"

#include <string.h>
#include <unistd.h>

/* How a module starts and ends, its sessions, its token, and what a child after fork gets. */

static CK_RV make_mutex(void **place) { return *place = text, CKR_OK; }
static CK_RV use_mutex(void *place) { return (void)place, CKR_OK; }

/* As NSS has it, one pointer longer. */
struct arguments {
    CK_C_INITIALIZE_ARGS standard;
    void *beyond;
};

void walk_initialization(void)
{
    const struct arguments all[] = {
        {.standard.flags = 0},
        {.standard.flags = CKF_OS_LOCKING_OK},
        {.standard.flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS},
        {.standard.flags = 0x7ff0},
        {.standard = {.CreateMutex = make_mutex}},
        {.standard = {.LockMutex = use_mutex, .UnlockMutex = use_mutex}},
        {.standard = {make_mutex, use_mutex, use_mutex, use_mutex, 0, NULL}},
        {.standard = {make_mutex, use_mutex, use_mutex, use_mutex, CKF_OS_LOCKING_OK, NULL}},
        {.standard.pReserved = "no parameters of any module"},
        {.beyond = text},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!case_begins(UNINITIALIZED, "arguments")) continue;
        struct arguments arguments = all[i];
        CALL(C_Initialize, "", &arguments.standard);
        CALL(C_Initialize, "again", &arguments.standard);
        CALL(C_Finalize, "reserved", text);
        CALL(C_Finalize, "", NULL);
        CALL(C_Finalize, "again", NULL);
    }
    if (case_begins(UNINITIALIZED, "no arguments")) {
        CALL(C_Initialize, "", NULL);
        CALL(C_Finalize, "", NULL);
    }
    for (int turn = 0; turn < 3; turn++) {
        if (!case_begins(UNINITIALIZED, "good arguments")) continue;
        CK_INFO info;
        CK_ULONG count = 0;
        begin("C_Initialize", "");
        end(initialize(), NULL, 0, 0);
        begin("C_GetInfo", "");
        memset(&info, 0, sizeof info);
        END(module->C_GetInfo(&info), (CK_BYTE *)&info, 0, sizeof info);
        CALL(C_GetSlotList, "", CK_FALSE, NULL, &count);
        begin("C_Initialize", "again");
        end(initialize(), NULL, 0, 0);
        CALL(C_Finalize, "", NULL);
        CALL(C_GetInfo, "after C_Finalize", &info);
        CALL(C_GetSlotList, "after C_Finalize", CK_FALSE, NULL, &count);
    }
    if (case_begins(UNINITIALIZED, "lists")) {
        CK_FUNCTION_LIST_PTR list = NULL;
        CALL(C_GetFunctionList, "", &list);
        begin("C_GetFunctionList", "version");
        if (list) end(CKR_OK, (CK_BYTE *)&list->version, list == module, sizeof list->version);
        /* Which functions there are, past the version. */
        CK_BYTE is_there[sizeof *list / sizeof(void *)];
        void *const *entry = (void *const *)list;
        for (size_t i = 0; i < sizeof is_there; i++) is_there[i] = i == 0 || entry[i] != NULL;
        begin("C_GetFunctionList", "functions");
        end(CKR_OK, is_there, sizeof is_there, sizeof is_there);
        CALL(C_GetFunctionList, "NULL", NULL);
    }
}

static void tell_sessions(const char *what, CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info = {0};
    begin("C_GetSessionInfo", what);
    CK_RV code = module->C_GetSessionInfo(session, &info);
    end(code, NULL, info.state << 16 | info.flags, 0);
}

static void walk_broken_off(bool closes_all)
{
    CK_SESSION_HANDLE first = open_session(CKF_RW_SESSION);
    CK_MECHANISM cbc = mechanism_of(AES_CBC), mac = mechanism_of(SHA256_HMAC);
    CK_BYTE place[ROOM];
    CK_ULONG length = ROOM;
    CALL(C_DecryptInit, "", first, &cbc, keys[AES]);
    CALL(C_DecryptUpdate, "", first, text, 16, place, &length);
    CALL(C_SignInit, "", first, &mac, keys[HMAC]);
    if (closes_all) {
        CALL(C_CloseAllSessions, "in the middle", slot);
        ensure(USER);
    } else {
        CALL(C_CloseSession, "in the middle", first);
    }
    CALL(C_CloseSession, "again", first);
    length = ROOM;
    CALL(C_DecryptUpdate, "closed", first, text, 16, place, &length);
    CALL(C_SignUpdate, "closed", first, text, 16);
    CK_SESSION_HANDLE second = open_session(CKF_RW_SESSION);
    length = ROOM;
    CALL(C_DecryptUpdate, "next session", second, text, 16, place, &length);
    CALL(C_SignUpdate, "next session", second, text, 16);
    CALL(C_DecryptInit, "next session", second, &cbc, keys[AES]);
    length = ROOM;
    begin("C_Decrypt", "next session");
    memset(place, 0xa5, ROOM);
    END(module->C_Decrypt(second, text, 32, place, &length), place, length, ROOM);
    CALL(C_CloseSession, "", second);
}

void walk_sessions(void)
{
    if (case_begins(USER, "broken off")) walk_broken_off(false);
    if (case_begins(USER, "all broken off")) walk_broken_off(true);
    if (case_begins(PUBLIC, "logins")) {
        CK_SESSION_HANDLE reads = open_session(0), writes = open_session(CKF_RW_SESSION);
        tell_sessions("reads, logged out", reads);
        tell_sessions("writes, logged out", writes);
        CALL(C_Login, "officer while a session only reads", writes, CKU_SO, officer_pin, 6);
        CALL(C_Login, "wrong PIN", writes, CKU_USER, officer_pin, 6);
        CALL(C_Login, "context-specific", writes, 2, user_pin, 4);
        CALL(C_Login, "", reads, CKU_USER, user_pin, 4);
        CALL(C_Login, "again", writes, CKU_USER, user_pin, 4);
        tell_sessions("reads, logged in", reads);
        tell_sessions("writes, logged in", writes);
        CALL(C_InitPIN, "as a user", writes, user_pin, 4);
        CALL(C_SetPIN, "wrong", writes, officer_pin, 6, user_pin, 4);
        CALL(C_SetPIN, "where one only reads", reads, user_pin, 4, user_pin, 4);
        CALL(C_Logout, "", writes);
        CALL(C_Logout, "again", reads);
        CALL(C_CloseSession, "", reads);
        CALL(C_CloseSession, "", writes);
    }
    if (case_begins(OFFICER, "officer")) {
        CK_SESSION_HANDLE reads = 0, writes = open_session(CKF_RW_SESSION);
        CALL(C_OpenSession, "only to read", slot, CKF_SERIAL_SESSION, NULL, NULL, &reads);
        tell_sessions("officer", writes);
        CK_MECHANISM cbc = mechanism_of(AES_CBC);
        CALL(C_DecryptInit, "", writes, &cbc, keys[AES]);
        CALL(C_SignInit, "wrong mechanism", writes, &cbc, keys[AES]);
        CALL(C_InitPIN, "", writes, user_pin, 4);
        CALL(C_CloseSession, "", writes);
    }
    if (case_begins(USER, "logout in the middle")) {
        CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
        CK_MECHANISM cbc = mechanism_of(AES_CBC);
        CK_BYTE place[ROOM];
        CK_ULONG length = ROOM;
        CALL(C_DecryptInit, "", session, &cbc, keys[AES]);
        CALL(C_Logout, "", session);
        CALL(C_DecryptUpdate, "", session, text, 16, place, &length);
        CALL(C_DecryptInit, "again", session, &cbc, keys[AES]);
        CALL(C_CloseSession, "", session);
    }
    if (case_begins(USER, "finalized in the middle")) {
        CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
        CK_MECHANISM cbc = mechanism_of(AES_CBC);
        CK_BYTE place[ROOM];
        CK_ULONG length = ROOM;
        CALL(C_DecryptInit, "", session, &cbc, keys[AES]);
        CALL(C_Finalize, "", NULL);
        begin("C_Initialize", "");
        end(initialize(), NULL, 0, 0);
        CALL(C_DecryptUpdate, "", session, text, 16, place, &length);
        CALL(C_CloseSession, "", session);
    }
}

void walk_token(void)
{
    if (!case_begins(PUBLIC, "token")) return;
    CALL(C_InitToken, "with a session open", slot, officer_pin, 6, token_label);
    CALL(C_CloseAllSessions, "", slot);
    CALL(C_InitToken, "wrong PIN", slot, user_pin, 4, token_label);
    CALL(C_InitToken, "", slot, officer_pin, 6, token_label);
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    CALL(C_Login, "before there is a PIN", session, CKU_USER, user_pin, 4);
    CALL(C_Login, "officer", session, CKU_SO, officer_pin, 6);
    CALL(C_SetPIN, "officer", session, officer_pin, 6, officer_pin, 6);
    CALL(C_InitPIN, "too short", session, user_pin, 0);
    CALL(C_InitPIN, "", session, user_pin, 4);
    CALL(C_Logout, "", session);
    CALL(C_Login, "", session, CKU_USER, user_pin, 4);
    CALL(C_CloseSession, "", session);
}

static CK_SESSION_HANDLE inherited;

static void walk_as_child(void)
{
    CK_MECHANISM cbc = mechanism_of(AES_CBC);
    CK_BYTE place[ROOM];
    CK_ULONG length = ROOM, count = 0;
    CK_INFO info;
    CALL(C_GetInfo, "in the child", &info);
    CALL(C_GetSlotList, "in the child", CK_FALSE, NULL, &count);
    begin("C_DecryptUpdate", "in the child");
    memset(place, 0xa5, ROOM);
    END(module->C_DecryptUpdate(inherited, text, 16, place, &length), place, length, ROOM);
    CALL(C_DecryptInit, "in the child", inherited, &cbc, keys[AES]);
    CALL(C_EncryptInit, "in the child", inherited, &cbc, keys[AES]);
    CALL(C_SignInit, "in the child", inherited, &cbc, keys[AES]);
    CALL(C_CloseSession, "in the child", inherited);
    begin("C_Initialize", "in the child");
    end(initialize(), NULL, 0, 0);
    CALL(C_Finalize, "in the child", NULL);
    begin("C_Initialize", "in the child, again");
    end(initialize(), NULL, 0, 0);
    CALL(C_GetSlotList, "in the child, again", CK_FALSE, NULL, &count);
    CALL(C_Finalize, "in the child, again", NULL);
}

void walk_fork(void)
{
    if (!case_begins(USER, "fork")) return;
    CK_MECHANISM cbc = mechanism_of(AES_CBC);
    inherited = open_session(CKF_RW_SESSION);
    CALL(C_DecryptInit, "before", inherited, &cbc, keys[AES]);
    in_new_process(walk_as_child);
    CK_BYTE place[ROOM];
    CK_ULONG length = ROOM;
    begin("C_DecryptUpdate", "in the parent");
    memset(place, 0xa5, ROOM);
    END(module->C_DecryptUpdate(inherited, text, 16, place, &length), place, length, ROOM);
    CALL(C_CloseSession, "in the parent", inherited);
}
