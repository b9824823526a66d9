/* Preloaded into a client: its calendar jumps a day back and ahead at every look, as if somebody set the clock. The monotonic
   clock, which nobody can set, is left alone. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static __thread int looks;
    long code = syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) { time->tv_sec += looks++ % 2 ? 86400 : -86400; }
    return (int)code;
}
