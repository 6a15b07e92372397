package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a frame and a thread slot of the guest kernel, which starts with an FXSAVE64 image, keep a thread's registers,
 * by the names of {@link dev.ringscope.emulator.x86.Registers} (Intel SDM vol. 1, table 10-2).
 */
final class SavedRegisters {
    /** A register's place. @param offset bytes from the start of the frame or image @param size in bytes, 2 to 16 */
    record Place(int offset, int size) {
        /** The value in one word of 64 bits, or two where it is wider. */
        long[] read(PhysicalMemory memory, long start) {
            long low = memory.read(start + offset, Math.min(size, 8));
            return size <= 8 ? new long[] {low} : new long[] {low, memory.read(start + offset + 8, size - 8)};
        }

        byte[] bytes(long... words) {
            byte[] bytes = new byte[size];
            for (int n = 0; n < size; n++) {
                bytes[n] = (byte) (words[n / 8] >>> 8 * (n % 8));
            }
            return bytes;
        }
    }

    private static final String[] GENERAL = {
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi"
    };
    private static final int ABRIDGED_TAG = 4, ST = 32, XMM = 160;
    private static final Map<String, Place> FRAME = new HashMap<>();
    private static final Map<String, Place> FPU = new HashMap<>();
    private static final Map<String, Place> SLOT = Map.of(
            "fs_base",
            new Place(ProcessPage.FS_BASE, 8),
            "gs_base",
            new Place(ProcessPage.GS_BASE, 8),
            "fs",
            new Place(ProcessPage.FS, 2),
            "gs",
            new Place(ProcessPage.GS, 2));

    static {
        for (int n = 0; n < GENERAL.length; n++) {
            FRAME.put(GENERAL[n], new Place(8 * n, 8));
        }
        FRAME.put("rip", new Place(Frame.RIP, 8));
        FRAME.put("cs", new Place(Frame.CS, 2));
        FRAME.put("eflags", new Place(Frame.RFLAGS, 4));
        FRAME.put("rsp", new Place(Frame.RSP, 8));
        FRAME.put("ss", new Place(Frame.SS, 2));
        FPU.put("fctrl", new Place(0, 2));
        FPU.put("fstat", new Place(2, 2));
        FPU.put("fop", new Place(6, 2));
        FPU.put("fioff", new Place(8, 8));
        FPU.put("fooff", new Place(16, 8));
        FPU.put("mxcsr", new Place(24, 4));
        for (int n = 0; n < 8; n++) {
            FPU.put("st" + n, new Place(ST + 16 * n, 10));
        }
        for (int n = 0; n < 16; n++) {
            FPU.put("xmm" + n, new Place(XMM + 16 * n, 16));
        }
    }

    private SavedRegisters() {}

    static Optional<Place> inFrame(String name) {
        return Optional.ofNullable(FRAME.get(name));
    }

    static Optional<Place> inFpu(String name) {
        return Optional.ofNullable(FPU.get(name));
    }

    static Optional<Place> inSlot(String name) {
        return Optional.ofNullable(SLOT.get(name));
    }

    /** The 16-bit tag word of an FXSAVE64 image, worked out from what the registers hold (SDM vol. 1, 8.1.7). */
    static long fullTag(PhysicalMemory memory, long image) {
        int present = (int) memory.read(image + ABRIDGED_TAG, 1);
        int top = (int) memory.read(image + 2, 2) >> 11 & 7;
        long tags = 0;
        for (int physical = 0; physical < 8; physical++) {
            long at = image + ST + 16L * (physical - top & 7);
            long significand = memory.read(at, 8);
            int exponent = (int) memory.read(at + 8, 2) & 0x7fff;
            long tag;
            if ((present >> physical & 1) == 0) {
                tag = 3;
            } else if (exponent == 0 && significand == 0) {
                tag = 1;
            } else {
                tag = exponent == 0 || exponent == 0x7fff || significand >= 0 ? 2 : 0;
            }
            tags |= tag << 2 * physical;
        }
        return tags;
    }
}
