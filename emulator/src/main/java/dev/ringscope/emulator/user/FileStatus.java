package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code struct stat} of x86-64 (144 bytes; Linux arch/x86/include/uapi/asm/stat.h). Owners and times are those of nobody in particular. */
final class FileStatus {
    private static final int REGULAR = 0100444, DIRECTORY = 0040555, CHARACTER = 0020666, PIPE = 0010600;

    private FileStatus() {}

    static long put(LinuxProcess p, String path, long address) {
        if (path.equals("/dev/null") || path.equals("/dev/zero")) {
            return put(p, CHARACTER, 0, 1, address);
        }
        Path file = p.files().resolve(path);
        return put(p, file, address);
    }

    static long put(LinuxProcess p, Description d, long address) {
        return switch (d.kind) {
            case FILE, DIRECTORY -> put(p, d.path, address);
            case NULL, ZERO -> put(p, CHARACTER, 0, 1, address);
            case INPUT, OUTPUT, ERROR -> put(p, PIPE, 0, 2 + d.kind.ordinal() - Kind.INPUT.ordinal(), address);
        };
    }

    private static long put(LinuxProcess p, Path file, long address) {
        try {
            boolean folder = Files.isDirectory(file);
            int mode = folder ? DIRECTORY : REGULAR | (Files.isExecutable(file) ? 0111 : 0);
            long inode = Integer.toUnsignedLong(file.toString().hashCode()) + 16;
            return put(p, mode, folder ? 4096 : Files.size(file), inode, address);
        } catch (IOException e) {
            throw new Errno(Errno.EACCES);
        }
    }

    private static long put(LinuxProcess p, int mode, long size, long inode, long address) {
        ByteBuffer b = UserMemory.zeros(144);
        b.putLong(0, 1).putLong(8, inode).putLong(16, 1).putInt(24, mode);
        b.putLong(48, size).putLong(56, 4096).putLong(64, (size + 511) / 512);
        for (int time = 72; time <= 104; time += 16) {
            b.putLong(time, LinuxProcess.EPOCH_SECONDS);
        }
        p.memory().write(address, b);
        return 0;
    }
}
