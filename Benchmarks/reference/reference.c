/*
 * The reference: how fast a PKCS#11 module decrypts when a plain C loop asks it.
 *
 * It measures what `anchorbench` measures, with nothing of anchorbench in it, so that a difference
 * between the two is the cost of the tool and not of the module. Each caller is a thread with a
 * session of its own; all warm up, are released at one instant and call C_DecryptInit and C_Decrypt
 * in a closed loop until the time is over. A call costs two reads of CLOCK_MONOTONIC and one
 * addition to an array; its plaintext is compared after the second read. With --processes the
 * callers are spread over so many processes, which load the module one after the other.
 *
 *   gcc -O2 -Wall -Wextra -pthread -o reference reference.c -ldl     (or: make)
 *
 *   REFERENCE_PIN=1234 ./reference --module /usr/lib/softhsm/libsofthsm2.so --token reference \
 *       --mechanism aes-gcm --callers 2 --duration-ms 2000 [--record-bytes 256] \
 *       [--key-label records | --session-key] [--warm-up-ms 50] [--processes 1]
 *       [--initialize TEXT] [--heap-shift 16] [--no-clock] [--header]
 *
 * --heap-shift moves all that the module allocates by so many bytes: which of its locks share a
 * cache line hangs on that, and with it the rate of callers that contend for them (by 9 % with two
 * callers on SoftHSM2 2.6.1).
 *
 * --initialize passes a text with C_Initialize, as NSS wants it. A PIN is needed where the token
 * wants a login. --no-clock measures the bare call: batches of calls with no reading of the clock
 * and no comparison in between, but for the last of each batch, and so without percentiles.
 *
 * One line of CSV goes to the standard output:
 *
 *   mechanism,callers,operations,seconds,throughput_per_second,p50_ns,p99_ns,p999_ns,max_ns,errors,
 *   cpu_ns_per_operation,processes
 *
 * `operations` are the calls that answered with the right plaintext, `seconds` the time from the
 * release to the end of the last call, `throughput_per_second` their quotient. A percentile is the
 * upper edge of its histogram bucket, at most 0.1 % above the value. `cpu_ns_per_operation` is the
 * CPU time of the callers' threads, which moves less than the rest while others use the machine.
 *
 * Exit codes: 0; 64 for a wrong option; 69 where the module refused a call or answered wrongly.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <softhsm/cryptoki.h>

enum {
    EXIT_OPTION = 64,
    EXIT_MODULE = 69,
    POOL = 64,
    CALLERS_MAX = 1024,
    PROCESSES_MAX = 64,
    BATCH = 256,
    RECORD_BYTES_MAX = 1 << 20,
    IV_BYTES_MAX = 16,
    EXTRA_BYTES_MAX = 512, /* a tag, a padding block or an RSA modulus of 4096 bits */
};

/* ---- the histogram: exact below 2048 ns, then 1024 buckets for each doubling, to 2^40 ns ---- */

enum { LINEAR_BITS = 11, HALF = 1 << (LINEAR_BITS - 1), LARGEST_BIT = 40 };
enum { BUCKETS = (LARGEST_BIT - LINEAR_BITS + 2) * HALF };

static inline unsigned bucket_of(uint64_t nanoseconds) {
    if (nanoseconds < 2 * HALF) { return (unsigned)nanoseconds; }
    if (nanoseconds >> LARGEST_BIT) { return BUCKETS - 1; }
    unsigned shift = 63U - (unsigned)__builtin_clzll(nanoseconds) - (LINEAR_BITS - 1);
    return shift * HALF + (unsigned)(nanoseconds >> shift);
}

static uint64_t upper_edge(unsigned bucket) {
    if (bucket < 2 * HALF) { return bucket; }
    unsigned shift = bucket / HALF - 1;
    return ((uint64_t)(bucket - shift * HALF + 1) << shift) - 1;
}

/* The value below which `share` of the calls lie. */
static uint64_t percentile(const uint64_t *buckets, uint64_t calls, uint64_t max, double share) {
    uint64_t rank = (uint64_t)(share * (double)calls), seen = 0;
    if ((double)rank < share * (double)calls) { rank += 1; }
    for (unsigned bucket = 0; bucket < BUCKETS; bucket += 1) {
        seen += buckets[bucket];
        if (seen >= rank && seen > 0) {
            uint64_t edge = upper_edge(bucket);
            return bucket == BUCKETS - 1 || edge > max ? max : edge;
        }
    }
    return max;
}

/* ---- what is measured ---- */

