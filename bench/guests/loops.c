/*
 * A 64-bit multiboot 1 kernel whose command line is "NAME COUNT": runs one loop so many times and prints its result on
 * COM1, in hexadecimal, so that two machines that ran it can be compared.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

extern u64 pd[512];
extern void stop(void);
extern long ring3(long (*function)(long), long argument);

/* ---- sieve: stores and branches in memory that fits a cache ---- */

enum { SIEVE = 1 << 20 };
static u8 composite[SIEVE];

static u64 sieve(u64 count) {
    u64 primes = 0;
    for (u64 round = 0; round < count; round++) {
        for (u32 i = 0; i < SIEVE; i++) composite[i] = 0;
        for (u32 i = 2; i < SIEVE; i++) {
            if (composite[i]) continue;
            primes++;
            for (u32 j = 2 * i; j < SIEVE; j += i) composite[j] = 1;
        }
    }
    return primes;
}

/* ---- sha256: arithmetic in registers ---- */

static const u32 K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotated(u32 x, int by) {
    return x >> by | x << (32 - by);
}

static void compress(u32 state[8], const u32 block[16]) {
    u32 w[64];
    for (int i = 0; i < 16; i++) w[i] = block[i];
    for (int i = 16; i < 64; i++) {
        u32 s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3;
        u32 s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        u32 t1 = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
        u32 t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static u64 sha256(u64 count) {
    u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    u32 block[16];
    for (int i = 0; i < 16; i++) block[i] = i * 0x01010101u;
    for (u64 i = 0; i < count; i++) {
        block[0] = (u32) i;
        compress(state, block);
    }
    return (u64) state[0] << 32 | state[7];
}

/* ---- interpreter: indirect jumps that are hard to foresee ---- */

enum { PUSH, ADD, XOR, SHIFT, DUPLICATE, SWAP, DECREMENT, BRANCH, HALT };

static u64 interpret(u64 count) {
    static const u8 program[] = {PUSH, 1, SWAP, DUPLICATE, SHIFT, 3, SWAP, ADD, DUPLICATE, XOR, 17, ADD, SWAP, DECREMENT, BRANCH, 2, HALT};
    u64 stack[16];
    u64 *top = stack;
    *top = 0x9e3779b97f4a7c15;
    *++top = count;
    const u8 *at = program;
    for (;;) {
        u64 swapped;
        switch (*at++) {
        case PUSH: *++top = *at++; break;
        case ADD: top--; *top += top[1]; break;
        case XOR: *top ^= *at++; break;
        case SHIFT: *top = *top << *at | *top >> (64 - *at); at++; break;
        case DUPLICATE: top[1] = *top; top++; break;
        case SWAP: swapped = *top; *top = top[-1]; top[-1] = swapped; break;
        case DECREMENT: --*stack; break;
        case BRANCH: at++; if (--count) at = program + at[-1]; break;
        case HALT: return *top ^ *stack;
        default: stop();
        }
        if (top >= stack + 15) top = stack + 2;
        if (top < stack + 1) top = stack + 1;
    }
}

/* ---- walk: loads that follow each other through 32 MiB in pages of 4 KiB ---- */

enum { WALKED = 1 << 25, LINE = 64, LINES = WALKED / LINE };
static u8 *const region = (u8 *) (64 << 20);
static u64 tables[WALKED / 4096 + 512] __attribute__((aligned(4096)));

static void small_pages(void) {
    for (u64 page = 0; page < WALKED / 4096; page++) tables[page] = (u64) region + page * 4096 + 3;
    for (u64 i = 0; i < WALKED >> 21; i++) pd[((u64) region >> 21) + i] = (u64) (tables + 512 * i) + 3;
    __asm__ volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" ::: "rax", "memory");
}

static u64 walk(u64 count) {
    small_pages();
    for (u64 i = 0; i < LINES; i++) *(u64 *) (region + i * LINE) = (i * 1664525 + 1013904223) % LINES * LINE;
    u64 at = 0;
    u64 sum = 0;
    for (u64 i = 0; i < count; i++) {
        at = *(volatile u64 *) (region + at);
        sum += at ^ i;
    }
    return sum;
}

/* ---- copy: string instructions ---- */

static u64 copy(u64 count) {
    u8 *from = region;
    u8 *to = region + (WALKED >> 1) + 5 * 4096; /* not the same place in a direct-mapped TLB */
    for (u64 i = 0; i < 1 << 16; i++) from[i] = (u8) (i * 7);
    for (u64 i = 0; i < count; i++) {
        void *d = to + (i & 63);
        void *s = from;
        u64 n = 1 << 16;
        __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n)::"memory");
    }
    u64 sum = 0;
    for (u64 i = 0; i < 1 << 16; i++) sum = sum * 31 + to[i];
    return sum;
}

