// What a debugger is led through: structures, floating point, recursion, loops, handlers, longjmp, system calls.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone))

struct point {
    int x;
    double y;
    char name[8];
};

struct pair {
    long first, second;
};

struct node {
    struct node *next;
    float weight;
    unsigned flag : 3;
};

enum color { RED, GREEN = 5, BLUE };

int calls;
double total;
volatile sig_atomic_t handled;
jmp_buf back;
int table[6] = {5, 3, 8, 1, 9, 2};
enum color color = GREEN;

KEEP int add(int a, int b) { return a + b; }

KEEP double scale(struct point *p, double by) {
    p->y *= by;
    calls++;
    return p->y;
}

KEEP float mix(float a, double b, int c) { return a * 2 + b + c; }

KEEP struct point make(int x) {
    struct point p = {x, x * 1.5, "made"};
    return p;
}

KEEP struct pair both(long a, long b) {
    struct pair p = {a + b, a - b};
    return p;
}

KEEP int factorial(int n) {
    if (n < 2) {
        return 1;
    }
    return n * factorial(n - 1);
}

KEEP int sum(const int *values, int count) {
    int result = 0;
    for (int i = 0; i < count; i++) {
        result += values[i];
    }
    return result;
}

KEEP void sort(int *values, int count) {
    for (int i = 1; i < count; i++) {
        int value = values[i];
        int j = i;
        while (j > 0 && values[j - 1] > value) {
            values[j] = values[j - 1];
            j--;
        }
        values[j] = value;
    }
}

KEEP void handler(int signal) {
    handled += signal;
    calls++;
}

KEEP void jumper(int depth) {
    if (depth == 0) {
        longjmp(back, 7);
    }
    jumper(depth - 1);
}

KEEP int list(void) {
    struct node last = {NULL, 2.5f, 1};
    struct node first = {&last, 0.25f, 6};
    int count = 0;
    for (struct node *n = &first; n != NULL; n = n->next) {
        count += n->flag;
        total += n->weight;
    }
    return count;
}

int main(int argc, char **argv) {
    struct point p = make(3);
    int f = factorial(5);
    total = scale(&p, 2.5);
    sort(table, 6);
    int s = sum(table, 6);
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    if (setjmp(back) == 0) {
        jumper(2);
    }
    int n = list();
    char *text = malloc(32);
    snprintf(text, 32, "%d %d %d %.2f", f, s, n, total);
    puts(text);
    fflush(stdout);
    free(text);
    return argc > 1 ? 1 : add(handled, n);
}
