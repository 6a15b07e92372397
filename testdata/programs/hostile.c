/* Asks for what no kernel gives: each call must fail with its error number, and the program must live. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRY(...) do { errno = 0; long r = syscall(__VA_ARGS__); printf("%s: %d %d\n", #__VA_ARGS__, r == -1, errno); } while (0)
#define KERNEL 0xffffffff80100000
#define HALF 0x7ffffffff000

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    TRY(SYS_mmap, 0, (size_t)1 << 63, 3, flags, -1, 0);
    TRY(SYS_mmap, 0, -1L, 3, flags, -1, 0);
    TRY(SYS_mmap, 0, 4096, 3, 0, -1, 0);
    TRY(SYS_mmap, HALF, 4096, 3, flags | MAP_FIXED, -1, 0);
    TRY(SYS_mmap, KERNEL & -4096, 4096, 3, flags | MAP_FIXED, -1, 0);
    TRY(SYS_mmap, HALF - 4096, 8192, 3, flags | MAP_FIXED, -1, 0);
    TRY(SYS_mmap, 0, 4096, 1, MAP_PRIVATE, 1000, 0);
    TRY(SYS_munmap, 0x1001, 4096);
    TRY(SYS_munmap, -4096L, 4096);
    TRY(SYS_munmap, 0x10000, -4096L);
    TRY(SYS_munmap, 0x10000, 0);
    TRY(SYS_mprotect, 0x1, 4096, 1);
    TRY(SYS_mprotect, 0x10000, 4096, 1);
    TRY(SYS_mprotect, -4096L, 8192, 1);
    TRY(SYS_mremap, 0x10001, 4096, 8192, 1);
    TRY(SYS_mremap, 0x10000, 4096, 8192, 1);
    TRY(SYS_mremap, 0x10000, 4096, 0, 1);
    TRY(SYS_write, 1, KERNEL, 16);
    TRY(SYS_write, 1, -8L, 16);
    TRY(SYS_write, 1, 0x8000000000001000, 16);
    TRY(SYS_write, 1, 0L, 1);
    TRY(SYS_write, -1, "x", 1);
    TRY(SYS_write, 1 << 20, "x", 1);
    TRY(SYS_read, 0, KERNEL, -1L);
    TRY(SYS_writev, 1, KERNEL, 1);
    TRY(SYS_writev, 1, 0, -1);
    TRY(SYS_writev, 1, 0, 5000);
    TRY(SYS_openat, AT_FDCWD, 0, 0);
    TRY(SYS_openat, AT_FDCWD, KERNEL, 0);
    TRY(SYS_openat, 999, "name", 0);
    TRY(SYS_openat, AT_FDCWD, "", 0);
    TRY(SYS_openat, AT_FDCWD, "bad\377name", 0);
    TRY(SYS_dup2, 0, 1 << 24);
    TRY(SYS_fcntl, 0, F_DUPFD, -1);
    TRY(SYS_fcntl, 0, 12345, 0);
    TRY(SYS_rt_sigaction, 0, 0, 0, 8);
    TRY(SYS_rt_sigaction, 65, 0, 0, 8);
    TRY(SYS_rt_sigaction, SIGKILL, "0123456789012345678901234567890123456789", 0, 8);
    TRY(SYS_rt_sigaction, SIGINT, KERNEL, 0, 8);
    TRY(SYS_rt_sigaction, SIGINT, 0, 0, 4);
    TRY(SYS_rt_sigprocmask, 77, "01234567", 0, 8);
    TRY(SYS_rt_sigprocmask, 0, KERNEL, 0, 8);
    TRY(SYS_sigaltstack, KERNEL, 0);
    TRY(SYS_tgkill, getpid(), getpid(), 65);
    TRY(SYS_nanosleep, KERNEL, 0);
    TRY(SYS_clock_gettime, 4711, &flags);
    TRY(SYS_clock_gettime, 0, KERNEL);
    TRY(SYS_arch_prctl, 0x1002, KERNEL);
    TRY(SYS_arch_prctl, 0x9999, 0);
    TRY(SYS_poll, KERNEL, 1, 0);
    TRY(SYS_getcwd, KERNEL, 100);
    char small[1];
    TRY(SYS_getcwd, small, 1);
    TRY(SYS_uname, KERNEL);
    TRY(SYS_pipe2, KERNEL, 0);
    TRY(SYS_getrandom, KERNEL, 16, 0);
    TRY(SYS_madvise, 0x10001, 4096, 4);
    TRY(SYS_lseek, 1, 0, 99);
    TRY(SYS_ioctl, 1, 0x5401, KERNEL);
    TRY(12345678, 1, 2, 3);
    TRY(-1L, 1, 2, 3);
    return 0;
}
