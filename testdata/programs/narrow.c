/* 32-bit code without a C library (-m32 -nostdlib): both kinds of signal frames, siginfo of faults and of kill, a thread by clone. */
typedef unsigned long long mask_t;
struct action { void *handler; unsigned long flags; void *restorer; mask_t mask; };
struct siginfo { int signal, error, code; union { void *address; int pid; }; int uid, value; };

static long call(long n, long a, long b, long c, long d, long e) {
    long r;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return r;
}

static void text(const char *s) { int n = 0; while (s[n]) n++; call(4, 1, (long)s, n, 0, 0); }

static void number(const char *what, unsigned n) {
    char s[12], *at = s + 11;
    *at = 0;
    do *--at = "0123456789abcdef"[n & 15]; while (n >>= 4);
    text(what), text(at), text("\n");
}

void restore(void), restore_old(void);
__asm__("restore: mov $173, %eax\n int $0x80\n restore_old: pop %eax\n mov $119, %eax\n int $0x80\n");

static void tell(int signal, struct siginfo *info, char *context) {
    number("signal ", signal), number(" code ", info->code);
    if (signal == 11) number(" address ", (unsigned)info->address), *(long *)(context + 20 + 56) += 9; /* past movw $1, 0x1230 */
    else number(" from itself ", info->pid == call(20, 0, 0, 0, 0, 0));
}

static void tell_old(int signal) { number("old frame, signal ", signal); }

static void on(int signal, void *handler, long flags, void *restorer) {
    struct action a = {handler, flags | 0x4000000, restorer, 0};
    call(174, signal, (long)&a, 0, 8, 0);
}

static volatile int came, tid = -1;
static char stack[8192] __attribute__((aligned(16)));
static void thread(void) { came = 1; call(1, 0, 0, 0, 0, 0); }

static void start_thread(void) {
    long r;
    void **top = (void **)(stack + sizeof stack) - 1;
    *top = thread;
    __asm__ volatile("int $0x80\n test %%eax, %%eax\n jnz 1f\n ret\n 1:"
                     : "=a"(r) : "a"(120), "b"(0x350f00), "c"(top), "d"(&tid), "S"(0), "D"(&tid) : "memory");
    while (tid != 0) call(240, (long)&tid, 0, tid, 0, 0);
    number("a thread came ", came);
}

void run(long *sp) {
    number("arguments ", sp[0]);
    on(11, tell, 4, restore), on(10, tell, 4, restore), on(12, tell_old, 0, restore_old);
    __asm__ volatile("movw $1, 0x1230" ::: "memory");
    call(37, call(20, 0, 0, 0, 0, 0), 10, 0, 0, 0);
    call(37, call(20, 0, 0, 0, 0, 0), 12, 0, 0, 0);
    start_thread();
    call(252, 5, 0, 0, 0, 0);
}
__asm__(".globl _start\n _start: mov %esp, %eax\n push %eax\n call run\n");
