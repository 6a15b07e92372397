/* Alarms, interval timers, sleep and clocks: what must hold whatever the machine's speed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;
static void tick(int signal) { ticks++; }

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void) {
    struct sigaction a = {.sa_handler = tick};
    sigaction(SIGALRM, &a, 0);
    sigaction(SIGVTALRM, &a, 0);
    double before = now(CLOCK_MONOTONIC);
    alarm(1);
    printf("pause %d %d, ", pause(), errno);
    printf("a second %d, left %u\n", now(CLOCK_MONOTONIC) - before >= 0.99, alarm(0));
    struct itimerval every = {{0, 2000}, {0, 1000}}, old;
    ticks = 0;
    setitimer(ITIMER_REAL, &every, 0);
    while (ticks < 20) {}
    struct itimerval off = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &off, &old);
    printf("20 ticks while busy, interval %ld\n", (long)old.it_interval.tv_usec);
    ticks = 0;
    setitimer(ITIMER_VIRTUAL, &every, 0);
    while (ticks < 3) {}
    setitimer(ITIMER_VIRTUAL, &off, 0);
    printf("3 virtual ticks\n");
    alarm(1);
    struct timespec long_sleep = {100, 0}, rest;
    int r = nanosleep(&long_sleep, &rest);
    printf("interrupted sleep %d %d, more than 98 s left %d\n", r, errno, rest.tv_sec >= 98);
    before = now(CLOCK_REALTIME);
    usleep(30000);
    printf("slept %d\n", now(CLOCK_REALTIME) - before >= 0.03);
    double last = 0;
    int monotonic = 1;
    for (int i = 0; i < 1000; i++) { double t = now(CLOCK_MONOTONIC); monotonic &= t >= last; last = t; }
    struct timeval tv;
    gettimeofday(&tv, 0);
    struct tms tms;
    printf("%d %d %d %d\n", monotonic, tv.tv_sec - time(0) <= 1, times(&tms) != (clock_t)-1, clock() >= 0);
    struct timespec bad = {0, 2000000000};
    printf("%d %d\n", nanosleep(&bad, 0), errno);
    return 0;
}
