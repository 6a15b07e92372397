/*
 * Runs x87 instructions on the processor of the machine the tests run on, with the whole x87 state before and after.
 *
 * usage: x87_state_oracle CASES RESULTS        (both binary, little-endian)
 *
 * CASES   = case*
 * case    = code length u32, unused u32, code[16], eflags u64, FNSAVE image[108], unused[4], memory[128]      272 bytes
 * RESULTS = result*
 * result  = signal u32, unused u32, rax u64, eflags u64, FNSAVE image[108], unused[4], memory[128]            264 bytes
 *
 * The code lies at 0x10000 and finds its memory at rdx = 0x18000 and 0x1122334455667788 in rax. Images are in the 32-bit protected-mode
 * layout. The signal is SIGFPE for a pending exception, SIGILL for an opcode that does not exist, else 0.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define CODE ((uint8_t *)0x10000)
#define DATA ((uint8_t *)0x18000)

struct test_case { uint32_t length, unused; uint8_t code[16]; uint64_t eflags; uint8_t image[112], memory[128]; };
struct result { uint32_t signal, unused; uint64_t rax, eflags; uint8_t image[112], memory[128]; };

/* The entry and exit code lie apart, so that the tested instruction can start at CODE exactly. */
static struct frame { uint64_t eflags, rax; uint8_t before[112], after[112]; } frame;
static uint8_t *entry, *resume;
static volatile int signalled;

static void on_signal(int number, siginfo_t *info, void *context) {
    ucontext_t *uc = context;
    (void)info;
    signalled = number;
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)resume;
}

static uint8_t *put(uint8_t *at, const char *bytes, size_t length) {
    memcpy(at, bytes, length);
    return at + length;
}
#define PUT(at, text) put(at, text, sizeof(text) - 1)

/* rdi = &frame */
static void assemble(void) {
    uint8_t *at = CODE + 0x800;
    entry = at;
    at = PUT(at, "\xdd\x67\x10");                               /* frstor [rdi+16] */
    at = PUT(at, "\xff\x37\x9d");                               /* push [rdi]; popfq */
    at = PUT(at, "\x48\xb8\x88\x77\x66\x55\x44\x33\x22\x11");   /* mov rax,0x1122334455667788 */
    at = PUT(at, "\x68\x00\x00\x01\x00\xc3");                   /* push 0x10000; ret */
    resume = at;
    at = PUT(at, "\x9c\x8f\x07");                               /* pushfq; pop [rdi] */
    at = PUT(at, "\x48\x89\x47\x08");                           /* mov [rdi+8],rax */
    at = PUT(at, "\xdd\xb7\x80\x00\x00\x00");                   /* fnsave [rdi+128] */
    PUT(at, "\xc3");
}

static void run(const struct test_case *c, struct result *r) {
    memset(r, 0, sizeof *r);
    memcpy(CODE, c->code, c->length);
    uint8_t *at = CODE + c->length;
    int32_t distance = (int32_t)(resume - (at + 5));
    *at = 0xe9;                                                 /* jmp resume */
    memcpy(at + 1, &distance, 4);
    memcpy(DATA, c->memory, sizeof c->memory);
    frame.eflags = c->eflags;
    memcpy(frame.before, c->image, sizeof frame.before);
    signalled = 0;
    __asm__ volatile("call *%0"
                     : : "r"(entry), "D"(&frame), "d"(DATA)
                     : "rax", "rcx", "rsi", "r8", "memory", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");
    r->signal = (uint32_t)signalled;
    r->rax = frame.rax;
    r->eflags = frame.eflags;
    memcpy(r->image, frame.after, 108);
    memcpy(r->memory, DATA, sizeof r->memory);
}

static void need(int ok, const char *what) {
    if (!ok) {
        fprintf(stderr, "x87_state_oracle: %s\n", what);
        exit(1);
    }
}

static void *page(void *address, int protection) {
    return mmap(address, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

int main(int argc, char **argv) {
    need(argc == 3, "usage: x87_state_oracle CASES RESULTS");
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    need(in && out, "cannot open the files");
    need(page(CODE, PROT_READ | PROT_WRITE | PROT_EXEC) == CODE, "no page at 0x10000");
    need(page(DATA, PROT_READ | PROT_WRITE) == DATA, "no page at 0x18000");
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGFPE, &action, 0);
    sigaction(SIGILL, &action, 0);
    assemble();

    struct test_case c;
    struct result r;
    while (fread(&c, sizeof c, 1, in) == 1) {
        need(c.length <= sizeof c.code, "bad case");
        run(&c, &r);
        need(fwrite(&r, sizeof r, 1, out) == 1, "cannot write results");
    }
    need(fclose(out) == 0, "cannot write results");
    return 0;
}
