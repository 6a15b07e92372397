/*
 * Runs instructions on the host processor and writes down what they did: the oracle of NativeComparisonTest.
 *
 *     hostcpu CASES RESULTS
 *
 * CASES is an array of struct input, RESULTS one of struct output in the same order; both little-endian, without padding.
 *
 * Every case ends in a signal: INT3 fills the code page around the instruction, and a fault is a signal anyway. The handler takes
 * the processor's state from the signal frame, puts the next case's there, and returns into it. So the kernel loads and
 * saves everything, no register is spoilt on the way, and 32-bit and 16-bit code need only other segments in the frame.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, SCRATCH = 0x100000, CODE = 0x108000, START = 2048, WINDOW = 1920, WINDOW_BYTES = 256, GS_BASE = 0x540 };

/* Linux's selectors, and two of our own in the LDT */
enum { USER_CODE32 = 0x23, USER_DATA = 0x2b, USER_CODE64 = 0x33, LDT_CODE16 = 7, LDT_DATA16 = 0xf };

struct input {
    uint8_t code[16];
    uint32_t length, bits; /* of the code; 64, 32 or 16 */
    uint64_t registers[16]; /* RAX RCX RDX RBX RSP RBP RSI RDI R8.. */
    uint64_t flags;
    uint32_t mxcsr, tags; /* tags: abridged */
    uint16_t control, status, pad[2]; /* of x87 */
    uint16_t exponents[8]; /* with signs; ST(0) first */
    uint64_t significands[8]; /* with TOP 0: the MMX registers */
    uint64_t xmm[32];
    uint8_t window[WINDOW_BYTES]; /* goes to SCRATCH + WINDOW */
};

struct output {
    uint64_t registers[16];
    uint64_t flags, rip, cr2;
    uint32_t vector, error, mxcsr;
    uint16_t status, tags, control, pad[3];
    uint16_t exponents[8];
    uint64_t significands[8];
    uint64_t xmm[32];
    uint8_t window[WINDOW_BYTES];
    uint64_t digest; /* of all of the scratch page: FNV-1a by 64-bit words */
};

_Static_assert(sizeof(struct input) == 768, "input");
_Static_assert(sizeof(struct output) == 776, "output");

