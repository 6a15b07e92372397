// Counts what it reads from standard input. Has a function with the x87's numbers for a debugger to call meanwhile.
#include <unistd.h>

static int got;

__attribute__((noinline)) long double half(long double x) { return x / 2; }

__attribute__((noinline)) int done(int count) { return count; }

int main(void) {
    char c;
    write(1, ">", 1);
    while (read(0, &c, 1) == 1) {
        got++;
    }
    return done(got);
}