typedef struct {
    CK_BYTE *plaintext;
    CK_BYTE *ciphertext;
    CK_ULONG ciphertext_bytes;
    CK_BYTE iv[IV_BYTES_MAX];
    CK_GCM_PARAMS gcm;
    CK_RSA_PKCS_OAEP_PARAMS oaep;
    CK_MECHANISM mechanism;
} Record;

typedef struct {
    const char *module, *token, *mechanism, *key_label, *initialize;
    unsigned callers, processes;
    size_t record_bytes, heap_shift;
    uint64_t duration_ms, warm_up_ms;
    int session_key, no_clock, header;
} Options;

/* What one process measured. */
typedef struct {
    uint64_t buckets[BUCKETS];
    uint64_t operations, errors, max_ns, cpu_ns, last_done;
} Result;

/* What the processes share. */
typedef struct {
    atomic_uint turn;              /* the process that may prepare: modules that keep files trip
                                      over several that open them at once */
    atomic_uint ready;             /* callers that stand at the gate */
    atomic_uint_least64_t release; /* the instant at which all begin; 0 before it is known */
    Result results[];
} Shared;

typedef struct {
    pthread_t thread;
    CK_SESSION_HANDLE session;
    CK_BYTE *output;
    uint64_t *buckets;
    uint64_t operations, errors, max_ns;
    uint64_t last_done, cpu_ns;
    const char *failed_call;
    CK_RV failure;
} Caller;

static Options options;
static CK_FUNCTION_LIST *p11;
static CK_MECHANISM_TYPE mechanism_type;
static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE encryption_key, decryption_key;
static Record pool[POOL];
static Shared *shared;

static void check(const char *function, CK_RV code) {
    if (code == CKR_OK) { return; }
    fprintf(stderr, "reference: %s failed with 0x%08lX\n", function, code);
    exit(EXIT_MODULE);
}

static void stop(int exit_code, const char *sentence, const char *detail) {
    fprintf(stderr, "reference: %s%s\n", sentence, detail);
    exit(exit_code);
}

static void *allocate(size_t count, size_t bytes) {
    void *memory = calloc(count, bytes);
    if (memory == NULL) { stop(EXIT_MODULE, "out of memory", ""); }
    return memory;
}

static inline uint64_t read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static inline uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

/* ---- one caller ---- */

static void record_failure(Caller *caller, const char *call, CK_RV code) {
    caller->errors += 1;
    if (caller->failed_call == NULL) {
        caller->failed_call = call;
        caller->failure = code;
    }
}

/* Calls until the deadline, at least once; records nothing where `is_recorded` is 0. */
static void call_until(Caller *caller, uint64_t end, unsigned next, int is_recorded) {
    uint64_t done;
    do {
        Record *record = &pool[next];
        next = (next + 1) % POOL;
        CK_ULONG bytes = options.record_bytes + EXTRA_BYTES_MAX;
        const char *call = "C_DecryptInit";

        uint64_t start = now();
        CK_RV code = p11->C_DecryptInit(caller->session, &record->mechanism, decryption_key);
        if (code == CKR_OK) {
            call = "C_Decrypt";
            code = p11->C_Decrypt(caller->session, record->ciphertext, record->ciphertext_bytes,
                                  caller->output, &bytes);
        }
        done = now();

        if (code != CKR_OK) {
            record_failure(caller, call, code);
        } else if (bytes != options.record_bytes
                   || memcmp(caller->output, record->plaintext, bytes) != 0) {
            record_failure(caller, "the comparison of the plaintext", CKR_OK);
        } else if (is_recorded) {
            uint64_t elapsed = done - start;
            caller->buckets[bucket_of(elapsed)] += 1;
            caller->operations += 1;
            if (elapsed > caller->max_ns) { caller->max_ns = elapsed; }
        }
    } while (done < end);
    caller->last_done = done;
}

/* Calls in batches until the deadline: nothing but the calls in between. */
static void call_bare_until(Caller *caller, uint64_t end, unsigned next) {
    do {
        Record *record = NULL;
        CK_RV code = CKR_OK;
        CK_ULONG bytes = 0;
        for (unsigned call = 0; call < BATCH && code == CKR_OK; call += 1) {
            record = &pool[next];
            next = (next + 1) % POOL;
            bytes = options.record_bytes + EXTRA_BYTES_MAX;
            code = p11->C_DecryptInit(caller->session, &record->mechanism, decryption_key);
            if (code == CKR_OK) {
                code = p11->C_Decrypt(caller->session, record->ciphertext,
                                      record->ciphertext_bytes, caller->output, &bytes);
            }
        }
        caller->last_done = now();
        if (code != CKR_OK) {
            record_failure(caller, "C_DecryptInit or C_Decrypt", code);
        } else if (bytes != options.record_bytes
                   || memcmp(caller->output, record->plaintext, bytes) != 0) {
            record_failure(caller, "the comparison of the plaintext", CKR_OK);
        } else {
            caller->operations += BATCH;
        }
    } while (caller->last_done < end);
}

