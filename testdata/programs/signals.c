/* Signals: faults with their siginfo and handlers that step over the instruction, stacks, masks, waiting, the state they keep. */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int skip;
static volatile int last_signal, last_code, count;
static void *volatile last_address;
static sigjmp_buf back;
static char *page;

static void handler(int signal, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    last_signal = signal, last_code = info->si_code, last_address = info->si_addr, count++;
    u->uc_mcontext.gregs[REG_RIP] += skip;
    if (signal == SIGTRAP) u->uc_mcontext.gregs[REG_EFL] &= ~0x100L;
}

static void say(const char *what, void *relative) {
    printf("%s: signal %d, code %d, ", what, last_signal, last_code);
    if (relative) printf("address +%ld, ", (long)((char *)last_address - (char *)relative));
    else printf("address %p, ", last_address);
    printf("%d times\n", count);
    count = 0;
}

static void on(int signal, void (*f)(int, siginfo_t *, void *), int flags) {
    struct sigaction a = {.sa_flags = SA_SIGINFO | flags};
    a.sa_sigaction = f;
    sigaction(signal, &a, 0);
}

static void overflow(int signal, siginfo_t *info, void *context) {
    stack_t s;
    sigaltstack(0, &s);
    printf("stack overflow: signal %d, code %d, on its own stack %d\n", signal, info->si_code, s.ss_flags == SS_ONSTACK);
    siglongjmp(back, 1);
}

static __attribute__((noinline)) int deep(int n) { volatile char room[4000]; room[0] = (char)n; return deep(n + 1) + room[0]; }

static void faults(void) {
    skip = 2;
    __asm__ volatile("movl (%%rax), %%ebx" ::"a"(0x123L) : "rbx");
    say("read of nothing", 0);
    __asm__ volatile("movl %%ebx, (%%rax)" ::"a"(page + 4096 + 5));
    say("write to a read-only page", page);
    __asm__ volatile("movl (%%rax), %%ebx" ::"a"(0xffff800000000000) : "rbx");
    say("read of the kernel's half", 0);
    __asm__ volatile("movl (%%rax), %%ebx" ::"a"(0x8000000000001234) : "rbx");
    say("read of a non-canonical address", 0);
    __asm__ volatile("ud2");
    printf("ud2: %d %d %d\n", last_signal, last_code, last_address != 0), count = 0;
    __asm__ volatile("xorl %%ecx, %%ecx; xorl %%edx, %%edx; divl %%ecx" ::: "rax", "rcx", "rdx");
    printf("divl: %d %d\n", last_signal, last_code), count = 0;
    skip = 1;
    __asm__ volatile("hlt");
    say("hlt", 0);
    __asm__ volatile("cli");
    say("cli", 0);
    skip = 0;
    __asm__ volatile("int3");
    say("int3", 0);
    __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop; nop" ::: "memory", "cc");
    printf("trap flag: %d %d, %d times\n", last_signal, last_code, count), count = 0;
    skip = 2;
    __asm__ volatile("int $0x40");
    say("int 0x40", 0);
}

static void float_faults(void) {
    feclearexcept(FE_ALL_EXCEPT);
    feenableexcept(FE_DIVBYZERO | FE_INVALID);
    volatile double zero = 0, one = 1;
    on(SIGFPE, overflow, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) { volatile double r = one / zero; (void)r; }
    feclearexcept(FE_ALL_EXCEPT);
    if (sigsetjmp(back, 1) == 0) { volatile long double z = 0, r = z / z; __asm__ volatile("fwait"); (void)r; }
    fedisableexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
}

static void spoil(int signal) {
    volatile double x = signal;
    for (int i = 0; i < 20; i++) x = x * 1.5 + i;
    __asm__ volatile("fninit; fldpi; fldpi; pxor %%xmm0, %%xmm0; pxor %%xmm15, %%xmm15; pcmpeqd %%xmm7, %%xmm7" ::: "xmm0", "xmm7", "xmm15");
}

static void kept_registers(void) {
    signal(SIGUSR1, spoil);
    uint64_t in = 0x0123456789abcdef, xmm0 = 0, xmm15 = 0;
    long double st = 0;
    __asm__ volatile(
        "fninit; fldl2t; movq %3, %%xmm0; movq %3, %%xmm15; mov $39, %%eax; syscall; mov %%eax, %%edi; mov $10, %%esi; mov $62, %%eax;"
        "syscall; movq %%xmm0, %0; movq %%xmm15, %1; fstpt %2"
        : "=r"(xmm0), "=r"(xmm15), "=m"(st) : "r"(in) : "rax", "rdi", "rsi", "rcx", "r11", "xmm0", "xmm15");
    printf("after the handler: %lx %lx %La\n", xmm0, xmm15, st);
}

static void note(int signal) { printf("<%d>", signal); fflush(stdout); }

static void masks(void) {
    sigset_t set, old, pending;
    signal(SIGUSR1, note), signal(SIGUSR2, note), signal(SIGRTMIN, note);
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGUSR2), sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR2), raise(SIGUSR1), raise(SIGUSR1), raise(SIGRTMIN), raise(SIGRTMIN);
    sigpending(&pending);
    printf("pending %d %d %d ", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2), sigismember(&pending, SIGINT));
    fflush(stdout);
    sigprocmask(SIG_SETMASK, &old, 0);
    printf("\n");
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR1);
    siginfo_t info;
    struct timespec none = {0, 0};
    printf("sigtimedwait %d ", sigtimedwait(&set, &info, &none));
    printf("%d %d ", info.si_code == SI_TKILL, sigtimedwait(&set, &info, &none));
    printf("%d\n", errno == EAGAIN);
    union sigval value = {.sival_int = 4711};
    sigqueue(getpid(), SIGRTMIN, value);
    printf("sigwaitinfo %d %d %d\n", sigwaitinfo(&set, &info) == SIGRTMIN, info.si_code == SI_QUEUE, info.si_value.sival_int);
    raise(SIGUSR2);
    int r = sigsuspend(&old);
    printf(" sigsuspend %d %d\n", r, errno);
    sigprocmask(SIG_SETMASK, &old, 0);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    struct sigaction once = {.sa_handler = note, .sa_flags = SA_RESETHAND}, now;
    sigaction(SIGUSR2, &once, 0);
    raise(SIGUSR2);
    sigaction(SIGUSR2, 0, &now);
    printf(" default again %d\n", now.sa_handler == SIG_DFL);
    printf("kill 0 %d, kill nobody %d %d\n", kill(getpid(), 0), kill(999999, 0), errno);
}

int main(int argc, char **argv) {
    page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[4096] = 1;
    mprotect(page + 4096, 4096, PROT_READ);
    int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (int i = 0; i < 5; i++) on(all[i], handler, 0);
    faults();
    stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&alternate, 0);
    on(SIGSEGV, overflow, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) deep(0);
    float_faults();
    kept_registers();
    masks();
    fflush(stdout);
    switch (argc > 1 ? argv[1][0] : 0) {
    case 'a': abort();
    case 's': signal(SIGSEGV, SIG_DFL); *(volatile int *)page = *(volatile int *)0; break;
    case 't': raise(SIGTERM); break;
    case 'b': { sigset_t s; sigfillset(&s); sigprocmask(SIG_BLOCK, &s, 0); __asm__ volatile("ud2"); }
    }
    return 5;
}
