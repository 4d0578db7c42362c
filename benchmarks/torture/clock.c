/* A time of day that can be set for the processes this is preloaded into: the real one and the seconds, a 64-bit number,
 * in the file that TORTURE_CLOCK names. Monotonic clocks and times of files stay as they are, as when a clock is set.
 * What waits for a moment of the time of day is handed to the system in real time.
 *
 * (libfaketime 0.9.10 lets Python's time.sleep fail with EINVAL where monotonic clocks are left alone.)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LEAST_TIME_OF_DAY 1000000000 /* s; deadlines on monotonic clocks are far below */

static const int64_t nothing = 0;
static const volatile int64_t *ahead = &nothing;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("TORTURE_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) ahead = mapped;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int code = syscall(SYS_clock_gettime, clock, now);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *ahead;
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *told) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (told != NULL) *told = exact.tv_sec;
    return exact.tv_sec;
}

static struct timespec in_real_time(const struct timespec *deadline) {
    struct timespec real = *deadline;
    if (real.tv_sec > LEAST_TIME_OF_DAY) real.tv_sec -= *ahead;
    return real;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
    static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (next == NULL) next = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    struct timespec real = in_real_time(deadline);
    return next(condition, mutex, &real);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    static int (*next)(sem_t *, const struct timespec *);
    if (next == NULL) next = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec real = in_real_time(deadline);
    return next(semaphore, &real);
}