/* ---- pingpong, int80: from ring 3 to ring 0 and back ---- */

static long pinging(long count) {
    long value = 0;
    while (count--) {
        long number = 0;
        __asm__ volatile("syscall" : "+a"(number) : "D"(value) : "rcx", "r11", "memory");
        value = number;
    }
    return value;
}

static long interrupting(long count) {
    long value = 0;
    while (count--) __asm__ volatile("int $0x80" : "=a"(value) : "D"(value) : "memory");
    return value;
}

static u64 pingpong(u64 count) {
    return (u64) ring3(pinging, (long) count);
}

static u64 int80(u64 count) {
    return (u64) ring3(interrupting, (long) count);
}

/* ---- faults: pages that are mapped when they are touched ---- */

void fault(u64 address) {
    u64 page = (address - (u64) region) / 4096;
    if (page >= WALKED / 4096) stop();
    tables[page] |= 3;
}

static u64 faults(u64 count) {
    small_pages();
    u64 sum = 0;
    for (u64 i = 0; i < count; i++) {
        u64 page = i * 97 % (WALKED / 4096);
        u8 *address = region + page * 4096;
        tables[page] &= ~1UL;
        __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
        sum += ++*(volatile u8 *) address;
    }
    return sum;
}

/* ---- mix: some of each, in turn, for as long as one likes ---- */

static u64 mix(u64 count) {
    u64 sum = 0;
    while (count--) sum += sieve(1) + sha256(2000) + interpret(20000) + walk(200000) + pingpong(20000) + int80(5000) + faults(5000);
    return sum;
}

static u64 none(u64 count) {
    return count;
}

/* ---- which one ---- */

static const struct {
    const char *name;
    u64 (*run)(u64 count);
} LOOPS[] = {{"none", none}, {"sieve", sieve}, {"sha256", sha256}, {"interpreter", interpret}, {"walk", walk},
             {"copy", copy}, {"pingpong", pingpong}, {"int80", int80}, {"faults", faults}, {"mix", mix}};

static void put(char c) {
    u8 ready;
    do {
        __asm__ volatile("inb %w1, %0" : "=a"(ready) : "Nd"(0x3fd));
    } while (!(ready & 0x20));
    __asm__ volatile("outb %0, %w1" ::"a"(c), "Nd"(0x3f8));
}

static int begins(const char *text, const char *name) {
    while (*name && *text == *name) text++, name++;
    return !*name && *text == ' ';
}

void loops(u32 *multiboot) {
    const char *line = (const char *) (u64) multiboot[4];
    const char *blank = line; /* most loaders put the kernel's own name in front */
    for (const char *c = line; *c; c++) {
        if (*c == ' ') line = blank, blank = c + 1;
    }
    for (u64 i = 0; i < sizeof LOOPS / sizeof *LOOPS; i++) {
        if (!begins(line, LOOPS[i].name)) continue;
        while (*line != ' ') line++;
        u64 count = 0;
        for (line++; *line >= '0' && *line <= '9'; line++) count = count * 10 + (u64) (*line - '0');
        u64 result = LOOPS[i].run(count);
        for (int shift = 60; shift >= 0; shift -= 4) put("0123456789abcdef"[result >> shift & 15]);
        put('\n');
        return;
    }
    for (const char *text = "no such loop: "; *text; text++) put(*text);
    for (; *line; line++) put(*line);
    put('\n');
}
