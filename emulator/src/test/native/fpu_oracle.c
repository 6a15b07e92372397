/*
 * Runs single x87 and SSE instructions on the processor of the machine the tests run on.
 *
 * usage: fpu_oracle CASES RESULTS        (both binary, little-endian)
 *
 * CASES   = group*
 * group   = kind u32 (0 x87, 1 SSE), code length u32, code[16], number of cases u32, case*
 * case    = control u32 (x87 control word or MXCSR), 12 bytes unused, a[16], b[16]          48 bytes
 * RESULTS = result*, in the order of the cases
 * result  = status u32 (x87 status word or MXCSR), tag u16, signal u16, rax u64,
 *           r0[16], r1[16], memory[16]                                                      64 bytes
 *
 * x87: ST0 = a, ST1 = b (tbytes), memory at [rdx] = a; r0, r1 = ST0, ST1 afterwards; rax = RFLAGS afterwards.
 * SSE: xmm0 = a, xmm1 = b, rax = a's low quadword; r0 = xmm0 afterwards; an unmasked exception sets signal = 1.
 * Memory holds 16 bytes copied back after the instruction; x87 stores can use [rdx + 16], preset to 0xCC.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

struct test_case { uint32_t control; uint8_t unused[12]; uint8_t a[16], b[16]; };
struct result { uint32_t status; uint16_t tag, signal; uint64_t rax; uint8_t r0[16], r1[16], memory[16]; };

static struct frame {
    uint32_t control, status;       /* 0, 4 */
    uint64_t rax;                   /* 8 */
    uint8_t a[16], b[16];           /* 16, 32 */
    uint8_t memory[32];             /* 48 */
    uint8_t save[112];              /* 80 */
} frame __attribute__((aligned(64)));

static uint8_t *page, *resume;
static volatile int signalled;

static void on_sigfpe(int number, siginfo_t *info, void *context) {
    ucontext_t *uc = context;
    (void)number;
    (void)info;
    signalled = 1;
    frame.status = uc->uc_mcontext.fpregs->mxcsr;
    uc->uc_mcontext.fpregs->mxcsr = 0x1f80;
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)resume;
}

static uint8_t *put(uint8_t *at, const char *bytes, size_t length) {
    memcpy(at, bytes, length);
    return at + length;
}
#define PUT(at, text) put(at, text, sizeof(text) - 1)

/* rdi = &frame, rdx = frame.memory */
static void assemble(uint32_t kind, const uint8_t *code, uint32_t length) {
    uint8_t *at = page;
    if (kind == 0) {
        at = PUT(at, "\xdb\xe3");                   /* fninit */
        at = PUT(at, "\xd9\x2f");                   /* fldcw [rdi] */
        at = PUT(at, "\xdb\x6f\x20");               /* fld tbyte [rdi+32] */
        at = PUT(at, "\xdb\x6f\x10");               /* fld tbyte [rdi+16] */
        at = put(at, (const char *)code, length);
        at = PUT(at, "\x9c\x58\x48\x89\x47\x08");   /* pushfq; pop rax; mov [rdi+8],rax */
        at = PUT(at, "\xdd\x77\x50");               /* fnsave [rdi+80] */
    } else {
        at = PUT(at, "\x0f\x10\x47\x10");           /* movups xmm0,[rdi+16] */
        at = PUT(at, "\x0f\x10\x4f\x20");           /* movups xmm1,[rdi+32] */
        at = PUT(at, "\x48\x8b\x47\x10");           /* mov rax,[rdi+16] */
        at = PUT(at, "\x0f\xae\x17");               /* ldmxcsr [rdi] */
        at = put(at, (const char *)code, length);
        at = PUT(at, "\x0f\xae\x5f\x04");           /* stmxcsr [rdi+4] */
        resume = at;
        at = PUT(at, "\x48\x89\x47\x08");           /* mov [rdi+8],rax */
        at = PUT(at, "\x9c\x58\x48\x89\x47\x50");   /* pushfq; pop rax; mov [rdi+80],rax */
        at = PUT(at, "\x0f\x11\x47\x10");           /* movups [rdi+16],xmm0 */
        at = PUT(at, "\xc7\x47\x60\x80\x1f\x00\x00"); /* mov dword [rdi+96],0x1f80 */
        at = PUT(at, "\x0f\xae\x57\x60");           /* ldmxcsr [rdi+96] */
    }
    PUT(at, "\xc3");
}

static void run(uint32_t kind, const struct test_case *c, struct result *r) {
    memset(r, 0, sizeof *r);
    frame.control = c->control;
    memcpy(frame.a, c->a, 16);
    memcpy(frame.b, c->b, 16);
    memcpy(frame.memory, c->a, 16);
    memset(frame.memory + 16, 0xcc, 16);
    signalled = 0;
    __asm__ volatile("call *%0"
                     : : "r"(page), "D"(&frame), "d"(frame.memory)
                     : "rax", "rcx", "rsi", "r8", "memory", "cc", "xmm0", "xmm1");
    if (kind == 0) {
        memcpy(&r->status, frame.save + 4, 2);
        memcpy(&r->tag, frame.save + 8, 2);
        memcpy(r->r0, frame.save + 28, 10);
        memcpy(r->r1, frame.save + 38, 10);
        memcpy(r->memory, frame.memory + 16, 16);
        r->rax = frame.rax;
    } else {
        r->status = frame.status;
        r->signal = (uint16_t)signalled;
        memcpy(r->r0, frame.a, 16);
        memcpy(r->r1, frame.save, 8);
        r->rax = frame.rax;
    }
}

static void need(int ok, const char *what) {
    if (!ok) {
        fprintf(stderr, "fpu_oracle: %s\n", what);
        exit(1);
    }
}

int main(int argc, char **argv) {
    need(argc == 3, "usage: fpu_oracle CASES RESULTS");
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    need(in && out, "cannot open the files");
    page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(page != MAP_FAILED, "no executable page");
    struct sigaction action = {.sa_sigaction = on_sigfpe, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGFPE, &action, 0);

    struct { uint32_t kind, length; uint8_t code[16]; uint32_t count; } group;
    while (fread(&group, sizeof group, 1, in) == 1) {
        need(group.kind <= 1 && group.length <= 16, "bad group");
        assemble(group.kind, group.code, group.length);
        for (uint32_t i = 0; i < group.count; i++) {
            struct test_case c;
            struct result r;
            need(fread(&c, sizeof c, 1, in) == 1, "cases end early");
            run(group.kind, &c, &r);
            need(fwrite(&r, sizeof r, 1, out) == 1, "cannot write results");
        }
    }
    need(fclose(out) == 0, "cannot write results");
    return 0;
}
