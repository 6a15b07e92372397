/* What printf and scanf do with numbers: integers of all sizes, floats, long doubles, widths, locale calls. */
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int main(void) {
    printf("%d %i %u %x %X %o %c %s %%\n", -42, 7, 4000000000u, 0xbeef, 0xbeef, 0755, 'z', "text");
    printf("%hhd %hd %ld %lld %zu %td %jd\n", (char)-1, (short)-2, -3L, -4LL, (size_t)5, (ptrdiff_t)-6, (intmax_t)7);
    printf("[%8d] [%-8d] [%08d] [%+d] [% d] [%#x] [%#o] [%.5d] [%*.*f]\n", 42, 42, 42, 42, 42, 42, 42, 42, 10, 3, 3.14159);
    double values[] = {0, -0.0, 1, -1, 0.1, 1e-5, 123456789.125, 1e22, 1e-300, 5e-324, 1.7976931348623157e308, INFINITY, NAN};
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        printf("%f %e %g %a %.17g %.0f\n", values[i], values[i], values[i], values[i], values[i], values[i]);
    long double wide[] = {1.0L / 3, 1e4000L, -2.5e-4900L, 0x1.fffffffffffffffep+16383L, 1234567890123456789.5L};
    for (unsigned i = 0; i < sizeof wide / sizeof *wide; i++)
        printf("%Lf|%Le|%Lg|%La|%.21Lg\n", fabsl(wide[i]) < 1e30L ? wide[i] : 0, wide[i], wide[i], wide[i], wide[i]);
    int n;
    double d;
    long double ld;
    char word[20];
    int fields = sscanf("17 2.5e3 0x1.8p1 hello", "%d %lf %Lf %19s", &n, &d, &ld, word);
    printf("%d: %d %f %Lf %s\n", fields, n, d, ld, word);
    printf("%ld %lu %f %La\n", strtol("-0x7f", NULL, 0), strtoul("777", NULL, 8), strtod("1e-400", NULL), strtold("0.1", NULL));
    printf("%s %s\n", setlocale(LC_ALL, ""), localeconv()->decimal_point);
    wprintf(L""); /* no change of orientation: stdout is narrow by now */
    char buffer[64];
    printf("%d %s\n", snprintf(buffer, 8, "%s", "longer than that"), buffer);
    fprintf(stderr, "to standard error: %d\n", 99);
    return 17;
}
