package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Files and descriptors: reading below the root, writing to the standard streams. */
final class FileCalls {
    private static final int AT_FDCWD = -100;
    private static final int MOST = 1 << 20;
    private static final long WRITING = 3 | 0x40 | 0x200; // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
    private static final int TCGETS = 0x5401, TIOCGWINSZ = 0x5413;

    private FileCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(0, (p, a) -> read(p, (int) a[0], a[1], a[2]));
        t.put(1, (p, a) -> write(p, (int) a[0], a[1], a[2]));
        t.put(2, (p, a) -> open(p, p.memory().string(a[0]), a[1]));
        t.put(257, (p, a) -> open(p, at(p, (int) a[0], a[1]), a[2]));
        t.put(3, (p, a) -> {
            p.files().close((int) a[0]);
            return 0;
        });
        t.put(4, (p, a) -> FileStatus.put(p, p.memory().string(a[0]), a[1]));
        t.put(6, t.get(4));
        t.put(5, (p, a) -> FileStatus.put(p, p.files().get((int) a[0]), a[1]));
        t.put(262, FileCalls::newfstatat);
        t.put(8, (p, a) -> lseek(p, (int) a[0], a[1], (int) a[2]));
        t.put(16, (p, a) -> ioctl(p, (int) a[0], (int) a[1]));
        t.put(17, (p, a) -> put(p, a[1], p.files().readAt(p.files().get((int) a[0]), count(a[2]), a[3])));
        t.put(19, (p, a) -> vector(p, (int) a[0], a[1], (int) a[2], false));
        t.put(20, (p, a) -> vector(p, (int) a[0], a[1], (int) a[2], true));
        t.put(21, (p, a) -> access(p, p.memory().string(a[0]), (int) a[1]));
        t.put(269, (p, a) -> access(p, at(p, (int) a[0], a[1]), (int) a[2]));
        t.put(439, t.get(269));
        t.put(32, (p, a) -> p.files().add(p.files().get((int) a[0]), 0));
        t.put(33, (p, a) -> p.files().duplicate((int) a[0], (int) a[1]));
        t.put(292, t.get(33));
        t.put(72, FileCalls::fcntl);
        t.put(79, (p, a) -> text(p, a[0], a[1], "/\0"));
        t.put(80, (p, a) -> {
            p.files().resolve(p.memory().string(a[0]));
            return 0;
        });
        t.put(89, (p, a) -> readlink(p, p.memory().string(a[0]), a[1], a[2]));
        t.put(267, (p, a) -> readlink(p, at(p, (int) a[0], a[1]), a[2], a[3]));
        t.put(217, FileCalls::getdents64);
    }

    private static int count(long n) {
        return (int) Math.max(0, Math.min(n, MOST));
    }

    /** A path relative to a directory's descriptor. The program's current directory is its root. */
    private static String at(LinuxProcess p, int descriptor, long address) {
        String path = p.memory().string(address);
        if (path.startsWith("/") || descriptor == AT_FDCWD) {
            return path;
        }
        Description d = p.files().get(descriptor);
        if (d.kind != Kind.DIRECTORY) {
            throw new Errno(Errno.ENOTDIR);
        }
        return p.files().guestPath(d.path) + "/" + path;
    }

    static long read(LinuxProcess p, int descriptor, long address, long n) {
        return put(p, address, p.files().read(p.files().get(descriptor), count(n)));
    }

    private static long put(LinuxProcess p, long address, byte[] bytes) {
        p.memory().space().write(address, bytes);
        return bytes.length;
    }

    static long write(LinuxProcess p, int descriptor, long address, long n) {
        Description d = p.files().get(descriptor);
        byte[] bytes = p.memory().space().read(address, count(n));
        switch (d.kind) {
            case OUTPUT -> p.answer().add(new Answer.Output(1, bytes));
            case ERROR -> p.answer().add(new Answer.Output(2, bytes));
            case NULL, ZERO -> {}
            case INPUT, FILE, DIRECTORY -> throw new Errno(Errno.EBADF);
        }
        return bytes.length;
    }

    static long open(LinuxProcess p, String path, long flags) {
        return p.files().add(p.files().open(path, (flags & WRITING) != 0), 0);
    }

    private static long newfstatat(LinuxProcess p, long[] a) {
        boolean emptyPath = (a[3] & 0x1000) != 0 && p.memory().string(a[1]).isEmpty();
        return emptyPath
                ? FileStatus.put(p, p.files().get((int) a[0]), a[2])
                : FileStatus.put(p, at(p, (int) a[0], a[1]), a[2]);
    }

    static long lseek(LinuxProcess p, int descriptor, long offset, int whence) {
        Description d = p.files().get(descriptor);
        if (d.channel == null) {
            throw new Errno(Errno.ESPIPE);
        }
        try {
            long base =
                    switch (whence) {
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
    static long ioctl(LinuxProcess p, int descriptor, int request) {
        p.files().get(descriptor);
        throw new Errno(request == TCGETS || request == TIOCGWINSZ ? Errno.ENOTTY : Errno.EINVAL);
    }

    private static long vector(LinuxProcess p, int descriptor, long list, int entries, boolean writing) {
        if (entries < 0 || entries > 1024) {
            throw new Errno(Errno.EINVAL);
        }
        long total = 0;
        for (int n = 0; n < entries; n++) {
            long base = p.memory().u64(list + 16L * n);
            long length = p.memory().u64(list + 16L * n + 8);
            long done = length == 0 ? 0 : writing ? write(p, descriptor, base, length) : read(p, descriptor, base, length);
            total += done;
            if (done < length) {
                break;
            }
        }
        return total;
    }

    private static long access(LinuxProcess p, String path, int mode) {
        if (!path.equals("/dev/null")) {
            p.files().resolve(path);
            if ((mode & 2) != 0) {
                throw new Errno(Errno.EROFS);
            }
        }
        return 0;
    }

    private static long fcntl(LinuxProcess p, long[] a) {
        Description d = p.files().get((int) a[0]);
        return switch ((int) a[1]) {
            case 0, 1030 -> p.files().add(d, (int) a[2]); // F_DUPFD, F_DUPFD_CLOEXEC
            case 1, 2, 4 -> 0; // F_GETFD, F_SETFD, F_SETFL
            case 3 -> d.kind == Kind.OUTPUT || d.kind == Kind.ERROR ? 1 : 0; // F_GETFL
            default -> throw new Errno(Errno.EINVAL);
        };
    }

    private static long text(LinuxProcess p, long address, long size, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > size) {
            throw new Errno(Errno.ERANGE);
        }
        return put(p, address, bytes);
    }

    private static long readlink(LinuxProcess p, String path, long address, long size) {
        if (!path.equals("/proc/self/exe")) {
            p.files().resolve(path);
            throw new Errno(Errno.EINVAL);
        }
        byte[] bytes = p.files().programPath().getBytes(StandardCharsets.UTF_8);
        p.memory().space().write(address, java.util.Arrays.copyOf(bytes, (int) Math.min(size, bytes.length)));
        return Math.min(size, bytes.length);
    }

    private static long getdents64(LinuxProcess p, long[] a) {
        Description d = p.files().get((int) a[0]);
        if (d.kind != Kind.DIRECTORY) {
            throw new Errno(Errno.ENOTDIR);
        }
        ByteBuffer out = UserMemory.zeros(count(a[2]));
        while (d.given < d.entries.size()) {
            byte[] name = (d.entries.get(d.given) + "\0").getBytes(StandardCharsets.UTF_8);
            int length = 19 + name.length + 7 & -8;
            if (length > out.remaining()) {
                break;
            }
            int start = out.position();
            d.given++;
            out.putLong(d.given).putLong(d.given).putShort((short) length).put((byte) 0).put(name);
            out.position(start + length);
        }
        if (out.position() == 0 && d.given < d.entries.size()) {
            throw new Errno(Errno.EINVAL);
        }
        return put(p, a[1], java.util.Arrays.copyOf(out.array(), out.position()));
    }
}
