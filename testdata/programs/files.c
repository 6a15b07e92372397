/* Files below the root, standard input, pipes, descriptors. argv[1] is a folder with numbers.txt, sub/inner.txt and link -> numbers.txt. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

int main(int argc, char **argv) {
    char line[200], buffer[100];
    printf("chdir %d\n", chdir(argv[1]));
    FILE *f = fopen("numbers.txt", "r");
    long sum = 0;
    while (fgets(line, sizeof line, f)) sum += atol(line);
    printf("sum %ld, at %ld, eof %d\n", sum, ftell(f), feof(f) != 0);
    rewind(f);
    printf("%s", fgets(line, sizeof line, f));
    fclose(f);
    int fd = open("numbers.txt", O_RDONLY);
    printf("%ld %ld %ld ", (long)lseek(fd, 10, SEEK_SET), (long)lseek(fd, 5, SEEK_CUR), (long)lseek(fd, -4, SEEK_END));
    printf("%zd %zd ", read(fd, buffer, 100), read(fd, buffer, 100));
    printf("%ld %d %zd\n", (long)lseek(fd, -1, SEEK_SET), errno, pread(fd, buffer, 7, 3));
    struct stat s, t;
    printf("fstat %d %ld %o ", fstat(fd, &s), (long)s.st_size, s.st_mode & 0777777);
    printf("%d %d ", stat("sub/../numbers.txt", &t), t.st_ino == s.st_ino && t.st_mtime == s.st_mtime);
    printf("%d %o %d %o\n", lstat("link", &t), t.st_mode & 0777777, stat("link", &t), t.st_mode & 0777777);
    struct statx x;
    printf("statx %d ", statx(AT_FDCWD, "numbers.txt", 0, STATX_ALL, &x));
    printf("%ld\n", (long)x.stx_size);
    ssize_t n = readlink("link", buffer, 100);
    printf("link %.*s\n", (int)n, buffer);
    struct dirent **names;
    int entries = scandir(".", &names, 0, by_name);
    for (int i = 0; i < entries; i++) printf("%s/%d ", names[i]->d_name, names[i]->d_type);
    printf("\n");
    char *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    map[0] = '#';
    printf("%.12s %d\n", map, map[4095]);
    printf("%d ", open("missing", O_RDONLY)), printf("%d ", errno);
    printf("%d ", open("numbers.txt/x", O_RDONLY)), printf("%d ", errno);
    printf("%zd ", read(77, buffer, 1)), printf("%d ", errno);
    printf("%zd ", write(fd, buffer, 1)), printf("%d ", errno);
    int dir = open("sub", O_RDONLY | O_DIRECTORY);
    printf("%zd ", read(dir, buffer, 1)), printf("%d ", errno);
    printf("%d ", openat(dir, "inner.txt", O_RDONLY) > 0);
    printf("%d %d %d\n", access("sub", R_OK | X_OK), access("missing", F_OK), errno);
    printf("%d %d\n", fchdir(dir), access("inner.txt", R_OK));

    int copy = dup(fd), high = fcntl(fd, F_DUPFD, 50);
    printf("%d %d %ld %d\n", dup2(copy, 60), high, (long)lseek(60, 0, SEEK_CUR) - (long)lseek(fd, 0, SEEK_CUR), close(copy));
    int p[2];
    printf("pipe %d ", pipe(p));
    struct iovec v[2] = {{"through ", 8}, {"a pipe", 6}};
    printf("%zd ", writev(p[1], v, 2));
    struct pollfd polled[2] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}};
    printf("poll %d %d %d ", poll(polled, 2, 0), polled[0].revents, polled[1].revents);
    n = read(p[0], buffer, 100);
    printf("%.*s, ", (int)n, buffer);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    struct timeval tv = {0, 20000};
    printf("select %d, ", select(p[0] + 1, &set, 0, 0, &tv));
    close(p[1]);
    printf("end %zd\n", read(p[0], buffer, 100));
    fcntl(0, F_SETFD, FD_CLOEXEC);
    int lines = 0, c;
    size_t bytes = 0;
    while (fgets(line, sizeof line, stdin)) lines++, bytes += strlen(line);
    printf("standard input: %d lines, %zu bytes, %d\n", lines, bytes, (c = getchar()) == EOF);
    printf("%d %d\n", isatty(0), isatty(1));
    return 0;
}
