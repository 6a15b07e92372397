/* What a handler does to the call that its signal interrupts: with SA_RESTART, without, and calls that never start again. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static volatile int came, writes;

static void handler(int signal) {
    came++;
    if (writes) write(ends[1], "data", 4);
}

static void soon(int flags, int with_data) {
    struct sigaction a = {.sa_flags = flags};
    a.sa_handler = handler;
    sigaction(SIGALRM, &a, 0);
    writes = with_data;
    struct itimerval t = {{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &t, 0);
}

static void say(const char *what, long result) {
    printf("%s: %ld, %s, %d came\n", what, result, result < 0 ? strerror(errno) : "no error", came);
}

static void *waker(void *futex_lock) {
    struct timespec later = {0, 50000000};
    nanosleep(&later, 0);
    pthread_mutex_unlock(futex_lock);
    return 0;
}

int main(void) {
    char data[10];
    struct timespec second = {1, 0}, rest = {0, 0};
    sigset_t none;
    sigemptyset(&none);
    pipe(ends);
    soon(SA_RESTART, 1);
    say("read that starts again", read(ends[0], data, 10));
    soon(0, 1);
    say("read", read(ends[0], data, 10));
    say("what it left", read(ends[0], data, 10));
    soon(SA_RESTART, 0);
    say("nanosleep", nanosleep(&second, &rest));
    printf("about a second was left: %d\n", rest.tv_sec == 0 && rest.tv_nsec > 900000000);
    struct pollfd p = {ends[0], POLLIN, 0};
    soon(SA_RESTART, 0);
    say("poll", poll(&p, 1, 1000));
    soon(SA_RESTART, 0);
    say("sigsuspend", sigsuspend(&none));
    soon(SA_RESTART, 0);
    say("pause", pause());
    pthread_mutex_t lock;
    pthread_mutexattr_t error_checked;
    pthread_mutexattr_init(&error_checked);
    pthread_mutex_init(&lock, &error_checked);
    pthread_mutex_lock(&lock);
    pthread_t t;
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, 0);
    pthread_create(&t, 0, waker, &lock);
    pthread_sigmask(SIG_UNBLOCK, &alarm, 0);
    soon(0, 0);
    say("a lock waits on", pthread_mutex_lock(&lock));
    pthread_join(t, 0);
    return 0;
}
