/* Signals that a debugger stops at, changes and sends: the handlers say which ones came. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile int came;

static void handler(int signal, siginfo_t *info, void *context) {
    came++;
    printf("signal %d, code %d, from process %d\n", signal, info->si_code, info->si_pid == getpid() ? 0 : info->si_pid);
    fflush(stdout);
}

int main(int argc, char **argv) {
    struct sigaction a = {.sa_flags = SA_SIGINFO};
    a.sa_sigaction = handler;
    sigaction(SIGUSR1, &a, 0);
    sigaction(SIGUSR2, &a, 0);
    if (argc > 1 && argv[1][0] == 'r') {
        char line[20];
        long n = read(0, line, sizeof line);
        printf("read %ld, %d came\n", n, came);
    }
    long result = kill(getpid(), SIGUSR1);
    printf("kill gave %ld, %d came\n", result, came);
    fflush(stdout);
    for (volatile int n = 0; n < 1000; n++) continue;
    printf("%d came\n", came);
    fflush(stdout);
    *(volatile int *)0x1234 = 1;
    return 0;
}
