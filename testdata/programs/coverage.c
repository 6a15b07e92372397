/* Lines that run often, once and never: for what source coverage says of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shape {
    int kind;
    int width;
    int height;
};

static int area(const struct shape *s) {
    switch (s->kind) {
        case 0:
            return s->width * s->height;
        case 1:
            return s->width * s->height / 2;
        case 2:
            fputs("circles are not here\n", stderr);
            return 0;
        default:
            return -1;
    }
}

static inline int clamp(int value, int low, int high) {
    if (value < low) {
        return low;
    }
    if (value > high) {
        return high;
    }
    return value;
}

static unsigned collatz(unsigned n) {
    unsigned steps = 0;
    while (n != 1) {
        if (n % 2 == 0) {
            n /= 2;
        } else {
            n = 3 * n + 1;
        }
        steps++;
    }
    return steps;
}

static int never(int value) {
    for (int i = 0; i < value; i++) {
        printf("%d\n", i);
    }
    return value;
}

static int compare(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static int sorted(int *values, int count) {
    qsort(values, count, sizeof *values, compare);
    for (int i = 1; i < count; i++) {
        if (values[i - 1] > values[i]) {
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv) {
    struct shape shapes[] = {{0, 3, 4}, {1, 3, 4}, {7, 3, 4}};
    int values[100];
    int total = 0;
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        total += area(&shapes[i]);
    }
    for (int i = 0; i < 100; i++) {
        values[i] = clamp(i * 37 % 101, 0, 90);
        total += collatz(i + 1);
    }
    if (argc > 1 && !strcmp(argv[1], "--never")) {
        total += never(argc);
    }
    if (!sorted(values, 100)) {
        puts("not sorted");
        return 1;
    }
    printf("%d\n", total);
    return total > 0 ? 0 : 2;
}
