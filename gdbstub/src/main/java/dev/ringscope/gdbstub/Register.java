package dev.ringscope.gdbstub;

import java.nio.ByteOrder;

/**
 * One register of a {@link TargetDescription}.
 *
 * @param number its place in the description, counted from 0: gdb's number for it on the wire
 * @param name gdb's name for it
 * @param bits its width, a multiple of 8
 * @param type a type that gdb knows (int64, data_ptr, i387_ext ...) or that its feature defines
 * @param group the {@code info registers} group, or empty for gdb's own choice
 */
public record Register(int number, String name, int bits, String type, String group, ByteOrder order) {

    public int bytes() {
        return bits / 8;
    }

    /**
     * The low bits of {@code value}, zero-extended if the register is wider than 64 bits, in the target's byte order.
     */
    public byte[] encode(long value) {
        byte[] bytes = new byte[bytes()];
        for (int i = 0; i < Math.min(8, bytes.length); i++) {
            bytes[place(i, bytes.length)] = (byte) (value >>> 8 * i);
        }
        return bytes;
    }

    /** The low 64 bits of a value, zero-extended. */
    public long decode(byte[] value) {
        long result = 0;
        for (int i = 0; i < Math.min(8, value.length); i++) {
            result |= (value[place(i, value.length)] & 0xffL) << 8 * i;
        }
        return result;
    }

    private int place(int significance, int length) {
        return order == ByteOrder.LITTLE_ENDIAN ? significance : length - 1 - significance;
    }
}
