package dev.ringscope.emulator.insn;

import static dev.ringscope.emulator.memory.PhysicalMemory.INT;
import static dev.ringscope.emulator.memory.PhysicalMemory.LONG;
import static dev.ringscope.emulator.memory.PhysicalMemory.SHORT;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Cpu;

/**
 * Data accesses at linear addresses through the software TLB. Loads sign-extend. A tag matches only if first and last
 * byte lie in the page, so that one comparison catches misses and page crossings. Stores mark the lines of first and
 * last byte ({@link dev.ringscope.emulator.memory.PhysicalMemory#lines}). The {@code logged} forms also note the
 * access; the interpreter chooses the form when it makes an operation, never while it runs one.
 *
 * <p>The plain forms may leave a page fault in {@link Cpu#raised}, for who asked to heed; the others throw it.
 */
public final class Access {
    private static final long PAGE_MASK = -4096;

    private Access() {}

    private static int entry(long linear) {
        return ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
    }

    public static long load1(Cpu cpu, long linear) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e] == (linear & PAGE_MASK)) {
            return cpu.ram[(int) (linear + tlb[e + 2])];
        }
        return cpu.loadSlow(linear, 1);
    }

    public static long load2(Cpu cpu, long linear) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e] == (linear + 1 & PAGE_MASK)) {
            return (short) SHORT.get(cpu.ram, (int) (linear + tlb[e + 2]));
        }
        return cpu.loadSlow(linear, 2);
    }

    public static long load4(Cpu cpu, long linear) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e] == (linear + 3 & PAGE_MASK)) {
            return (int) INT.get(cpu.ram, (int) (linear + tlb[e + 2]));
        }
        return cpu.loadSlow(linear, 4);
    }

    public static long load8(Cpu cpu, long linear) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e] == (linear + 7 & PAGE_MASK)) {
            return (long) LONG.get(cpu.ram, (int) (linear + tlb[e + 2]));
        }
        return cpu.loadSlow(linear, 8);
    }

    public static void store1(Cpu cpu, long linear, long value) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e + 1] == (linear & PAGE_MASK)) {
            int i = (int) (linear + tlb[e + 2]);
            cpu.ram[i] = (byte) value;
            byte[] lines = cpu.lines;
            lines[i >>> 6] = 1;
        } else {
            cpu.storeSlow(linear, 1, value);
        }
    }

    public static void store2(Cpu cpu, long linear, long value) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e + 1] == (linear + 1 & PAGE_MASK)) {
            int i = (int) (linear + tlb[e + 2]);
            SHORT.set(cpu.ram, i, (short) value);
            byte[] lines = cpu.lines;
            lines[i >>> 6] = 1;
            lines[i + 1 >>> 6] = 1;
        } else {
            cpu.storeSlow(linear, 2, value);
        }
    }

    public static void store4(Cpu cpu, long linear, long value) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e + 1] == (linear + 3 & PAGE_MASK)) {
            int i = (int) (linear + tlb[e + 2]);
            INT.set(cpu.ram, i, (int) value);
            byte[] lines = cpu.lines;
            lines[i >>> 6] = 1;
            lines[i + 3 >>> 6] = 1;
        } else {
            cpu.storeSlow(linear, 4, value);
        }
    }

    public static void store8(Cpu cpu, long linear, long value) {
        long[] tlb = cpu.tlb;
        int e = entry(linear);
        if (tlb[e + 1] == (linear + 7 & PAGE_MASK)) {
            int i = (int) (linear + tlb[e + 2]);
            LONG.set(cpu.ram, i, value);
            byte[] lines = cpu.lines;
            lines[i >>> 6] = 1;
            lines[i + 7 >>> 6] = 1;
        } else {
            cpu.storeSlow(linear, 8, value);
        }
    }

    /** Stores two halves; nothing is written if either faults. */
    public static void store16(Cpu cpu, long linear, long low, long high) {
        if ((linear & 0xfff) > 0xff0) {
            cpu.probeWrite(linear, 16);
        }
        store8(cpu, linear, low);
        cpu.done();
        store8(cpu, linear + 8, high);
        cpu.done();
    }

    public static void store16Logged(Cpu cpu, long linear, long low, long high) {
        store16(cpu, linear, low, high);
        note(cpu, linear, low, (byte) (8 | AccessLog.WRITE));
        note(cpu, linear + 8, high, (byte) (8 | AccessLog.WRITE));
    }

    public static long logged(Cpu cpu, long linear, int size, long value) {
        note(cpu, linear, size == 8 ? value : value & (1L << 8 * size) - 1, (byte) size);
        return value;
    }

    public static long load1Throwing(Cpu cpu, long linear) {
        return cpu.done(load1(cpu, linear));
    }

    public static long load2Throwing(Cpu cpu, long linear) {
        return cpu.done(load2(cpu, linear));
    }

    public static long load4Throwing(Cpu cpu, long linear) {
        return cpu.done(load4(cpu, linear));
    }

    public static long load8Throwing(Cpu cpu, long linear) {
        return cpu.done(load8(cpu, linear));
    }

    public static void store1Throwing(Cpu cpu, long linear, long value) {
        store1(cpu, linear, value);
        cpu.done();
    }

    public static void store2Throwing(Cpu cpu, long linear, long value) {
        store2(cpu, linear, value);
        cpu.done();
    }

    public static void store4Throwing(Cpu cpu, long linear, long value) {
        store4(cpu, linear, value);
        cpu.done();
    }

    public static void store8Throwing(Cpu cpu, long linear, long value) {
        store8(cpu, linear, value);
        cpu.done();
    }

    public static long load1Logged(Cpu cpu, long linear) {
        return logged(cpu, linear, 1, load1Throwing(cpu, linear));
    }

    public static long load2Logged(Cpu cpu, long linear) {
        return logged(cpu, linear, 2, load2Throwing(cpu, linear));
    }

    public static long load4Logged(Cpu cpu, long linear) {
        return logged(cpu, linear, 4, load4Throwing(cpu, linear));
    }

    public static long load8Logged(Cpu cpu, long linear) {
        return logged(cpu, linear, 8, load8Throwing(cpu, linear));
    }

    public static void store1Logged(Cpu cpu, long linear, long value) {
        store1Throwing(cpu, linear, value);
        note(cpu, linear, value & 0xff, (byte) (1 | AccessLog.WRITE));
    }

    public static void store2Logged(Cpu cpu, long linear, long value) {
        store2Throwing(cpu, linear, value);
        note(cpu, linear, value & 0xffff, (byte) (2 | AccessLog.WRITE));
    }

    public static void store4Logged(Cpu cpu, long linear, long value) {
        store4Throwing(cpu, linear, value);
        note(cpu, linear, value & 0xffff_ffffL, (byte) (4 | AccessLog.WRITE));
    }

    public static void store8Logged(Cpu cpu, long linear, long value) {
        store8Throwing(cpu, linear, value);
        note(cpu, linear, value, (byte) (8 | AccessLog.WRITE));
    }

    /** Notes an access with its zero-extended value; {@code kind} as {@link AccessLog#kind} has it. */
    public static void note(Cpu cpu, long linear, long value, byte kind) {
        AccessLog log = cpu.log;
        if (log.count == AccessLog.CAPACITY) {
            cpu.logFull();
            log = cpu.log;
        }
        int n = log.count;
        log.address[n] = linear;
        log.value[n] = value;
        log.kind[n] = kind;
        log.instruction[n] = (int) (cpu.retired - log.base) + cpu.index;
        log.count = n + 1;
    }
}
