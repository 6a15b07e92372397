/* qsort, bsearch, strings, setjmp, recursion, 64- and 128-bit arithmetic, the math library. */
#include <complex.h>
#include <ctype.h>
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static jmp_buf back;
static int compare(const void *a, const void *b) { return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b; }
static void leave(int depth) { if (depth == 0) longjmp(back, 5); volatile char room[100]; room[0] = depth; leave(depth - 1); }
static int ackermann(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
static void last(void) { puts("atexit runs"); }

int main(void) {
    atexit(last);
    static int numbers[20000];
    srand(1);
    for (int i = 0; i < 20000; i++) numbers[i] = rand();
    qsort(numbers, 20000, sizeof *numbers, compare);
    int key = numbers[777], ordered = 1;
    for (int i = 1; i < 20000; i++) ordered &= numbers[i - 1] <= numbers[i];
    printf("%d %d %d\n", ordered, numbers[0], *(int *)bsearch(&key, numbers, 20000, sizeof key, compare));
    volatile int kept = 3;
    int came = setjmp(back);
    if (came == 0) { kept = 4; leave(50); }
    printf("longjmp %d %d, ackermann %d\n", came, kept, ackermann(2, 300));

    char text[] = "the quick brown fox, jumps; over the lazy dog", copy[100];
    for (char *w = strtok(strcpy(copy, text), " ,;"); w; w = strtok(0, " ,;")) printf("<%s>", w);
    printf(" %zu %s %s %d %d\n", strlen(text), strstr(text, "fox"), strrchr(text, 't'), strcmp("a", "b") < 0, memcmp("abc", "abd", 3) < 0);
    for (int n = 0; n < 70; n += 3) { memset(copy, 'x', 99); memmove(copy + 5, copy, n); memcpy(copy, text, n % 40); }
    printf("%.60s %zu %zu %d\n", copy, strspn(text, "eht "), strcspn(text, "q"), toupper('q'));

    unsigned __int128 product = (unsigned __int128)0xfedcba9876543210 * 0x123456789abcdef;
    printf("%016llx%016llx %llu\n", (unsigned long long)(product >> 64), (unsigned long long)product, (unsigned long long)(product / 1000003));
    for (double x = -3; x < 3; x += 0.7)
        printf("%a %a %a %a %a %a\n", sin(x), cos(x), exp(x), atan2(x, 2), cbrt(x), tgamma(x));
    for (double x = 0.1; x < 1000; x *= 5)
        printf("%a %a %a %a %a\n", sqrt(x), log(x), pow(x, 1.7), fmod(1000, x), log1p(x));
    for (long double x = 0.1L; x < 1000; x *= 7)
        printf("%.17Lg %.17Lg %.17Lg %.17Lg %La\n", sinl(x), expl(-x), logl(x), powl(x, 0.3L), sqrtl(x));
    printf("%ld %ld %a %a\n", lrint(2.5), lround(2.5), rint(-3.5), nearbyint(0.5));
    fesetround(FE_UPWARD);
    volatile double third = 1, three = 3;
    printf("%a ", third / three);
    fesetround(FE_TONEAREST);
    printf("%a %d\n", third / three, fetestexcept(FE_INEXACT) != 0);
    double complex z = csqrt(-2 + 3 * I);
    printf("%a %a %a\n", creal(z), cimag(z), cabs(z));
    time_t when = 1700000000;
    printf("%s", asctime(gmtime(&when)));
    exit(3);
}
