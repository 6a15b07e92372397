package dev.ringscope.emulator.user;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The program's memory as numbers and strings, little-endian. All methods throw {@link Errno} EFAULT where nothing is
 * mapped.
 */
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

    /** An unsigned number of 4 or 8 bytes. */
    long word(long address, int size) {
        return size == 8 ? u64(address) : u32(address) & 0xffff_ffffL;
    }

    /** Into a buffer. @param size 4 or 8 */
    static void putWord(ByteBuffer buffer, int at, long value, int size) {
        if (size == 8) {
            buffer.putLong(at, value);
        } else {
            buffer.putInt(at, (int) value);
        }
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

    /** So many bytes from an address, little-endian. */
    ByteBuffer buffer(long address, int size) {
        return buffer(space.read(address, size));
    }

    /** A path or other string in UTF-8 up to its zero byte. @throws Errno ENAMETOOLONG */
    String string(long address) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long at = address; bytes.size() < LONGEST_PATH; ) {
            byte[] part = space.read(at, (int) (4096 - (at & 4095)));
            for (byte b : part) {
                if (b == 0) {
                    return bytes.toString(StandardCharsets.UTF_8);
                }
                bytes.write(b);
            }
            at += part.length;
        }
        throw new Errno(Errno.ENAMETOOLONG);
    }

    /** A fresh little-endian buffer of so many zero bytes. */
    static ByteBuffer zeros(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
