package dev.ringscope.emulator.x86;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The state behind an instruction, or at its fault; the layout of {@link #from} is that of {@code struct output} in
 * hostcpu.c.
 */
final class ProcessorOutcome {
    static final int BYTES = 776;
    /** {@link #vector} of an instruction that did not fault. */
    static final int NONE = -1;

    private static final int BREAKPOINT = 3, PAGE_FAULT = 14, FETCH = 0x10;
    private static final long DIGEST_START = 0xcbf2_9ce4_8422_2325L, DIGEST_PRIME = 0x100_0000_01b3L;

    final long[] r = new long[16];
    int flags;
    long rip;
    long cr2;
    int vector = NONE;
    int error;
    int mxcsr;
    int status;
    int tags;
    int control;
    final long[] mm = new long[8];
    final int[] exponents = new int[8];
    final long[] xmm = new long[32];
    final byte[] window = new byte[ProcessorCase.WINDOW_BYTES];
    /** Of all of the scratch page. */
    long digest;

    /** @param base of the code segment */
    static ProcessorOutcome from(ByteBuffer in, long base) {
        ProcessorOutcome o = new ProcessorOutcome();
        for (int n = 0; n < 16; n++) {
            o.r[n] = in.getLong();
        }
        o.flags = (int) in.getLong();
        o.rip = in.getLong();
        o.cr2 = in.getLong();
        o.vector = in.getInt();
        o.error = in.getInt();
        o.mxcsr = in.getInt();
        o.status = in.getShort() & 0xffff;
        o.tags = in.getShort() & 0xffff;
        o.control = in.getShort() & 0xffff;
        in.position(in.position() + 6);
        for (int n = 0; n < 8; n++) {
            o.exponents[n] = in.getShort() & 0xffff;
        }
        for (int n = 0; n < 8; n++) {
            o.mm[n] = in.getLong();
        }
        for (int n = 0; n < 32; n++) {
            o.xmm[n] = in.getLong();
        }
        in.get(o.window);
        o.digest = in.getLong();
        o.seeThroughEnd(base);
        return o;
    }

    /**
     * The host ends every case with a signal: INT3 behind the instruction or at a branch's target, or no code there at
     * all.
     */
    private void seeThroughEnd(long base) {
        if (vector == BREAKPOINT) {
            vector = NONE;
            rip--;
        } else if (vector == PAGE_FAULT && (error & FETCH) != 0 && rip + base == cr2) {
            vector = NONE;
        }
        if (vector == NONE) {
            error = 0;
            cr2 = 0;
        }
    }

    static long digest(byte[] memory, int start) {
        ByteBuffer page = ByteBuffer.wrap(memory, start, ProcessorCase.PAGE).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        long digest = DIGEST_START;
        while (page.hasRemaining()) {
            digest = (digest ^ page.getLong()) * DIGEST_PRIME;
        }
        return digest;
    }

    /**
     * What differs between the host and us.
     *
     * @param bits of the code: 32-bit code has half the registers
     * @param flagMask flags to compare
     */
    static List<String> differences(ProcessorOutcome host, ProcessorOutcome ours, int bits, int flagMask) {
        List<String> found = new ArrayList<>();
        compare(found, "vector", host.vector, ours.vector);
        if (host.vector == ours.vector) {
            compare(found, "error code", host.error, ours.error);
            compare(found, "CR2", host.cr2, ours.cr2);
        }
        compare(found, "RIP", host.rip, ours.rip);
        compare(found, "flags", host.flags & flagMask, ours.flags & flagMask);
        for (int n = 0; n < (bits == 64 ? 16 : 8); n++) {
            long mask = bits == 64 ? -1 : 0xffff_ffffL;
            compare(found, "r" + n, host.r[n] & mask, ours.r[n] & mask);
        }
        compare(found, "MXCSR", host.mxcsr, ours.mxcsr);
        compare(found, "x87 status", host.status, ours.status);
        compare(found, "x87 control", host.control, ours.control);
        compare(found, "x87 tags", host.tags, ours.tags);
        for (int n = 0; n < 8; n++) {
            compare(found, "significand of ST(" + n + ")", host.mm[n], ours.mm[n]);
            compare(found, "exponent of ST(" + n + ")", host.exponents[n], ours.exponents[n]);
        }
        for (int n = 0; n < (bits == 64 ? 32 : 16); n++) {
            compare(found, "xmm" + n / 2 + (n % 2 == 0 ? " low" : " high"), host.xmm[n], ours.xmm[n]);
        }
        for (int n = 0; n < host.window.length; n++) {
            compare(found, "memory at window + " + n, host.window[n] & 0xff, ours.window[n] & 0xff);
        }
        compare(found, "digest of the scratch page", host.digest, ours.digest);
        return found;
    }

    private static void compare(List<String> found, String what, long host, long ours) {
        if (host != ours) {
            found.add("%s: host %x, ours %x".formatted(what, host, ours));
        }
    }
}