/* Waits until all callers of all processes are ready; gives the instant of the release. */
static uint64_t wait_for_release(void) {
    /* The last to arrive sets the instant, far enough ahead for the others to see it. */
    if (atomic_fetch_add(&shared->ready, 1) + 1 == options.callers) {
        atomic_store(&shared->release, now() + 3000000U);
    }
    struct timespec pause = {0, 300000};
    uint64_t release;
    while ((release = atomic_load(&shared->release)) == 0) { nanosleep(&pause, NULL); }
    /* A sleep ends late, so the last stretch is spun. */
    uint64_t early = release - 150000U;
    struct timespec until = {(time_t)(early / 1000000000U), (long)(early % 1000000000U)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    while (now() < release) { }
    return release;
}

static void *call_in_closed_loop(void *argument) {
    Caller *caller = argument;
    check("C_OpenSession", p11->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &caller->session));
    unsigned first = (unsigned)(caller->session % POOL);
    if (options.warm_up_ms > 0) {
        call_until(caller, now() + options.warm_up_ms * 1000000U, first, 0);
    }
    uint64_t deadline = wait_for_release() + options.duration_ms * 1000000U;
    uint64_t cpu_before = read_clock(CLOCK_THREAD_CPUTIME_ID);
    if (options.no_clock) {
        call_bare_until(caller, deadline, first);
    } else {
        call_until(caller, deadline, first, 1);
    }
    caller->cpu_ns = read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
    return NULL;
}

/* ---- preparation ---- */

static void load_module(void) {
    /* Too large for a gap left by what was freed, too small for a mapping of its own. */
    volatile char *before = malloc((64 << 10) + options.heap_shift);
    if (before != NULL) { *before = 1; }
    void *library = dlopen(options.module, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) { stop(EXIT_MODULE, "dlopen failed: ", dlerror()); }
    CK_C_GetFunctionList get_list = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    if (get_list == NULL) { stop(EXIT_MODULE, "no C_GetFunctionList in ", options.module); }
    check("C_GetFunctionList", get_list(&p11));
    /* Modules that take a text, as NSS does, look for one more pointer behind it: a null. */
    struct { CK_C_INITIALIZE_ARGS standard; void *behind; } arguments = {
        .standard = {.flags = CKF_OS_LOCKING_OK, .pReserved = (void *)options.initialize}};
    check("C_Initialize", p11->C_Initialize(&arguments));
}

