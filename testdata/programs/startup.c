/* What a program finds when it starts, and how it leaves. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;
static void __attribute__((constructor)) early(void) { write(1, "constructor\n", 12); }
static void __attribute__((destructor)) late(void) { write(1, "destructor\n", 11); }

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) printf("argv[%d] = <%s>\n", i, argv[i]);
    for (char **e = environ; *e; e++) printf("%s\n", *e);
    printf("end %d, stack aligned %d\n", argv[argc] == 0, (int)((size_t)__builtin_frame_address(0) & 15));
    printf("page %lu, clock %lu, entry %d, secure %lu\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_ENTRY) != 0, getauxval(AT_SECURE));
    Elf64_Phdr *header = (Elf64_Phdr *)getauxval(AT_PHDR);
    int loads = 0;
    for (unsigned i = 0; i < getauxval(AT_PHNUM); i++) loads += header[i].p_type == PT_LOAD;
    printf("%d segments, %s, random %d\n", loads, (char *)getauxval(AT_PLATFORM), getauxval(AT_RANDOM) != 0);
    struct utsname u;
    printf("uname %d %s %s\n", uname(&u), u.sysname, u.machine);
    unsigned char r[64] = {0};
    printf("getrandom %zd\n", getrandom(r, 64, 0));
    printf("%d %ld %d\n", getpid() > 0, sysconf(_SC_NPROCESSORS_ONLN) > 0, getppid() >= 0);
    printf("null page %zd ", write(1, (void *)8, 1)), printf("%d\n", errno);
    printf("the kernel's half %zd ", write(1, (void *)0xffffffff80100000, 16)), printf("%d\n", errno);
    fflush(stdout);
    exit(argc + 40);
}
