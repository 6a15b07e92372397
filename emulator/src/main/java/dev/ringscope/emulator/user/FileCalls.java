package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.io.IOException;
import java.util.OptionalLong;

/** Descriptors: reading, writing to the standard streams and pipes, duplicating. */
final class FileCalls {
    private static final int MOST = 1 << 20;
    private static final int O_NONBLOCK = 0x800;
    private static final int FIONREAD = 0x541b, FIONBIO = 0x5421;

    private FileCalls() {}

    static void enter(SystemCalls t) {
        t.add(0, "read", (p, a) -> read(p, (int) a[0], a[1], a[2]));
        t.add(1, "write", (p, a) -> write(p, (int) a[0], a[1], a[2]));
        t.add(3, "close", (p, a) -> {
            p.files().close((int) a[0]);
            p.scheduler().stir(); // the other end of a pipe may wait
            return 0;
        });
        t.add(436, "close_range", FileCalls::closeRange);
        t.add(8, "lseek", (p, a) -> lseek(p, (int) a[0], a[1], (int) a[2]));
        t.add(16, "ioctl", (p, a) -> ioctl(p, (int) a[0], (int) a[1], a[2]));
        t.add(17, "pread64", (p, a) -> put(p, a[1], p.files().readAt(p.files().get((int) a[0]), count(a[2]), a[3])));
        t.add(19, "readv", (p, a) -> vector(p, (int) a[0], a[1], (int) a[2], 8, false));
        t.add(20, "writev", (p, a) -> vector(p, (int) a[0], a[1], (int) a[2], 8, true));
        t.add(40, "sendfile", FileCalls::sendfile);
        t.add(22, "pipe", (p, a) -> pipe(p, a[0], 0));
        t.add(293, "pipe2", (p, a) -> pipe(p, a[0], (int) a[1]));
        t.add(32, "dup", (p, a) -> p.files().add(p.files().get((int) a[0]), 0));
        t.add(33, "dup2", (p, a) -> p.files().duplicate((int) a[0], (int) a[1]));
        t.add(292, "dup3", (p, a) -> {
            if ((int) a[0] == (int) a[1]) {
                throw new Errno(Errno.EINVAL);
            }
            return p.files().duplicate((int) a[0], (int) a[1]);
        });
        t.add(72, "fcntl", (p, a) -> fcntl(p, (int) a[0], (int) a[1], a[2]));
        t.add(73, "flock", (p, a) -> opened(p, a));
        t.add(74, "fsync", (p, a) -> opened(p, a));
        t.add(75, "fdatasync", (p, a) -> opened(p, a));
        t.add(187, "readahead", (p, a) -> opened(p, a));
        t.add(221, "fadvise64", (p, a) -> opened(p, a));
    }

    /** For what has no effect on files that nobody writes. */
    private static long opened(LinuxProcess p, long[] a) {
        p.files().get((int) a[0]);
        return 0;
    }

    static int count(long n) {
        return (int) Math.max(0, Math.min(n, MOST));
    }

    static long put(LinuxProcess p, long address, byte[] bytes) {
        p.space().write(address, bytes);
        return bytes.length;
    }

    static long read(LinuxProcess p, int descriptor, long address, long n) {
        Description d = p.files().get(descriptor);
        if (n < 0) {
            throw new Errno(Errno.EFAULT); // no address space holds it
        }
        byte[] bytes = readIfReady(p, d, count(n));
        if (bytes != null) {
            return put(p, address, bytes);
        }
        throw new Wait.Needed(new Wait.Retry(
                Long.MAX_VALUE,
                () -> {
                    byte[] came = readIfReady(p, d, count(n));
                    return came == null ? OptionalLong.empty() : OptionalLong.of(put(p, address, came));
                },
                0,
                true));
    }

    /** @return null from an empty pipe that somebody may still write to */
    private static byte[] readIfReady(LinuxProcess p, Description d, int count) {
        byte[] bytes = p.files().read(d, count);
        if (bytes == null) {
            if (d.nonBlocking && d.pipe != null) {
                throw new Errno(Errno.EAGAIN);
            }
            if (d.kind == Kind.INPUT) {
                p.waitForInput();
            }
            return null;
        }
        if (d.pipe != null) {
            p.scheduler().stir(); // there is room for who wants to write
        }
        return bytes;
    }

    static long write(LinuxProcess p, int descriptor, long address, long n) {
        Description d = p.files().get(descriptor);
        if (n < 0) {
            throw new Errno(Errno.EFAULT); // no address space holds it
        }
        return switch (d.kind) {
            case OUTPUT -> output(p, 1, address, count(n));
            case ERROR -> output(p, 2, address, count(n));
            case NULL, ZERO -> n;
            case PIPE_OUT -> new PipeWrite(p, d, p.space().read(address, count(n))).start();
            case INPUT, FILE, DIRECTORY, PIPE_IN -> throw new Errno(Errno.EBADF);
        };
    }