static void find_token(void) {
    CK_ULONG count = 0;
    check("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, NULL, &count));
    CK_SLOT_ID *slots = allocate(count + 1, sizeof *slots);
    check("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    char wanted[33];
    snprintf(wanted, sizeof wanted, "%-32s", options.token);
    for (CK_ULONG index = 0; index < count; index += 1) {
        CK_TOKEN_INFO info;
        if (p11->C_GetTokenInfo(slots[index], &info) != CKR_OK) { continue; }
        if (memcmp(info.label, wanted, sizeof info.label) == 0) {
            slot = slots[index];
            free(slots);
            return;
        }
    }
    stop(EXIT_MODULE, "no token is labelled ", options.token);
}

static void log_in(CK_SESSION_HANDLE session) {
    CK_TOKEN_INFO info;
    check("C_GetTokenInfo", p11->C_GetTokenInfo(slot, &info));
    if ((info.flags & CKF_LOGIN_REQUIRED) == 0) { return; }
    char *pin = getenv("REFERENCE_PIN");
    if (pin == NULL) { stop(EXIT_OPTION, "REFERENCE_PIN is not set: put the PIN there", ""); }
    size_t length = strlen(pin);
    /* Once only: a token locks after a few wrong PINs. */
    CK_RV code = p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, length);
    explicit_bzero(pin, length);
    check("C_Login", code);
}

static CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE session, CK_OBJECT_CLASS object_class) {
    CK_ATTRIBUTE wanted[] = {
        {CKA_CLASS, &object_class, sizeof object_class},
        {CKA_LABEL, (void *)options.key_label, strlen(options.key_label)},
    };
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_ULONG found = 0;
    check("C_FindObjectsInit", p11->C_FindObjectsInit(session, wanted, 2));
    check("C_FindObjects", p11->C_FindObjects(session, &key, 1, &found));
    check("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (found == 0) { stop(EXIT_MODULE, "no key is labelled ", options.key_label); }
    return key;
}

static void make_session_keys(CK_SESSION_HANDLE session) {
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG aes_bytes = 32, modulus_bits = 2048;
    CK_BYTE exponent[] = {1, 0, 1};
    if (mechanism_type != CKM_RSA_PKCS_OAEP) {
        CK_MECHANISM generate = {CKM_AES_KEY_GEN, NULL, 0};
        CK_ATTRIBUTE wanted[] = {
            {CKA_TOKEN, &no, sizeof no},       {CKA_VALUE_LEN, &aes_bytes, sizeof aes_bytes},
            {CKA_ENCRYPT, &yes, sizeof yes},   {CKA_DECRYPT, &yes, sizeof yes},
            {CKA_SENSITIVE, &yes, sizeof yes},
        };
        check("C_GenerateKey", p11->C_GenerateKey(session, &generate, wanted, 5, &decryption_key));
        encryption_key = decryption_key;
        return;
    }
    CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE public_key[] = {
        {CKA_TOKEN, &no, sizeof no},
        {CKA_ENCRYPT, &yes, sizeof yes},
        {CKA_MODULUS_BITS, &modulus_bits, sizeof modulus_bits},
        {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent},
    };
    CK_ATTRIBUTE private_key[] = {
        {CKA_TOKEN, &no, sizeof no},
        {CKA_DECRYPT, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},
    };
    check("C_GenerateKeyPair", p11->C_GenerateKeyPair(
        session, &generate, public_key, 4, private_key, 3, &encryption_key, &decryption_key));
}

static void choose_keys(CK_SESSION_HANDLE session) {
    if (options.session_key) {
        make_session_keys(session);
    } else if (mechanism_type == CKM_RSA_PKCS_OAEP) {
        encryption_key = find_key(session, CKO_PUBLIC_KEY);
        decryption_key = find_key(session, CKO_PRIVATE_KEY);
    } else {
        encryption_key = decryption_key = find_key(session, CKO_SECRET_KEY);
    }
}

/* The mechanism of one record; a GCM IV is left where the module may write its own. */
static void set_mechanism(Record *record) {
    record->mechanism.mechanism = mechanism_type;
    switch (mechanism_type) {
    case CKM_AES_GCM:
        record->gcm = (CK_GCM_PARAMS){
            .pIv = record->iv, .ulIvLen = 12, .ulIvBits = 96, .ulTagBits = 128};
        record->mechanism.pParameter = &record->gcm;
        record->mechanism.ulParameterLen = sizeof record->gcm;
        break;
    case CKM_AES_CBC_PAD:
        record->mechanism.pParameter = record->iv;
        record->mechanism.ulParameterLen = 16;
        break;
    default:
        record->oaep = (CK_RSA_PKCS_OAEP_PARAMS){
            .hashAlg = CKM_SHA_1, .mgf = CKG_MGF1_SHA1, .source = CKZ_DATA_SPECIFIED};
        record->mechanism.pParameter = &record->oaep;
        record->mechanism.ulParameterLen = sizeof record->oaep;
    }
}

static void fill(CK_BYTE *bytes, size_t count) {
    size_t filled = 0;
    while (filled < count) {
        ssize_t more = getrandom(bytes + filled, count - filled, 0);
        if (more < 0) { stop(EXIT_MODULE, "getrandom failed", ""); }
        filled += (size_t)more;
    }
}

static void make_pool(CK_SESSION_HANDLE session) {
    for (unsigned index = 0; index < POOL; index += 1) {
        Record *record = &pool[index];
        record->plaintext = allocate(options.record_bytes, 1);
        record->ciphertext_bytes = options.record_bytes + EXTRA_BYTES_MAX;
        record->ciphertext = allocate(record->ciphertext_bytes, 1);
        fill(record->plaintext, options.record_bytes);
        fill(record->iv, sizeof record->iv);
        set_mechanism(record);
        check("C_EncryptInit",
              p11->C_EncryptInit(session, &record->mechanism, encryption_key));
        check("C_Encrypt", p11->C_Encrypt(
            session, record->plaintext, options.record_bytes, record->ciphertext,
            &record->ciphertext_bytes));
    }
}

/* ---- the run ---- */

/* Adds what a caller measured to the result of its process. */
static void add(const Caller *caller, Result *result) {
    for (unsigned bucket = 0; bucket < BUCKETS; bucket += 1) {
        result->buckets[bucket] += caller->buckets[bucket];
    }
    result->operations += caller->operations;
    result->errors += caller->errors;
    result->cpu_ns += caller->cpu_ns;
    if (caller->max_ns > result->max_ns) { result->max_ns = caller->max_ns; }
    if (caller->last_done > result->last_done) { result->last_done = caller->last_done; }
    if (caller->failed_call != NULL) {
        fprintf(stderr, "reference: %s failed with 0x%08lX\n", caller->failed_call,
                caller->failure);
    }
}

static void run(unsigned count, Result *result) {
    Caller *callers = allocate(count, sizeof *callers);
    for (unsigned index = 0; index < count; index += 1) {
        Caller *caller = &callers[index];
        caller->output = allocate(options.record_bytes + EXTRA_BYTES_MAX, 1);
        caller->buckets = allocate(BUCKETS, sizeof *caller->buckets);
        /* Touch the pages, so that no call pays for the first write to one. */
        memset(caller->buckets, 0, BUCKETS * sizeof *caller->buckets);
        if (pthread_create(&caller->thread, NULL, call_in_closed_loop, caller) != 0) {
            stop(EXIT_MODULE, "pthread_create failed", "");
        }
    }
    for (unsigned index = 0; index < count; index += 1) {
        pthread_join(callers[index].thread, NULL);
        add(&callers[index], result);
    }
}

/* The whole life of one process: its share of the callers, as even as it goes. */
static void serve(unsigned number) {
    struct timespec pause = {0, 300000};
    while (atomic_load(&shared->turn) != number) { nanosleep(&pause, NULL); }
    load_module();
    find_token();
    CK_SESSION_HANDLE session;
    check("C_OpenSession", p11->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    log_in(session);
    choose_keys(session);
    make_pool(session);
    atomic_store(&shared->turn, number + 1);
    unsigned extra = number < options.callers % options.processes ? 1 : 0;
    run(options.callers / options.processes + extra, &shared->results[number]);
    check("C_Finalize", p11->C_Finalize(NULL));
}

/* Runs every process as a child: a module that was loaded before a fork is none after it. */
static void serve_in_children(void) {
    pid_t children[PROCESSES_MAX];
    for (unsigned number = 0; number < options.processes; number += 1) {
        children[number] = fork();
        if (children[number] < 0) { stop(EXIT_MODULE, "fork failed", ""); }
        if (children[number] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(number);
            exit(0);
        }
    }
    for (unsigned ended = 0; ended < options.processes; ended += 1) {
        int status = 0;
        if (wait(&status) > 0 && status == 0) { continue; }
        /* The others wait for the one that is gone. A child that was waited for is not killed. */
        for (unsigned number = 0; number < options.processes; number += 1) {
            if (waitpid(children[number], NULL, WNOHANG) == 0) { kill(children[number], SIGKILL); }
        }
        stop(EXIT_MODULE, "a process did not measure: see its message above", "");
    }
}

/* Prints the line; nonzero where a call failed. */
static int report(void) {
    Result *all = allocate(1, sizeof *all);
    uint64_t release = atomic_load(&shared->release);
    all->last_done = release;
    for (unsigned number = 0; number < options.processes; number += 1) {
        const Result *result = &shared->results[number];
        for (unsigned bucket = 0; bucket < BUCKETS; bucket += 1) {
            all->buckets[bucket] += result->buckets[bucket];
        }
        all->operations += result->operations;
        all->errors += result->errors;
        all->cpu_ns += result->cpu_ns;
        if (result->max_ns > all->max_ns) { all->max_ns = result->max_ns; }
        if (result->last_done > all->last_done) { all->last_done = result->last_done; }
    }
    double seconds = (double)(all->last_done - release) / 1e9;
    if (options.header) {
        puts("mechanism,callers,operations,seconds,throughput_per_second,"
             "p50_ns,p99_ns,p999_ns,max_ns,errors,cpu_ns_per_operation,processes");
    }
    printf("%s,%u,%lu,%.6f,%.1f,", options.mechanism, options.callers, all->operations, seconds,
           (double)all->operations / seconds);
    if (options.no_clock) {
        printf(",,,");
    } else {
        printf("%lu,%lu,%lu,%lu", percentile(all->buckets, all->operations, all->max_ns, 0.5),
               percentile(all->buckets, all->operations, all->max_ns, 0.99),
               percentile(all->buckets, all->operations, all->max_ns, 0.999), all->max_ns);
    }
    printf(",%lu,%.1f,%u\n", all->errors,
           (double)all->cpu_ns / (double)(all->operations > 0 ? all->operations : 1),
           options.processes);
    int failed = all->errors > 0;
    free(all);
    return failed;
}

/* ---- options ---- */

static uint64_t number(const char *option, const char *text, uint64_t min, uint64_t max) {
    char *end = NULL;
    unsigned long long value = text == NULL || *text < '0' || *text > '9'
        ? 0 : strtoull(text, &end, 10);
    if (end == NULL || *end != '\0' || value < min || value > max) {
        fprintf(stderr, "reference: %s takes a number from %lu to %lu, not '%s'\n", option, min,
                max, text == NULL ? "" : text);
        exit(EXIT_OPTION);
    }
    return value;
}

static void parse(int count, char **arguments) {
    options = (Options){.module = "/usr/lib/softhsm/libsofthsm2.so", .token = "reference",
                        .mechanism = "aes-gcm", .callers = 1, .processes = 1,
                        .duration_ms = 2000, .warm_up_ms = 50};
    for (int index = 1; index < count; index += 1) {
        const char *option = arguments[index];
        if (strcmp(option, "--session-key") == 0) { options.session_key = 1; continue; }
        if (strcmp(option, "--no-clock") == 0) { options.no_clock = 1; continue; }
        if (strcmp(option, "--header") == 0) { options.header = 1; continue; }
        const char *value = index + 1 < count ? arguments[++index] : NULL;
        if (value == NULL) { stop(EXIT_OPTION, "a value is missing after ", option); }
        if (strcmp(option, "--module") == 0) { options.module = value; }
        else if (strcmp(option, "--token") == 0) { options.token = value; }
        else if (strcmp(option, "--mechanism") == 0) { options.mechanism = value; }
        else if (strcmp(option, "--key-label") == 0) { options.key_label = value; }
        else if (strcmp(option, "--initialize") == 0) { options.initialize = value; }
        else if (strcmp(option, "--processes") == 0) {
            options.processes = (unsigned)number(option, value, 1, PROCESSES_MAX);
        } else if (strcmp(option, "--callers") == 0) {
            options.callers = (unsigned)number(option, value, 1, CALLERS_MAX);
        } else if (strcmp(option, "--record-bytes") == 0) {
            options.record_bytes = number(option, value, 1, RECORD_BYTES_MAX);
        } else if (strcmp(option, "--heap-shift") == 0) {
            options.heap_shift = number(option, value, 0, 4096);
        } else if (strcmp(option, "--duration-ms") == 0) {
            options.duration_ms = number(option, value, 1, 86400000);
        } else if (strcmp(option, "--warm-up-ms") == 0) {
            options.warm_up_ms = number(option, value, 0, 3600000);
        } else { stop(EXIT_OPTION, "no such option: ", option); }
    }
    int rsa = strcmp(options.mechanism, "rsa-oaep") == 0;
    if (rsa) { mechanism_type = CKM_RSA_PKCS_OAEP; }
    else if (strcmp(options.mechanism, "aes-gcm") == 0) { mechanism_type = CKM_AES_GCM; }
    else if (strcmp(options.mechanism, "aes-cbc-pad") == 0) { mechanism_type = CKM_AES_CBC_PAD; }
    else { stop(EXIT_OPTION, "--mechanism is aes-gcm, aes-cbc-pad or rsa-oaep, not ",
                options.mechanism); }
    if (options.key_label == NULL) { options.key_label = rsa ? "records-rsa" : "records"; }
    /* OAEP with SHA-1 under 2048 bits holds 214 bytes. */
    if (options.record_bytes == 0) { options.record_bytes = rsa ? 190 : 256; }
    if (options.processes > options.callers) {
        stop(EXIT_OPTION, "--processes must not exceed --callers: each process needs one", "");
    }
    if (strlen(options.token) > 32) { stop(EXIT_OPTION, "a token label has 32 bytes at most", ""); }
}

int main(int count, char **arguments) {
    parse(count, arguments);
    size_t bytes = sizeof *shared + options.processes * sizeof(Result);
    shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) { stop(EXIT_MODULE, "no memory to share between processes", ""); }
    if (options.processes == 1) {
        serve(0);
    } else {
        serve_in_children();
    }
    return report() ? EXIT_MODULE : 0;
}