static const int ORDER[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static const struct input *cases;
static struct output *results;
static size_t count, next;
static uint8_t *const scratch = (uint8_t *) SCRATCH;
static uint8_t *const code = (uint8_t *) CODE;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* What the scratch page holds around the window. */
static uint8_t filler(int offset) {
    return offset * 31 + 7;
}

static void load(ucontext_t *context, const struct input *in) {
    greg_t *r = context->uc_mcontext.gregs;
    struct _libc_fpstate *f = context->uc_mcontext.fpregs;
    memset(code, 0xcc, PAGE);
    memcpy(code + START, in->code, in->length);
    for (int i = 0; i < PAGE; i++) {
        scratch[i] = filler(i);
    }
    memcpy(scratch + WINDOW, in->window, WINDOW_BYTES);
    for (int i = 0; i < 16; i++) {
        r[ORDER[i]] = in->registers[i];
    }
    r[REG_EFL] = in->flags | 0x202;
    uint64_t cs = in->bits == 64 ? USER_CODE64 : in->bits == 32 ? USER_CODE32 : LDT_CODE16;
    uint64_t data = in->bits == 16 ? LDT_DATA16 : USER_DATA;
    r[REG_RIP] = CODE + START - (in->bits == 16 ? SCRATCH : 0);
    r[REG_CSGSFS] = (r[REG_CSGSFS] & 0x0000ffffffff0000) | data << 48 | cs;
    /* 64-bit code, such as this, does not look at them */
    __asm__ volatile("movl %0, %%ds; movl %0, %%es" ::"r"((uint32_t) data));
    r[REG_CR2] = 0;
    f->cwd = in->control;
    f->swd = in->status;
    f->ftw = in->tags;
    f->mxcsr = in->mxcsr;
    for (int i = 0; i < 8; i++) {
        memset(&f->_st[i], 0, sizeof f->_st[i]);
        memcpy(f->_st[i].significand, &in->significands[i], 8);
        f->_st[i].exponent = in->exponents[i];
    }
    memcpy(f->_xmm, in->xmm, sizeof in->xmm);
}

static void save(const ucontext_t *context, struct output *out) {
    const greg_t *r = context->uc_mcontext.gregs;
    const struct _libc_fpstate *f = context->uc_mcontext.fpregs;
    for (int i = 0; i < 16; i++) {
        out->registers[i] = r[ORDER[i]];
    }
    out->flags = r[REG_EFL];
    out->rip = r[REG_RIP];
    out->vector = r[REG_TRAPNO];
    out->error = r[REG_ERR];
    out->cr2 = out->vector == 14 ? r[REG_CR2] : 0;
    out->mxcsr = f->mxcsr;
    out->status = f->swd;
    out->tags = f->ftw;
    out->control = f->cwd;
    for (int i = 0; i < 8; i++) {
        memcpy(&out->significands[i], f->_st[i].significand, 8);
        out->exponents[i] = f->_st[i].exponent;
    }
    memcpy(out->xmm, f->_xmm, sizeof out->xmm);
    memcpy(out->window, scratch + WINDOW, WINDOW_BYTES);
    uint64_t digest = 0xcbf29ce484222325;
    for (int i = 0; i < PAGE; i += 8) {
        uint64_t word;
        memcpy(&word, scratch + i, 8);
        digest = (digest ^ word) * 0x100000001b3;
    }
    out->digest = digest;
}

static void handler(int signal, siginfo_t *info, void *context) {
    if (signal != SIGUSR1) {
        save(context, &results[next++]);
    }
    if (next == count) {
        _exit(0);
    }
    load(context, &cases[next]);
}

static void *map(const char *path, int flags, size_t *size) {
    int file = open(path, flags, 0600);
    struct stat status;
    if (file < 0 || (*size && ftruncate(file, *size)) || fstat(file, &status)) {
        fail(path);
    }
    *size = status.st_size;
    void *at = mmap(NULL, *size, flags == O_RDONLY ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) {
        fail(path);
    }
    return at;
}

static void page(uintptr_t address, int protection) {
    void *at = (void *) address;
    if (mmap(at, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at) {
        fail("mmap of a page for code or scratch");
    }
}

/* 64 KiB from the scratch page on, for 16-bit code */
static void segment(int selector, int contents) {
    struct user_desc descriptor = {
        .entry_number = selector >> 3, .base_addr = SCRATCH, .limit = 0xffff, .contents = contents, .useable = 1};
    if (syscall(SYS_modify_ldt, 0x11, &descriptor, sizeof descriptor)) {
        fail("modify_ldt");
    }
}

int main(int arguments, char **argument) {
    static uint8_t stack[1 << 16];
    const int signals[] = {SIGUSR1, SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS};
    if (arguments != 3) {
        fprintf(stderr, "usage: hostcpu CASES RESULTS\n");
        return 2;
    }
    size_t size = 0;
    cases = map(argument[1], O_RDONLY, &size);
    count = size / sizeof *cases;
    size = count * sizeof *results;
    results = map(argument[2], O_RDWR | O_CREAT | O_TRUNC, &size);
    page(SCRATCH, PROT_READ | PROT_WRITE);
    page(CODE, PROT_READ | PROT_WRITE | PROT_EXEC);
    if (sigaltstack(&(stack_t) {.ss_sp = stack, .ss_size = sizeof stack}, NULL)) {
        fail("sigaltstack");
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        if (sigaction(signals[i], &action, NULL)) {
            fail("sigaction");
        }
    }
    segment(LDT_CODE16, MODIFY_LDT_CONTENTS_CODE);
    segment(LDT_DATA16, MODIFY_LDT_CONTENTS_DATA);
    if (syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE)) {
        fail("arch_prctl");
    }
    alarm(60);
    raise(SIGUSR1);
    return 3;
}
