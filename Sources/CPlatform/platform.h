/* What the Glibc module of Swift does not import: macros behind feature switches and variadic calls. */
#ifndef ANCHORBENCH_CPLATFORM_H
#define ANCHORBENCH_CPLATFORM_H

#include <gnu/libc-version.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Declared here: what unistd.h brings along would count as this module's, and be missing from Glibc's. */
extern long syscall(long number, ...);
extern int get_nprocs(void);

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

/* How many processors are online. */
static inline int anchorbench_online_processors(void) { return get_nprocs(); }

/* Bytes of a processor mask that hold any machine: 8192 processors, as many as Linux can be built for. */
enum { ANCHORBENCH_MASK_BYTES = 1024 };

/* The mask of the processors that the calling thread may run on, processor 0 in the lowest bit of the first byte
   (little-endian machines); the number of bytes written, or -1. */
static inline long anchorbench_get_affinity(uint8_t mask[ANCHORBENCH_MASK_BYTES]) {
    return syscall(SYS_sched_getaffinity, 0, (unsigned long)ANCHORBENCH_MASK_BYTES, mask);
}

/* Ties the calling thread to the processors of a mask; 0 on success. */
static inline long anchorbench_set_affinity(const uint8_t mask[ANCHORBENCH_MASK_BYTES]) {
    return syscall(SYS_sched_setaffinity, 0, (unsigned long)ANCHORBENCH_MASK_BYTES, mask);
}

/* Writes the 12 letters by which a hypervisor names itself (CPUID leaf 0x40000000); 0 where there is none to ask. */
static inline int anchorbench_hypervisor_signature(char signature[13]) {
    __builtin_memset(signature, 0, 13);
#if defined(__x86_64__)
    unsigned int a = 0, b = 0, c = 0, d = 0;
    __cpuid(1, a, b, c, d);
    /* Bit 31 of ECX is set by hypervisors and by no processor. */
    if ((c >> 31) == 0) { return 0; }
    __cpuid(0x40000000, a, b, c, d);
    __builtin_memcpy(signature, &b, 4);
    __builtin_memcpy(signature + 4, &c, 4);
    __builtin_memcpy(signature + 8, &d, 4);
    return 1;
#else
    return 0;
#endif
}

#endif
