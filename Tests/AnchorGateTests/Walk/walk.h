/* Walks through every function of PKCS#11 2.40 and prints what a module answers, one line a call:
   number, function, case, code, digest of what it put out. Handles and random bytes are not
   printed, so that two walks through the same module print the same. */
#ifndef WALK_H
#define WALK_H

#include <softhsm/cryptoki.h>
#include <stdbool.h>
#include <stddef.h>

/* The functions of the module that is walked through. */
extern CK_FUNCTION_LIST_PTR module;

/* Who is logged in, and with which keys. */
enum state { UNINITIALIZED, PUBLIC, USER, OFFICER };

enum key { NO_KEY, AES, HMAC, RSA_PUBLIC, RSA_PRIVATE, VICTIM, KEYS };

enum mechanism {
    NO_MECHANISM, SHA256, AES_ECB, AES_CBC, AES_CBC_PAD, AES_CTR, AES_GCM, AES_CMAC, SHA256_HMAC,
    RSA_PKCS, RSA_X_509, RSA_OAEP, SHA256_RSA, AES_WRAP, AES_DERIVE, AES_GEN, SECRET_GEN, EC_GEN,
    MECHANISMS
};

/* What a call is given. */
enum input {
    NOTHING, TEXT, PIN, SEALED, SIGNED, RECOVERABLE, WRAPPED, STATE_BYTES, WHOLE_BLOCK
};

enum { ROOM = 1024 };

struct bytes {
    CK_BYTE *data;
    CK_ULONG length;
};

/* setup.c */
extern CK_SLOT_ID slot;
extern CK_OBJECT_HANDLE keys[KEYS];
extern CK_BYTE user_pin[16], officer_pin[16], text[], token_label[];
enum { TEXT_BYTES = 64 };
void use_parameters(char *parameters);
bool has_login(void);
CK_RV initialize(void);
void provision(void);
/* Initialises the module, logs in and makes the keys where any of it is not so already. */
void ensure(enum state state);
CK_SESSION_HANDLE open_session(CK_FLAGS flags);
CK_MECHANISM mechanism_of(enum mechanism mechanism);
/* What `input` stands for where the operation is done with a mechanism and a key. */
struct bytes input_of(enum input input, enum mechanism mechanism, enum key key);
CK_ATTRIBUTE *new_key_template(CK_ULONG *count);
CK_ATTRIBUTE *data_template(CK_ULONG *count);

/* walk.c */
extern CK_RV answer;
/* Whether a case is to be walked now; a case that ended the process before is left out. */
bool case_begins(enum state state, const char *what);
/* Prepares the next call's line. */
void begin(const char *function, const char *what);
/* Prints it. `bytes` may be NULL, then `length` alone is told. */
CK_RV end(CK_RV code, const CK_BYTE *bytes, CK_ULONG length, CK_ULONG room);
/* Ends the walk: the setup itself does not work. */
_Noreturn void give_up(const char *what, CK_RV code);
/* How long the result of a table's row is, kept for the walks after a crash. */
CK_ULONG *exact_length(size_t row);
bool in_new_process(void (*body)(void));

/* Makes the call first and looks at what it gave out then: arguments have no order. */
#define END(call, bytes, length, room) (answer = (call), end(answer, bytes, length, room))
#define CALL(function, what, ...) \
    (begin(#function, what), end(module->function(__VA_ARGS__), NULL, 0, 0))

/* rows.c */
/* An argument's kind is a letter: S session, L slot, K first key, k second key, M mechanism,
   I input and N its length, J second input and j its length, O output and n its length,
   T template and C its count, U and c those of a second one, P place of a handle or structure,
   Q place of a second one, V value, W value that may be
   0 but not great, B label, R reserved, X callback. */
struct row {
    const char *function;
    size_t offset;
    const char *kinds;
    enum mechanism mechanism;
    enum key key;
    enum input input, second;
    /* Functions that begin the operations that it goes on with; 0 for none. */
    size_t begun, begun_too;
    CK_ULONG value;
    enum state state;
    /* Its output is random, or names slots or addresses. */
    bool is_random;
};
extern const struct row rows[];
extern const size_t row_count;

/* table.c */
void walk_table(void);
void walk_table_in_public(void);
void walk_table_before(void);
void walk_table_after(void);
void walk_table_refused(void);

/* sequences.c, life.c */
void walk_sequences(void);
void walk_initialization(void);
void walk_sessions(void);
void walk_token(void);
void walk_fork(void);

#endif
