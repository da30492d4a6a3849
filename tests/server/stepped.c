/* Shifts the clocks that a process sees, because a test cannot step the clock of a machine or suspend it. A test preloads
   this. The file $STEPPED_BY has two numbers of seconds: by how much the real-time clock is stepped, and how long the
   machine was suspended. During a suspension CLOCK_REALTIME and CLOCK_BOOTTIME go on, while CLOCK_MONOTONIC and the
   timers stop. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

struct shift { long stepped, slept; };

static struct shift shift(void) {
    struct shift by = {0, 0};
    const char *path = getenv("STEPPED_BY");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (file) {
        if (fscanf(file, "%ld %ld", &by.stepped, &by.slept) != 2) by = (struct shift){0, 0};
        fclose(file);
    }
    return by;
}

int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, at);
    if (result != 0) return result;
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) {
        struct shift by = shift();
        at->tv_sec += by.stepped + by.slept;
    } else if (id == CLOCK_BOOTTIME) {
        at->tv_sec += shift().slept;
    }
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(at, zone);
    if (result == 0) {
        struct shift by = shift();
        at->tv_sec += by.stepped + by.slept;
    }
    return result;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
