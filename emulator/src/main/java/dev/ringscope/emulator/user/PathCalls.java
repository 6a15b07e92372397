package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.DirectoryEntry;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Names of files: opening, asking about them, directories. The file tree is read-only. */
final class PathCalls {
    private static final int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    private static final long WRITING = 3 | 0x40 | 0x200; // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
    private static final long CREATING = 0x40, EXCLUSIVE = 0x80, DIRECTORY = 0x1_0000, NONBLOCK = 0x800;

    private PathCalls() {}

    static void enter(SystemCalls t) {
        t.add(2, "open", (p, a) -> open(p, p.memory().string(a[0]), a[1]));
        t.add(257, "openat", (p, a) -> open(p, at(p, (int) a[0], a[1]), a[2]));
        t.add(4, "stat", (p, a) -> put(p, status(p, p.memory().string(a[0]), 0), a[1]));
        t.add(6, "lstat", (p, a) -> put(p, status(p, p.memory().string(a[0]), AT_SYMLINK_NOFOLLOW), a[1]));
        t.add(5, "fstat", (p, a) -> put(p, FileStatus.of(p.files().get((int) a[0])), a[1]));
        t.add(262, "newfstatat", (p, a) -> put(p, statusAt(p, (int) a[0], a[1], a[3]), a[2]));
        t.add(332, "statx", (p, a) -> {
            statusAt(p, (int) a[0], a[1], a[2]).putExtended(p.memory(), a[4]);
            return 0;
        });
        t.add(137, "statfs", (p, a) -> {
            status(p, p.memory().string(a[0]), 0);
            return fileSystem(p, a[1]);
        });
        t.add(138, "fstatfs", (p, a) -> {
            p.files().get((int) a[0]);
            return fileSystem(p, a[1]);
        });
        t.add(21, "access", (p, a) -> status(p, p.memory().string(a[0]), 0).access((int) a[1]));
        t.add(269, "faccessat", (p, a) -> statusAt(p, (int) a[0], a[1], 0).access((int) a[2]));
        t.add(439, "faccessat2", (p, a) -> statusAt(p, (int) a[0], a[1], a[3]).access((int) a[2]));
        t.add(79, "getcwd", (p, a) -> getcwd(p, a[0], a[1]));
        t.add(
                80,
                "chdir",
                (p, a) -> enterDirectory(p, p.files().resolve(p.memory().string(a[0]), true)));
        t.add(81, "fchdir", (p, a) -> enterDirectory(p, directory(p, (int) a[0]).path));
        t.add(89, "readlink", (p, a) -> readlink(p, p.memory().string(a[0]), a[1], a[2]));
        t.add(267, "readlinkat", (p, a) -> readlink(p, at(p, (int) a[0], a[1]), a[2], a[3]));
        t.add(217, "getdents64", (p, a) -> getdents(p, (int) a[0], a[1], a[2], true));
        t.add(78, "getdents", (p, a) -> getdents(p, (int) a[0], a[1], a[2], false));
        int[] changing = {
            76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 132, 133, 235, 258, 259, 260, 261, 263, 264, 265,
            266, 268, 280, 316
        };
        for (int number : changing) { // truncate, rename, mkdir, ..., utimensat, renameat2
            t.add(number, "changing call " + number, (p, a) -> {
                throw new Errno(Errno.EROFS);
            });
        }
    }

    /** A path relative to a directory's descriptor. */
    static String at(LinuxProcess p, int descriptor, long address) {
        String path = p.memory().string(address);
        if (path.startsWith("/") || path.isEmpty() || descriptor == AT_FDCWD) {
            return path;
        }
        return p.files().root().guestPath(directory(p, descriptor).path) + "/" + path;
    }

    private static Description directory(LinuxProcess p, int descriptor) {
        Description d = p.files().get(descriptor);
        if (d.kind != Kind.DIRECTORY) {
            throw new Errno(Errno.ENOTDIR);
        }
        return d;
    }

