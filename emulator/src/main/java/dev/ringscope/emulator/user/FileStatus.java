package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What stat and statx tell of a file: what the host knows of it ({@code unix} attribute view). Streams and devices have
 * fixed values.
 *
 * @param times of access, change of contents, change of status: nanoseconds since 1970
 */
record FileStatus(
        long device,
        long inode,
        int mode,
        int links,
        int user,
        int group,
        long size,
        long accessed,
        long modified,
        long changed) {
    private static final int CHARACTER = 0020666, PIPE = 0010600;

    static FileStatus of(OpenFiles files, String path, boolean follow) {
        if (path.equals("/dev/null") || path.equals("/dev/zero")) {
            return fixed(CHARACTER, path.equals("/dev/null") ? 4 : 5);
        }
        return of(files.resolve(path, follow));
    }

    static FileStatus of(Description d) {
        return switch (d.kind) {
            case FILE, DIRECTORY -> of(d.path);
            case NULL -> fixed(CHARACTER, 4);
            case ZERO -> fixed(CHARACTER, 5);
            case INPUT, OUTPUT, ERROR, PIPE_IN, PIPE_OUT -> fixed(PIPE, 16 + d.kind.ordinal());
        };
    }

    private static FileStatus fixed(int mode, long inode) {
        long start = LinuxProcess.EPOCH_SECONDS * 1_000_000_000L;
        return new FileStatus(1, inode, mode, 1, 0, 0, 0, start, start, start);
    }

    private static FileStatus of(Path file) {
        Map<String, Object> a = attributes(file);
        return new FileStatus(
                (long) a.get("dev"),
                (long) a.get("ino"),
                (int) a.get("mode"),
                (int) a.get("nlink"),
                (int) a.get("uid"),
                (int) a.get("gid"),
                (long) a.get("size"),
                nanoseconds(a.get("lastAccessTime")),
                nanoseconds(a.get("lastModifiedTime")),
                nanoseconds(a.get("ctime")));
    }

    /** The host's number of a file. */
    static long inode(Path file) {
        return (long) attributes(file).get("ino");
    }

    private static Map<String, Object> attributes(Path file) {
        try {
            return Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new Errno(Errno.EACCES);
        }
    }

    private static long nanoseconds(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    boolean is(int type) {
        return (mode & 0170000) == type;
    }

    /** Of 512 bytes, as whole pages hold them. */
    private long blocks() {
        return (size + 4095) / 4096 * 8;
    }

    /** {@code struct stat} of x86-64 (144 bytes; Linux arch/x86/include/uapi/asm/stat.h). */
    void put(UserMemory memory, long address) {
        ByteBuffer b = UserMemory.zeros(144);
        b.putLong(0, device)
                .putLong(8, inode)
                .putLong(16, links)
                .putInt(24, mode)
                .putInt(28, user)
                .putInt(32, group);
        b.putLong(48, size).putLong(56, 4096).putLong(64, blocks());
        putTime(b, 72, accessed);
        putTime(b, 88, modified);
        putTime(b, 104, changed);
        memory.write(address, b);
    }

    /** {@code struct stat64} of i386 (96 bytes). */
    void putNarrow(UserMemory memory, long address) {
        ByteBuffer b = UserMemory.zeros(96);
        b.putLong(0, device)
                .putInt(12, (int) inode)
                .putInt(16, mode)
                .putInt(20, links)
                .putInt(24, user)
                .putInt(28, group);
        b.putLong(44, size).putInt(52, 4096).putLong(56, blocks()).putLong(88, inode);
        long[] times = {accessed, modified, changed};
        for (int n = 0; n < times.length; n++) {
            b.putInt(64 + 8 * n, (int) seconds(times[n])).putInt(68 + 8 * n, (int) rest(times[n]));
        }
        memory.write(address, b);
    }

    /** {@code struct statx} (256 bytes; Linux include/uapi/linux/stat.h): the basic fields. */
    void putExtended(UserMemory memory, long address) {
        ByteBuffer b = UserMemory.zeros(256);
        b.putInt(0, 0x7ff)
                .putInt(4, 4096)
                .putInt(16, links)
                .putInt(20, user)
                .putInt(24, group)
                .putShort(28, (short) mode);
        b.putLong(32, inode).putLong(40, size).putLong(48, blocks());
        putTime(b, 64, accessed);
        putTime(b, 96, changed);
        putTime(b, 112, modified);
        b.putInt(136, (int) (device >>> 8 & 0xfff)).putInt(140, (int) (device & 0xff | device >>> 12 & 0xfff00));
        memory.write(address, b);
    }

    private static long seconds(long time) {
        return Math.floorDiv(time, 1_000_000_000L);
    }

    private static long rest(long time) {
        return Math.floorMod(time, 1_000_000_000L);
    }

    private static void putTime(ByteBuffer b, int at, long time) {
        b.putLong(at, seconds(time)).putLong(at + 8, rest(time));
    }

    /** access(2) as root asks it: all may be read, what has an execute bit executed. @throws Errno EROFS, EACCES */
    long access(int mask) {
        if ((mask & 2) != 0 && !is(0020000)) {
            throw new Errno(Errno.EROFS);
        }
        if ((mask & 1) != 0 && (mode & 0111) == 0) {
            throw new Errno(Errno.EACCES);
        }
        return 0;
    }

    static boolean isDirectory(Description d) {
        return d.kind == Kind.DIRECTORY;
    }
}
