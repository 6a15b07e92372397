package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Encoding;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * One instruction and the state to run it in; the layout of {@link #put} is that of {@code struct input} in hostcpu.c.
 */
final class ProcessorCase {
    static final int BYTES = 768;
    /** The pages of the harness, the same for host and emulator; everything around them is not mapped. */
    static final int PAGE = 4096, SCRATCH = 0x100000, CODE = 0x108000;
    /** The instruction is here. */
    static final int START = CODE + 2048;
    /** Base of GS; the only segment that 64-bit code sees with one. */
    static final int GS_BASE = 0x540;
    /** The part of the scratch page that a case fills and an outcome shows; {@link #filler} is around it. */
    static final int WINDOW = SCRATCH + 1920, WINDOW_BYTES = 256;

    final Encoding encoding;
    /** 64, 32 or 16. */
    final int bits;

    byte[] code = {};
    final long[] r = new long[16];
    int flags;
    int mxcsr;
    int tags;
    /** x87 control and status. */
    int control = 0x37f;

    int status;
    /** Sign and exponent of ST(0)..ST(7). */
    final int[] exponents = new int[8];
    /** Significands of ST(0)..ST(7); with TOP 0 the MMX registers. */
    final long[] mm = new long[8];

    final long[] xmm = new long[32];
    final byte[] window = new byte[WINDOW_BYTES];

    ProcessorCase(Encoding encoding, int bits) {
        this.encoding = encoding;
        this.bits = bits;
    }

    /**
     * Where the segments of this code begin: 16-bit code has them at the scratch page, the code within their 64 KiB.
     */
    long base() {
        return bits == 16 ? SCRATCH : 0;
    }

    static byte filler(int offset) {
        return (byte) (offset * 31 + 7);
    }

    /** Writes {@code size} bytes at a linear address if they lie in the window. */
    void poke(long address, int size, long value) {
        for (int n = 0; n < size; n++) {
            long at = address + n - WINDOW;
            if (at >= 0 && at < WINDOW_BYTES) {
                window[(int) at] = (byte) (value >> 8 * n);
            }
        }
    }

    long peek(long address, int size) {
        long value = 0;
        for (int n = 0; n < size; n++) {
            long at = address + n - WINDOW;
            value |= at >= 0 && at < WINDOW_BYTES ? (window[(int) at] & 0xffL) << 8 * n : 0;
        }
        return value;
    }

    void put(ByteBuffer out) {
        int start = out.position();
        out.put(code).position(start + 16);
        out.putInt(code.length).putInt(bits);
        for (long value : r) {
            out.putLong(value);
        }
        out.putLong(flags).putInt(mxcsr).putInt(tags);
        out.putShort((short) control).putShort((short) status).putInt(0);
        for (int value : exponents) {
            out.putShort((short) value);
        }
        for (long value : mm) {
            out.putLong(value);
        }
        for (long value : xmm) {
            out.putLong(value);
        }
        out.put(window);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%s [%d bit: %s] flags %x mxcsr %x"
                .formatted(encoding, bits, HexFormat.ofDelimiter(" ").formatHex(code), flags, mxcsr));
        for (int n = 0; n < 16; n++) {
            text.append(n % 8 == 0 ? "\n    " : " ").append("r%d=%x".formatted(n, r[n]));
        }
        if (encoding.def.method.getDeclaringClass().getSimpleName().startsWith("Fpu")) {
            text.append("\n    control %x status %x tags %x".formatted(control, status, tags));
            for (int n = 0; n < 8; n++) {
                text.append(" st%d=%04x:%016x".formatted(n, exponents[n], mm[n]));
            }
        }
        boolean vectors = encoding.operands.stream()
                .anyMatch(o -> "VWUPQN".contains(o.kind().name()));
        for (int n = 0; vectors && n < 8; n++) {
            text.append("\n    xmm%d=%016x:%016x mm%d=%016x".formatted(n, xmm[2 * n + 1], xmm[2 * n], n, mm[n]));
        }
        return text.toString();
    }
}
