// Signals of every origin, in the order in which gdb is led through them.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int count;
static volatile int zero;
static volatile int *nowhere = (int *) 16;

static void seen(int signal, siginfo_t *info, void *context) {
    count++;
    if (signal == SIGSEGV || signal == SIGFPE || signal == SIGILL) {
        siglongjmp(back, signal);
    }
}

static void on(int signal) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = seen;
    action.sa_flags = SA_SIGINFO;
    sigaction(signal, &action, NULL);
}

static int write_nowhere(void) {
    if (sigsetjmp(back, 1) == 0) {
        *nowhere = 1;
    }
    return 1;
}

static int divide(void) {
    if (sigsetjmp(back, 1) == 0) {
        count = 7 / zero;
    }
    return 2;
}

static int illegal(void) {
    if (sigsetjmp(back, 1) == 0) {
        __asm__ volatile("ud2");
    }
    return 3;
}

int main(void) {
    on(SIGSEGV);
    on(SIGFPE);
    on(SIGILL);
    on(SIGALRM);
    on(SIGUSR1);
    on(SIGUSR2);
    write_nowhere();
    divide();
    illegal();
    __asm__ volatile("int3");
    struct itimerval soon = {{0, 0}, {0, 1000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    while (count < 4) {
    }
    kill(getpid(), SIGUSR1);
    raise(SIGUSR2);
    write(1, "written\n", 8);
    signal(SIGSEGV, SIG_DFL);
    *nowhere = 3;
    return 0;
}
