/* Threads: creation and end, locks, conditions, semaphores, barriers, thread-local storage, signals to threads, pipes between them. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long shared;
static __thread int mine = 7;
static __thread char name[16];

static void *square(void *n) { mine += (int)(intptr_t)n; return (void *)((intptr_t)n * (intptr_t)n + mine); }

static void create_and_join(void) {
    pthread_t t[50];
    long sum = 0;
    for (long n = 0; n < 50; n++) pthread_create(&t[n], 0, square, (void *)n);
    for (int n = 0; n < 50; n++) { void *r; pthread_join(t[n], &r); sum += (intptr_t)r; }
    printf("50 threads gave %ld, here still %d\n", sum, mine);
}

static void *count(void *rounds) {
    for (long n = 0; n < (intptr_t)rounds; n++) {
        pthread_mutex_lock(&lock);
        long was = shared;
        if (n % 64 == 0) sched_yield();
        shared = was + 1;
        pthread_mutex_unlock(&lock);
    }
    return 0;
}

static void contention(void) {
    pthread_t t[4];
    for (int n = 0; n < 4; n++) pthread_create(&t[n], 0, count, (void *)3000L);
    for (int n = 0; n < 4; n++) pthread_join(t[n], 0);
    printf("counted to %ld under a lock\n", shared);
}

static volatile int flag;
static void *spinner(void *x) { while (!flag) continue; return x; }

static void spinning(void) {
    pthread_t t;
    pthread_create(&t, 0, spinner, "a spinning thread lets others run");
    struct timespec shortly = {0, 1000000};
    nanosleep(&shortly, 0);
    flag = 1;
    void *r;
    pthread_join(t, &r);
    puts(r);
}

static int queue[4], filled, taken, consumed;
static void *consume(void *x) {
    for (;;) {
        pthread_mutex_lock(&lock);
        while (taken == filled) pthread_cond_wait(&changed, &lock);
        int item = queue[taken++ % 4];
        if (item >= 0) consumed += item;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
        if (item < 0) return 0;
    }
}

static void put(int item) {
    pthread_mutex_lock(&lock);
    while (filled - taken == 4) pthread_cond_wait(&changed, &lock);
    queue[filled++ % 4] = item;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void conditions(void) {
    pthread_t t[3];
    for (int n = 0; n < 3; n++) pthread_create(&t[n], 0, consume, 0);
    for (int n = 1; n <= 1000; n++) put(n);
    for (int n = 0; n < 3; n++) put(-1);
    for (int n = 0; n < 3; n++) pthread_join(t[n], 0);
    printf("consumed %d\n", consumed);
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 20000000;
    if (end.tv_nsec >= 1000000000) end.tv_nsec -= 1000000000, end.tv_sec++;
    pthread_mutex_lock(&lock);
    int error = pthread_cond_timedwait(&changed, &lock, &end);
    pthread_mutex_unlock(&lock);
    printf("a condition that never comes: %s\n", strerror(error));
}

static sem_t ping, pong;
static void *player(void *x) {
    for (int n = 0; n < 200; n++) { sem_wait(&ping); shared++; sem_post(&pong); }
    return 0;
}

static void semaphores(void) {
    pthread_t t;
    shared = 0;
    sem_init(&ping, 0, 0), sem_init(&pong, 0, 0);
    pthread_create(&t, 0, player, 0);
    int in_order = 0;
    for (int n = 0; n < 200; n++) { sem_post(&ping); sem_wait(&pong); in_order += shared == n + 1; }
    pthread_join(t, 0);
    printf("%d turns in order\n", in_order);
}

static pthread_barrier_t barrier;
static int arrived[4], late;
static void *meet(void *n) {
    for (int round = 0; round < 20; round++) {
        arrived[(intptr_t)n] = round + 1;
        pthread_barrier_wait(&barrier);
        for (int other = 0; other < 4; other++) if (arrived[other] != round + 1) late = 1;
        pthread_barrier_wait(&barrier);
    }
    return 0;
}

static void barriers(void) {
    pthread_t t[4];
    pthread_barrier_init(&barrier, 0, 4);
    for (long n = 0; n < 4; n++) pthread_create(&t[n], 0, meet, (void *)n);
    for (int n = 0; n < 4; n++) pthread_join(t[n], 0);
    printf("20 meetings of 4, late: %d\n", late);
}

static sem_t handled;
static void on_signal(int signal) { shared = signal; strcpy(name, "the target"); sem_post(&handled); }
static void *target(void *x) { struct timespec day = {86400, 0}; int r; do r = nanosleep(&day, &day); while (!name[0]); return strdup(name); }

static void signals(void) {
    pthread_t t;
    signal(SIGUSR1, on_signal);
    sem_init(&handled, 0, 0);
    pthread_create(&t, 0, target, 0);
    struct timespec shortly = {0, 2000000};
    nanosleep(&shortly, 0);
    pthread_kill(t, SIGUSR1);
    sem_wait(&handled);
    void *r;
    pthread_join(t, &r);
    printf("signal %ld was handled by %s, here %d characters\n", shared, (char *)r, (int)strlen(name));
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, 0);
    kill(getpid(), SIGUSR2);
    int got;
    sigwait(&set, &got);
    printf("waited for signal %d\n", got);
}

static void clean(void *x) { printf("cleaned up %s\n", (char *)x); }
static void *endless(void *x) {
    pthread_cleanup_push(clean, "a cancelled thread");
    for (;;) pause();
    pthread_cleanup_pop(0);
    return 0;
}

static void cancelling(void) {
    pthread_t t;
    pthread_create(&t, 0, endless, 0);
    pthread_cancel(t);
    void *r;
    pthread_join(t, &r);
    printf("cancelled: %d\n", r == PTHREAD_CANCELED);
}

static int ends[2];
static void *writer(void *x) {
    static char block[100000];
    memset(block, 'w', sizeof block);
    long n = write(ends[1], block, sizeof block);
    close(ends[1]);
    return (void *)n;
}

static void pipes(void) {
    pthread_t t;
    char part[777];
    long total = 0, n;
    pipe(ends);
    pthread_create(&t, 0, writer, 0);
    while ((n = read(ends[0], part, sizeof part)) > 0) total += n;
    void *r;
    pthread_join(t, &r);
    printf("wrote %ld, read %ld through a pipe\n", (long)(intptr_t)r, total);
}

static void *numbers(void *seed) {
    double x = 1.0 / (1 + (intptr_t)seed);
    long double y = x;
    for (int n = 0; n < 30000; n++) x = x * 3.7 * (1 - x), y = y * 0.5L + 1;
    char *text = malloc(60);
    snprintf(text, 60, "%.12f %.6Lf", x, y);
    return text;
}

static void registers(void) {
    pthread_t t[3];
    for (long n = 1; n <= 3; n++) pthread_create(&t[n - 1], 0, numbers, (void *)n);
    for (int n = 0; n < 3; n++) { void *r; pthread_join(t[n], &r); puts(r); }
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static void destroy(void *value) { printf("destroyed %s\n", (char *)value); }
static void make_key(void) { pthread_key_create(&key, destroy); puts("once"); }
static void *keyed(void *x) { pthread_once(&once, make_key); pthread_setspecific(key, x); return 0; }

static void keys(void) {
    pthread_t t;
    for (int n = 0; n < 2; n++) { pthread_create(&t, 0, keyed, n ? "two" : "one"); pthread_join(t, 0); }
}

static void *last(void *x) { struct timespec shortly = {0, 3000000}; nanosleep(&shortly, 0); puts("the last thread"); fflush(stdout); return 0; }

int main(int argc, char **argv) {
    create_and_join();
    contention();
    spinning();
    conditions();
    semaphores();
    barriers();
    signals();
    cancelling();
    pipes();
    registers();
    keys();
    fflush(stdout);
    pthread_t t;
    pthread_create(&t, 0, argc > 2 ? endless : last, 0);
    if (argc > 1 && argv[1][0] == 'e') exit(3);
    if (argc > 1 && argv[1][0] == 'a') abort();
    pthread_exit(0);
}
