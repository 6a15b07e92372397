/* Heap and mappings: malloc of all sizes, realloc, big arrays, brk, mmap, mprotect, mremap, madvise. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned state = 12345;
static unsigned next(void) { return state = state * 1103515245 + 12345; }
static char large[3 << 20];
static int filled[100000] = {1, 2, 3};

static uint32_t sum(const void *p, size_t n) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ ((const unsigned char *)p)[i]) * 16777619u;
    return h;
}

int main(void) {
    char *blocks[200] = {0};
    size_t sizes[200] = {0};
    for (int i = 0; i < 4000; i++) {
        int k = next() >> 8 & 127;
        size_t size = 1 + (next() >> 4) % (i % 50 == 0 ? 400000 : 3000);
        char *p = realloc(blocks[k], size);
        for (size_t j = sizes[k]; j < size; j += 97) p[j] = (char)(j + k);
        blocks[k] = p;
        sizes[k] = size;
        if (next() >> 10 & 1) { free(blocks[k]); blocks[k] = 0; sizes[k] = 0; }
    }
    for (int k = 0; k < 200; k++) free(blocks[k]);
    for (size_t i = 0; i < sizeof large; i += 511) large[i] = (char)i;
    printf("%08x %d\n", sum(large, sizeof large), filled[2]);

    long page = sysconf(_SC_PAGESIZE);
    char *m = mmap(0, 16 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 16; i++) memset(m + i * page, 'a' + i, page);
    printf("munmap %d, ", munmap(m + 4 * page, 2 * page));
    printf("mprotect %d, ", mprotect(m, 4 * page, PROT_READ));
    printf("over the hole %d %d\n", mprotect(m, 8 * page, PROT_READ), errno);
    char *grown = mremap(m + 6 * page, 10 * page, 40 * page, MREMAP_MAYMOVE);
    printf("%c %c %d\n", grown[0], grown[9 * page], grown[20 * page]);
    printf("shrink %d\n", mremap(grown, 40 * page, 3 * page, 0) == grown);
    printf("%d %d\n", msync(grown, 3 * page, MS_SYNC), madvise(grown, 3 * page, MADV_DONTNEED));
    printf("%d after MADV_DONTNEED\n", grown[0]);
    char *fixed = mmap((void *)0x10000000, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    strcpy(fixed + page - 3, "across pages");
    char *over = mmap(fixed + page, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("%p %.3s %d\n", (void *)fixed, fixed + page - 3, over[0]);
    void *not = mmap(fixed, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    printf("%d %d\n", not == MAP_FAILED, errno);

    void *bad[] = {mmap((void *)1, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
                   mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mmap(0, page, PROT_READ, MAP_PRIVATE, 99, 0),
                   mmap(0, (size_t)1 << 62, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
    for (int i = 0; i < 4; i++) printf("%d ", bad[i] == MAP_FAILED);
    printf("%d %d\n", munmap((void *)1, 1), errno);
    volatile size_t huge = (size_t)1 << 60;
    printf("%d %d\n", malloc(huge) == 0, errno);

    char *old = sbrk(0);
    printf("%d %d ", sbrk(10 * page) == old, brk(old));
    printf("%d\n", sbrk(0) == old);
    char *aligned = aligned_alloc(4096, 8192);
    printf("%d %d\n", (int)((uintptr_t)aligned & 4095), calloc(1000, 1000) != 0);
    return 0;
}
