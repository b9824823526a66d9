#include "walk.h"

#include <stdio.h>
#include <string.h>

/* Every function with good arguments, then with each argument wrong in each way that its kind
   allows, then good again to see in what state the wrong call left the session. */

#define BEGUN(function) offsetof(CK_FUNCTION_LIST, function)

struct frame {
    CK_ULONG arguments[8];
    CK_MECHANISM mechanism;
    CK_BYTE output[ROOM];
    CK_ULONG length, places[2][64];
};

static CK_RV invoke(size_t offset, const CK_ULONG *a, size_t count)
{
    /* All arguments of PKCS#11 are words, and are handed over as such. */
    typedef CK_ULONG w;
    union {
        CK_RV (*one)(w), (*two)(w, w), (*three)(w, w, w), (*four)(w, w, w, w);
        CK_RV (*five)(w, w, w, w, w), (*six)(w, w, w, w, w, w);
        CK_RV (*eight)(w, w, w, w, w, w, w, w);
    } call;
    memcpy(&call, (const char *)module + offset, sizeof call);
    if (!call.one) return (CK_RV)-1;
    switch (count) {
    case 1: return call.one(a[0]);
    case 2: return call.two(a[0], a[1]);
    case 3: return call.three(a[0], a[1], a[2]);
    case 4: return call.four(a[0], a[1], a[2], a[3]);
    case 5: return call.five(a[0], a[1], a[2], a[3], a[4]);
    case 6: return call.six(a[0], a[1], a[2], a[3], a[4], a[5]);
    default: return call.eight(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
}

static CK_ULONG nobody(CK_SESSION_HANDLE session, CK_NOTIFICATION event, CK_VOID_PTR application)
{
    (void)session, (void)event, (void)application;
    return CKR_OK;
}

static void take_templates(const struct row *row, struct bytes *first, struct bytes *second)
{
    static CK_BYTE oid[] = {6, 8, 42, 134, 72, 206, 61, 3, 1, 7}, value[64];
    static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    static CK_ATTRIBUTE curve[] = {{CKA_EC_PARAMS, oid, sizeof oid}, {CKA_TOKEN, &no, 1},
                                   {CKA_VERIFY, &yes, 1}};
    static CK_ATTRIBUTE pair[] = {{CKA_TOKEN, &no, 1}, {CKA_PRIVATE, &no, 1}, {CKA_SIGN, &yes, 1}};
    static CK_ATTRIBUTE asked[] = {{CKA_VALUE, value, 64}, {CKA_EXTRACTABLE, value + 32, 1}};
    static CK_ATTRIBUTE named[] = {{CKA_LABEL, "new name", 8}};
    CK_ULONG count = 0;
    CK_ATTRIBUTE *template = new_key_template(&count);
    asked[0].ulValueLen = sizeof value;
    asked[1].ulValueLen = 1;
    switch (row->offset) {
    case BEGUN(C_CreateObject): template = data_template(&count); break;
    case BEGUN(C_GenerateKeyPair): template = curve, count = 3; break;
    case BEGUN(C_GetAttributeValue): template = asked, count = 2; break;
    case BEGUN(C_SetAttributeValue):
    case BEGUN(C_CopyObject): template = named, count = 1; break;
    case BEGUN(C_FindObjectsInit): count = 2; break;
    /* How long an unwrapped key is says what is unwrapped. */
    case BEGUN(C_UnwrapKey): count--; break;
    default: break;
    }
    *first = (struct bytes){(CK_BYTE *)template, count};
    *second = (struct bytes){(CK_BYTE *)pair, 3};
}

/* Good arguments. */
static void fill(const struct row *row, struct frame *frame, CK_SESSION_HANDLE session)
{
    struct bytes first = input_of(row->input, row->mechanism, row->key), templates[2];
    struct bytes second = input_of(row->second, row->mechanism, row->key);
    take_templates(row, &templates[0], &templates[1]);
    frame->mechanism = mechanism_of(row->mechanism);
    frame->length = row->offset == BEGUN(C_GetSlotList) || row->offset == BEGUN(C_GetMechanismList)
        ? ROOM / sizeof(CK_ULONG) : ROOM;
    memset(frame->output, 0xa5, ROOM);
    memset(frame->places, 0, sizeof frame->places);
    for (size_t i = 0; row->kinds[i]; i++) {
        CK_ULONG *a = &frame->arguments[i];
        switch (row->kinds[i]) {
        case 'S': *a = session; break;
        case 'L': *a = slot; break;
        case 'K': *a = keys[row->key]; break;
        case 'k': *a = row->mechanism == NO_MECHANISM ? 0 : keys[VICTIM]; break;
        case 'M': *a = (CK_ULONG)&frame->mechanism; break;
        case 'I': *a = (CK_ULONG)first.data; break;
        case 'N': *a = first.length; break;
        case 'J': *a = (CK_ULONG)second.data; break;
        case 'j': *a = second.length; break;
        case 'O': *a = (CK_ULONG)frame->output; break;
        case 'n': *a = (CK_ULONG)&frame->length; break;
        case 'T': *a = (CK_ULONG)templates[0].data; break;
        case 'C': *a = templates[0].length; break;
        case 'U': *a = (CK_ULONG)templates[1].data; break;
        case 'c': *a = templates[1].length; break;
        case 'P': *a = (CK_ULONG)frame->places[0]; break;
        case 'Q': *a = (CK_ULONG)frame->places[1]; break;
        case 'V':
        case 'W': *a = row->value; break;
        case 'B': *a = (CK_ULONG)token_label; break;
        default: *a = 0; break;
        }
    }
}

enum change { SET, NULL_WITHOUT_LENGTH, OTHER_MECHANISM, NO_PARAMETER, SHORT_PARAMETER, NULL_BOTH,
    ROOM_FOR_NONE, ROOM_ONE_SHORT, ROOM_EXACT };

static const struct fault {
    const char *kinds, *name;
    enum change change;
    CK_ULONG value;
} faults[] = {
    {"S", "session 0", SET, 0},
    {"S", "unknown session", SET, 0xdead},
    {"S", "session of all bits", SET, ~0ul},
    {"L", "unknown slot", SET, 0xdead},
    {"L", "slot of all bits", SET, ~0ul},
    {"Kk", "key 0", SET, 0},
    {"Kk", "unknown key", SET, 0xdead},
    {"MIJOnTUPQB", "NULL", SET, 0},
    {"IJTU", "NULL and length 0", NULL_WITHOUT_LENGTH, 0},
    {"NjCc", "length 0", SET, 0},
    {"Njc", "length 1", SET, 1},
    {"Nj", "length 15", SET, 15},
    {"M", "unknown mechanism", OTHER_MECHANISM, 0},
    {"M", "no parameter", NO_PARAMETER, 0},
    {"M", "short parameter", SHORT_PARAMETER, 0},
    {"O", "NULL, and NULL for its length", NULL_BOTH, 0},
    {"n", "room for nothing", ROOM_FOR_NONE, 0},
    {"n", "room for one less", ROOM_ONE_SHORT, 0},
    {"n", "exact room", ROOM_EXACT, 0},
    {"VW", "value 0", SET, 0},
    {"V", "other value", SET, 0x7ffffff7},
    {"R", "not NULL", SET, (CK_ULONG)text},
    {"X", "not NULL", SET, (CK_ULONG)nobody},
};

static void change(const struct fault *fault, struct frame *frame, size_t at, size_t row)
{
    CK_ULONG *a = &frame->arguments[at];
    switch (fault->change) {
    case SET: *a = fault->value; break;
    case NULL_WITHOUT_LENGTH: a[0] = a[1] = 0; break;
    case OTHER_MECHANISM: frame->mechanism = mechanism_of(NO_MECHANISM); break;
    case NO_PARAMETER: frame->mechanism.pParameter = NULL;
        frame->mechanism.ulParameterLen = 0; break;
    case SHORT_PARAMETER: frame->mechanism.ulParameterLen /= 2; break;
    case NULL_BOTH: a[0] = a[1] = 0; break;
    case ROOM_FOR_NONE: frame->length = 0; break;
    case ROOM_ONE_SHORT: frame->length = *exact_length(row) ? *exact_length(row) - 1 : 0; break;
    case ROOM_EXACT: frame->length = *exact_length(row); break;
    }
}

static void begin_operation(size_t offset, const struct row *row, CK_SESSION_HANDLE session)
{
    if (offset == 0) return;
    enum mechanism name = offset == BEGUN(C_DigestInit) ? SHA256
        : row->begun_too == offset ? SHA256_HMAC : row->mechanism;
    CK_MECHANISM mechanism = mechanism_of(name);
    CK_OBJECT_HANDLE key = keys[name == SHA256_HMAC ? HMAC : row->key];
    CK_ULONG arguments[3] = {session, (CK_ULONG)&mechanism, key};
    size_t count = offset == BEGUN(C_DigestInit) ? 2 : 3;
    if (offset == BEGUN(C_FindObjectsInit)) arguments[1] = 0, arguments[2] = 0;
    begin("its beginning", "");
    end(invoke(offset, arguments, count), NULL, 0, 0);
}

static CK_RV call(const struct row *row, struct frame *frame, const char *what)
{
    bool has_output = strchr(row->kinds, 'O') && !row->is_random;
    begin(row->function, what);
    CK_RV code = invoke(row->offset, frame->arguments, strlen(row->kinds));
    /* Of handles only this is told: whether there is one. */
    CK_ULONG told = strchr(row->kinds, 'n') ? frame->length
        : strchr(row->kinds, 'P') ? frame->places[0][0] != 0 : 0;
    /* Of a call that fails, NSS may give a length that it never set. */
    if (code != CKR_OK) told = 0;
    return end(code, has_output ? frame->output : NULL, told, ROOM);
}

static void walk_case(size_t index, const struct fault *fault, size_t at, CK_FLAGS flags)
{
    const struct row *row = &rows[index];
    struct frame frame;
    CK_SESSION_HANDLE session = open_session(flags);
    begin_operation(row->begun, row, session);
    begin_operation(row->begun_too, row, session);
    fill(row, &frame, session);
    if (fault) change(fault, &frame, at, index);
    CK_RV code = call(row, &frame, "");
    if (!fault && code == CKR_OK) *exact_length(index) = frame.length;
    fill(row, &frame, session);
    call(row, &frame, "then good");
    module->C_CloseSession(session);
}

static void walk_row(size_t index)
{
    const struct row *row = &rows[index];
    char what[80];
    snprintf(what, sizeof what, "row %zu, good", index);
    if (case_begins(row->state, what)) walk_case(index, NULL, 0, CKF_RW_SESSION);
    snprintf(what, sizeof what, "row %zu, good, read-only", index);
    if (row->state != OFFICER && case_begins(row->state, what)) walk_case(index, NULL, 0, 0);
    for (size_t at = 0; row->kinds[at]; at++) {
        for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
            if (!strchr(faults[i].kinds, row->kinds[at])) continue;
            snprintf(what, sizeof what, "row %zu, argument %zu %s", index, at, faults[i].name);
            if (case_begins(row->state, what)) walk_case(index, &faults[i], at, CKF_RW_SESSION);
        }
    }
    if (row->begun == 0) return;
    snprintf(what, sizeof what, "row %zu, not begun", index);
    if (!case_begins(row->state, what)) return;
    struct frame frame;
    CK_SESSION_HANDLE session = open_session(CKF_RW_SESSION);
    fill(row, &frame, session);
    call(row, &frame, "");
    module->C_CloseSession(session);
}

void walk_table(void)
{
    for (size_t index = 0; index < row_count; index++) walk_row(index);
}

void walk_table_in_public(void)
{
    char what[80];
    for (size_t index = 0; index < row_count; index++) {
        snprintf(what, sizeof what, "row %zu, logged out", index);
        if (case_begins(PUBLIC, what)) walk_case(index, NULL, 0, CKF_RW_SESSION);
    }
}

static void walk_uninitialized(void)
{
    static struct row row;
    char what[80];
    for (size_t index = 0; index < row_count; index++) {
        row = rows[index];
        /* Nothing can be sealed yet: any bytes will do. */
        if (row.input != NOTHING) row.input = TEXT;
        if (row.second != NOTHING) row.second = TEXT;
        for (int is_zero = 0; is_zero < 2; is_zero++) {
            /* It would be initialised. */
            if (row.offset == BEGUN(C_Initialize)) continue;
            snprintf(what, sizeof what, "row %zu, %s", index, is_zero ? "zeros" : "good");
            if (!case_begins(UNINITIALIZED, what)) continue;
            struct frame frame;
            fill(&row, &frame, 1);
            if (is_zero) memset(frame.arguments, 0, sizeof frame.arguments);
            call(&row, &frame, "");
        }
    }
}

void walk_table_before(void) { walk_uninitialized(); }

void walk_table_after(void)
{
    if (initialize() != CKR_OK || module->C_Finalize(NULL) != CKR_OK)
        give_up("C_Initialize and C_Finalize do not work", 0);
    walk_uninitialized();
}

void walk_table_refused(void)
{
    if (case_begins(UNINITIALIZED, "refused")) {
        begin("C_Initialize", "");
        END(initialize(), NULL, 0, 0);
    }
    walk_uninitialized();
}
