/* A thread that holds known values in its registers while the first thread stops for a signal; a deadlock on demand. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static volatile int flag;
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static void *spinner(void *x) {
    long result;
    __asm__ volatile("movabs $0x123456789abcdef0, %%r12\n movq %%r12, %%xmm5\n fldpi\n 1: pause\n cmpl $0, %1\n je 1b\n"
                     " fstp %%st(0)\n mov %%r12, %0\n"
                     : "=r"(result) : "m"(flag) : "r12", "xmm5", "cc");
    return (void *)result;
}

static void *locker(void *x) { pthread_mutex_lock(&second); pthread_mutex_lock(&first); return 0; }

static void nothing(int signal) {}

int main(int argc, char **argv) {
    pthread_t t;
    struct timespec shortly = {0, 1000000};
    signal(SIGUSR1, nothing);
    pthread_create(&t, 0, spinner, 0);
    nanosleep(&shortly, 0);
    raise(SIGUSR1);
    flag = 1;
    void *result;
    pthread_join(t, &result);
    printf("the thread gave %lx\n", (long)result);
    fflush(stdout);
    raise(SIGUSR1);
    if (argc > 1) {
        pthread_mutex_lock(&first);
        pthread_create(&t, 0, locker, 0);
        nanosleep(&shortly, 0);
        pthread_mutex_lock(&second);
    }
    return 0;
}
