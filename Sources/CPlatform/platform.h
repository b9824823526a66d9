/* What the Glibc module of Swift does not import: macros behind feature switches and variadic calls. */
#ifndef ANCHORBENCH_CPLATFORM_H
#define ANCHORBENCH_CPLATFORM_H

#include <gnu/libc-version.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#ifndef RUSAGE_THREAD
#define RUSAGE_THREAD 1
#endif

/* Usage of the calling thread alone; 0 on success. */
static inline int anchorbench_thread_usage(struct rusage *usage) {
    return getrusage((__rusage_who_t)RUSAGE_THREAD, usage);
}

/* Lets sleeps of the calling thread end within a nanosecond of their time instead of 50 us; 0 on success. */
static inline int anchorbench_tighten_timer_slack(void) {
    return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/* Forbids core dumps and foreign readers of this process's memory, which holds a PIN; 0 on success. */
static inline int anchorbench_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) { return -1; }
    return prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

/* The version of the C library in use, such as "2.36". */
static inline const char *anchorbench_libc_version(void) { return gnu_get_libc_version(); }

#endif
