package dev.ringscope.cli.debug.program;

import dev.ringscope.gdbstub.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * Where a thread's own copy of the program's PT_TLS segment lies: right below the thread pointer, which FS points to
 * (Drepper, ELF Handling for Thread-Local Storage, 2013, variant II). For 64-bit programs.
 */
final class ThreadLocals {
    private static final int AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, PT_TLS = 7;
    private static final int IN_MEMORY = 0x28, ALIGNMENT = 0x30, HEADER = 56;

    private ThreadLocals() {}

    /**
     * @param pointer the thread's FS base
     * @param offset from the segment's start
     */
    static OptionalLong address(byte[] auxiliary, Memory memory, long pointer, long offset) {
        long headers = value(auxiliary, AT_PHDR);
        long size = value(auxiliary, AT_PHENT);
        for (int n = 0; pointer != 0 && size >= HEADER && n < value(auxiliary, AT_PHNUM); n++) {
            byte[] bytes = new byte[HEADER];
            if (memory.read(headers + n * size, bytes, 0, HEADER) < HEADER) {
                return OptionalLong.empty();
            }
            ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            if (header.getInt(0) == PT_TLS) {
                long alignment = Math.max(1, header.getLong(ALIGNMENT));
                long length = header.getLong(IN_MEMORY) + alignment - 1 & -alignment;
                return OptionalLong.of(pointer - length + offset);
            }
        }
        return OptionalLong.empty();
    }

    private static long value(byte[] auxiliary, long type) {
        ByteBuffer words = ByteBuffer.wrap(auxiliary).order(ByteOrder.LITTLE_ENDIAN);
        while (words.remaining() >= 16) {
            long found = words.getLong();
            long value = words.getLong();
            if (found == type) {
                return value;
            }
        }
        return 0;
    }
}
