package dev.ringscope.emulator.user;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The program's memory as numbers and strings, little-endian. All methods throw {@link Errno} EFAULT where nothing is mapped. */
final class UserMemory {
    private static final int LONGEST_PATH = 4096;

    private final AddressSpace space;

    UserMemory(AddressSpace space) {
        this.space = space;
    }

    AddressSpace space() {
        return space;
    }

    long u64(long address) {
        return buffer(space.read(address, 8)).getLong();
    }

    int u32(long address) {
        return buffer(space.read(address, 4)).getInt();
    }

    void putU64(long address, long value) {
        write(address, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value));
    }

    void putU32(long address, int value) {
        write(address, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value));
    }

    /** All of the buffer's array. */
    void write(long address, ByteBuffer buffer) {
        space.write(address, buffer.array());
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A path or other string up to its zero byte. @throws Errno ENAMETOOLONG */
    String string(long address) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long at = address; bytes.size() < LONGEST_PATH; at++) {
            byte b = space.read(at, 1)[0];
            if (b == 0) {
                return bytes.toString(StandardCharsets.ISO_8859_1);
            }
            bytes.write(b);
        }
        throw new Errno(Errno.ENAMETOOLONG);
    }

    /** A fresh little-endian buffer of so many zero bytes. */
    static ByteBuffer zeros(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
