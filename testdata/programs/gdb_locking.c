// Threads of which a debugger lets only some run; with an argument it waits for standard input first.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile long turns[3];
static volatile int go;
static volatile sig_atomic_t handled_by_third;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[2];

static void handler(int signal) {
    handled_by_third = pthread_equal(pthread_self(), threads[1]);
}

static void turn(int id) {
    turns[id]++;
}

static void *work(void *argument) {
    int id = *(int *) argument;
    while (!go) {
        turn(id);
    }
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return argument;
}

static int leaf(int x) {
    return x + 1;
}

int main(int argc, char **argv) {
    static int ids[2] = {1, 2};
    char byte;
    if (argc > 1) {
        read(0, &byte, 1);
    }
    signal(SIGUSR1, handler);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, work, &ids[i]);
    }
    for (int i = 0; i < 1000; i++) {
        leaf(i);
    }
    go = 1;
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%d\n", handled_by_third);
    return 3;
}