    static long open(LinuxProcess p, String path, long flags) {
        if ((flags & (CREATING | EXCLUSIVE)) == (CREATING | EXCLUSIVE) && exists(p, path)) {
            throw new Errno(Errno.EEXIST);
        }
        Description d = p.files().open(path, (flags & WRITING) != 0 && !path.startsWith("/dev/"));
        if ((flags & DIRECTORY) != 0 && d.kind != Kind.DIRECTORY) {
            throw new Errno(Errno.ENOTDIR);
        }
        d.nonBlocking |= (flags & NONBLOCK) != 0;
        return p.files().add(d, 0);
    }

    private static boolean exists(LinuxProcess p, String path) {
        try {
            status(p, path, AT_SYMLINK_NOFOLLOW);
            return true;
        } catch (Errno e) {
            return false;
        }
    }

    static FileStatus status(LinuxProcess p, String path, long flags) {
        return FileStatus.of(p.files(), path, (flags & AT_SYMLINK_NOFOLLOW) == 0);
    }

    static FileStatus statusAt(LinuxProcess p, int descriptor, long address, long flags) {
        if ((flags & AT_EMPTY_PATH) != 0
                && (address == 0 || p.memory().string(address).isEmpty())) {
            return descriptor == AT_FDCWD
                    ? status(p, p.files().currentDirectory(), 0)
                    : FileStatus.of(p.files().get(descriptor));
        }
        return status(p, at(p, descriptor, address), flags);
    }

    private static long put(LinuxProcess p, FileStatus status, long address) {
        status.put(p.memory(), address);
        return 0;
    }

    /** A file system of nothing in particular, full and read-only. */
    private static long fileSystem(LinuxProcess p, long address) {
        ByteBuffer b = UserMemory.zeros(120);
        b.putLong(0, 0x858458f6)
                .putLong(8, 4096)
                .putLong(64, 255)
                .putLong(72, 4096)
                .putLong(80, 0x21);
        p.memory().write(address, b);
        return 0;
    }

    static long getcwd(LinuxProcess p, long address, long size) {
        byte[] bytes = (p.files().currentDirectory() + "\0").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > size) {
            throw new Errno(Errno.ERANGE);
        }
        return FileCalls.put(p, address, bytes);
    }

    private static long enterDirectory(LinuxProcess p, Path folder) {
        if (!java.nio.file.Files.isDirectory(folder)) {
            throw new Errno(Errno.ENOTDIR);
        }
        p.files().setCurrentDirectory(p.files().root().guestPath(folder));
        return 0;
    }

    static long readlink(LinuxProcess p, String path, long address, long size) {
        if (size <= 0) {
            throw new Errno(Errno.EINVAL);
        }
        String target;
        if (path.equals("/proc/self/exe")) {
            target = p.files().root().programPath();
        } else {
            Path file = p.files().resolve(path, false);
            if (!java.nio.file.Files.isSymbolicLink(file)) {
                throw new Errno(Errno.EINVAL);
            }
            target = Root.link(file);
        }
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        return FileCalls.put(p, address, Arrays.copyOf(bytes, (int) Math.min(size, bytes.length)));
    }

    /** @param wide {@code struct linux_dirent64}, else {@code linux_dirent} of x86-64 with the type in its last byte */
    static long getdents(LinuxProcess p, int descriptor, long address, long size, boolean wide) {
        Description d = directory(p, descriptor);
        ByteBuffer out = UserMemory.zeros(FileCalls.count(size));
        while (d.given < d.entries.size()) {
            DirectoryEntry entry = d.entries.get(d.given);
            byte[] name = (entry.name() + "\0").getBytes(StandardCharsets.UTF_8);
            int length = 19 + name.length + 7 & -8;
            if (length > out.remaining()) {
                break;
            }
            int start = out.position();
            d.given++;
            out.putLong(entry.inode()).putLong(d.given).putShort((short) length);
            if (wide) {
                out.put((byte) entry.type());
            }
            out.put(name);
            if (!wide) {
                out.put(start + length - 1, (byte) entry.type());
            }
            out.position(start + length);
        }
        if (out.position() == 0 && d.given < d.entries.size()) {
            throw new Errno(Errno.EINVAL);
        }
        return FileCalls.put(p, address, Arrays.copyOf(out.array(), out.position()));
    }
}
