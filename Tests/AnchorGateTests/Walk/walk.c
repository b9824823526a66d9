#include "walk.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the processes of a walk have in common. */
static struct progress {
    unsigned long lines, cases_done;
    bool in_call, gave_up;
    char function[40], what[120];
    CK_ULONG exact[256];
} *progress;

CK_FUNCTION_LIST_PTR module;
CK_RV answer;
static const char *path;
static unsigned long case_number;
static char case_name[80];

static const struct chapter {
    const char *name;
    void (*walk)(void);
} chapters[] = {
    {"before C_Initialize", walk_table_before},
    {"initialization", walk_initialization},
    {"provisioning", provision},
    {"each argument", walk_table},
    {"logged out", walk_table_in_public},
    {"sequences", walk_sequences},
    {"sessions", walk_sessions},
    {"token", walk_token},
    {"after fork", walk_fork},
    {"after C_Finalize", walk_table_after},
};

static void load(void)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "walk: %s\n", dlerror());
        exit(66);
    }
    CK_C_GetFunctionList get;
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (!get || get(&module) != CKR_OK || !module) {
        fprintf(stderr, "walk: %s gives no functions\n", path);
        exit(66);
    }
}

void give_up(const char *what, CK_RV code)
{
    fprintf(stderr, "walk: %s: 0x%lx\n", what, code);
    progress->gave_up = true;
    _exit(70);
}

bool case_begins(enum state state, const char *what)
{
    case_number++;
    if (case_number <= progress->cases_done) return false;
    progress->cases_done = case_number;
    snprintf(case_name, sizeof case_name, "%s", what);
    ensure(state);
    return true;
}

void begin(const char *function, const char *what)
{
    progress->lines++;
    snprintf(progress->function, sizeof progress->function, "%s", function);
    snprintf(progress->what, sizeof progress->what, "%s%s%s", case_name,
        case_name[0] && what[0] ? ": " : "", what);
    progress->in_call = true;
}

CK_RV end(CK_RV code, const CK_BYTE *bytes, CK_ULONG length, CK_ULONG room)
{
    progress->in_call = false;
    printf("%lu %s (%s) 0x%lx %lu", progress->lines, progress->function, progress->what, code,
        length);
    if (bytes) {
        /* FNV-1a, of all that there is room for: a module may write where it should not. */
        uint64_t digest = 0xcbf29ce484222325;
        for (CK_ULONG i = 0; i < room; i++) digest = (digest ^ bytes[i]) * 0x100000001b3;
        printf(" %016llx", (unsigned long long)digest);
    }
    printf("\n");
    fflush(stdout);
    return code;
}

CK_ULONG *exact_length(size_t row) { return &progress->exact[row]; }

/* Runs `body` in a process of its own; false where a call in it ended the process. */
bool in_new_process(void (*body)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) give_up("fork failed", 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        /* A call that never returns is told like one that crashes. */
        alarm(60);
        body();
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {}
    if (progress->gave_up) exit(70);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (!progress->in_call) {
        fprintf(stderr, "walk: the process ended between two calls, after %lu: status 0x%x\n",
            progress->lines, status);
        exit(70);
    }
    progress->in_call = false;
    printf("%lu %s (%s) %s %d\n", progress->lines, progress->function, progress->what,
        WIFSIGNALED(status) ? "signal" : "exit",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static const struct chapter *current;

static void walk_chapter(void)
{
    load();
    case_number = 0;
    current->walk();
}

static void walk_chapters(const struct chapter *first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        current = &first[i];
        printf("# %s\n", current->name);
        progress->cases_done = 0;
        while (!in_new_process(walk_chapter)) {}
    }
}

int main(int count, char **arguments)
{
    /* Of a module that should refuse to start, only whether all its functions do. */
    static const struct chapter refusal = {"refused", walk_table_refused};
    bool is_refused = count > 1 && strcmp(arguments[1], "--refused") == 0;
    if (is_refused) arguments++, count--;
    if (count < 2 || count > 3) {
        fprintf(stderr, "usage: walk [--refused] MODULE [PARAMETERS OF C_Initialize]\n");
        return 64;
    }
    path = arguments[1];
    use_parameters(count == 3 ? arguments[2] : NULL);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
        -1, 0);
    if (progress == MAP_FAILED) return 71;
    if (is_refused) walk_chapters(&refusal, 1);
    else walk_chapters(chapters, sizeof chapters / sizeof *chapters);
    return 0;
}