    /** As much as can be read: a buffer may end where nothing is mapped. */
    private static long output(LinuxProcess p, int stream, long address, int count) {
        int readable = p.space().readable(address, count);
        if (readable == 0 && count > 0) {
            throw new Errno(Errno.EFAULT);
        }
        return p.write(stream, p.space().read(address, readable));
    }

    private static long closeRange(LinuxProcess p, long[] a) {
        for (int n = 0; n < OpenFiles.MOST; n++) {
            if (n >= a[0]
                    && Integer.toUnsignedLong((int) a[1]) >= n
                    && p.files().isOpen(n)) {
                p.files().close(n);
            }
        }
        return 0;
    }

    static long lseek(LinuxProcess p, int descriptor, long offset, int whence) {
        Description d = p.files().get(descriptor);
        if (whence < 0 || whence > 4) {
            throw new Errno(Errno.EINVAL);
        }
        if (d.kind == Kind.DIRECTORY && whence == 0 && offset >= 0 && offset <= d.entries.size()) {
            d.given = (int) offset;
            return offset;
        }
        if (d.channel == null) {
            throw new Errno(d.kind == Kind.DIRECTORY ? Errno.EINVAL : Errno.ESPIPE);
        }
        try {
            long base = switch (whence) {
                case 0 -> 0;
                case 1 -> d.channel.position();
                case 2 -> d.channel.size();
                default -> throw new Errno(Errno.EINVAL);
            };
            if (base + offset < 0) {
                throw new Errno(Errno.EINVAL);
            }
            d.channel.position(base + offset);
            return base + offset;
        } catch (IOException e) {
            throw new Errno(Errno.EIO);
        }
    }

    /** No descriptor is a terminal, whatever the host's are: so a run does not depend on where it was started. */
    static long ioctl(LinuxProcess p, int descriptor, int request, long argument) {
        Description d = p.files().get(descriptor);
        if (request == FIONREAD && d.pipe != null) {
            p.memory().putU32(argument, d.pipe.count());
            return 0;
        }
        if (request == FIONBIO) {
            d.nonBlocking = p.memory().u32(argument) != 0;
            return 0;
        }
        throw new Errno(Errno.ENOTTY);
    }

    /** @param word bytes of a pointer in the list */
    static long vector(LinuxProcess p, int descriptor, long list, int entries, int word, boolean writing) {
        if (entries < 0 || entries > 1024) {
            throw new Errno(Errno.EINVAL);
        }
        p.files().get(descriptor);
        long total = 0;
        for (int n = 0; n < entries; n++) {
            long base = p.memory().word(list + 2L * word * n, word);
            long length = p.memory().word(list + 2L * word * n + word, word);
            long done = 0;
            try {
                done = length == 0
                        ? 0
                        : writing ? write(p, descriptor, base, length) : read(p, descriptor, base, length);
            } catch (Errno | Wait.Needed e) {
                if (total == 0) {
                    throw e;
                }
            }
            total += done;
            if (done < length) {
                break;
            }
        }
        return total;
    }

    private static long sendfile(LinuxProcess p, long[] a) {
        Description to = p.files().get((int) a[0]);
        Description from = p.files().get((int) a[1]);
        if (from.kind != Kind.FILE || to.kind != Kind.OUTPUT && to.kind != Kind.ERROR) {
            throw new Errno(Errno.EINVAL); // the program then reads and writes
        }
        byte[] bytes;
        if (a[2] == 0) {
            bytes = p.files().read(from, count(a[3]));
        } else {
            long offset = p.memory().u64(a[2]);
            bytes = p.files().readAt(from, count(a[3]), offset);
            p.memory().putU64(a[2], offset + bytes.length);
        }
        return p.write(to.kind == Kind.OUTPUT ? 1 : 2, bytes);
    }

    static long pipe(LinuxProcess p, long address, int flags) {
        Pipe pipe = new Pipe();
        Description in = new Description(Kind.PIPE_IN, null, null, pipe);
        Description out = new Description(Kind.PIPE_OUT, null, null, pipe);
        in.nonBlocking = out.nonBlocking = (flags & O_NONBLOCK) != 0;
        p.memory().putU64(address, 0); // EFAULT before anything is opened
        int first = p.files().add(in, 0);
        int second = p.files().add(out, 0);
        p.memory().putU32(address, first);
        p.memory().putU32(address + 4, second);
        return 0;
    }

    static long fcntl(LinuxProcess p, int descriptor, int command, long argument) {
        Description d = p.files().get(descriptor);
        return switch (command) {
            case 0, 1030 -> p.files().add(d, (int) argument); // F_DUPFD, F_DUPFD_CLOEXEC
            case 1, 2 -> 0; // F_GETFD, F_SETFD: nothing is ever executed
            case 3 -> { // F_GETFL
                int access = d.kind == Kind.OUTPUT || d.kind == Kind.ERROR || d.kind == Kind.PIPE_OUT ? 1 : 0;
                yield access | (d.nonBlocking ? O_NONBLOCK : 0);
            }
            case 4 -> { // F_SETFL
                d.nonBlocking = (argument & O_NONBLOCK) != 0;
                yield 0;
            }
            default -> throw new Errno(Errno.EINVAL);
        };
    }
}
