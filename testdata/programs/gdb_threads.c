// Two threads that take turns at a lock, for a debugger that stops, steps and looks at each.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static volatile int turns[3];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int mine;

static void *work(void *argument) {
    int id = *(int *) argument;
    for (int i = 0; i < 5000; i++) {
        pthread_mutex_lock(&lock);
        turns[id]++;
        mine = i;
        pthread_mutex_unlock(&lock);
    }
    return argument;
}

int main(void) {
    pthread_t threads[2];
    int ids[2] = {1, 2};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, work, &ids[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%d %d\n", turns[1], turns[2]);
    return 0;
}
