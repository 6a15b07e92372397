package dev.ringscope.emulator.user;

/** Error numbers of Linux (errno(3)), and the exception by which a system call fails with one. */
final class Errno extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int EPERM = 1,
            ENOENT = 2,
            ESRCH = 3,
            EINTR = 4,
            EIO = 5,
            EBADF = 9,
            ECHILD = 10,
            EAGAIN = 11,
            ENOMEM = 12;
    static final int EACCES = 13,
            EFAULT = 14,
            EEXIST = 17,
            ENOTDIR = 20,
            EISDIR = 21,
            EINVAL = 22,
            EMFILE = 24,
            ENOTTY = 25;
    static final int ESPIPE = 29, EROFS = 30, EPIPE = 32, ERANGE = 34, ENAMETOOLONG = 36, ENOSYS = 38, ELOOP = 40;
    static final int ENOTSOCK = 88, EAFNOSUPPORT = 97, ETIMEDOUT = 110;

    /** What Linux's own functions tell each other of a call that a signal has interrupted; debuggers see it. */
    static final int ERESTARTSYS = 512;

    final int number;

    Errno(int number) {
        super("errno " + number, null, false, false);
        this.number = number;
    }
}
