package dev.ringscope.emulator.insn;

import static dev.ringscope.emulator.memory.PhysicalMemory.INT;
import static dev.ringscope.emulator.memory.PhysicalMemory.LONG;
import static dev.ringscope.emulator.memory.PhysicalMemory.SHORT;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.x86.X86Cpu;

/**
 * Data accesses of a region: the fast path of {@link Access}, and behind it no more than filling the TLB and stores
 * that map a page. Whatever is left then (devices, pages with code or tables, crossings, what is watched) bails out to
 * the interpreter, and a page fault is left in {@link Cpu#raised}.
 */
public final class RegionAccess {
    private static final long PAGE_MASK = -4096;

    private RegionAccess() {}

    private static int entry(long linear) {
        return ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
    }

    private static void miss(Region region, Cpu cpu, long linear, int size, long retired, int site) {
        region.at(cpu, retired, site);
        if (((linear + size - 1 ^ linear) & PAGE_MASK) != 0 || !cpu.prepare(linear, false) || Region.disturbed(cpu)) {
            throw Bail.INSTANCE;
        }
    }

    /** @return whether the store has been done */
    private static boolean stored(Region region, Cpu cpu, long linear, int size, long value, long retired, int site) {
        region.at(cpu, retired, site);
        if (((linear + size - 1 ^ linear) & PAGE_MASK) != 0 || Region.disturbed(cpu)) {
            throw Bail.INSTANCE;
        }
        if (cpu.storeQuietly(linear, size, value)) {
            return true;
        }
        if (!cpu.prepare(linear, true) || Region.disturbed(cpu)) {
            throw Bail.INSTANCE;
        }
        return false;
    }

    /** Whether the TLB does not serve a load; {@code more} is its size less 1. */
    public static boolean missesLoad(long[] tlb, long linear, int more) {
        return tlb[entry(linear)] != (linear + more & PAGE_MASK);
    }

    /** The same of a store. */
    public static boolean missesStore(long[] tlb, long linear, int more) {
        return tlb[entry(linear) + 1] != (linear + more & PAGE_MASK);
    }

    private static int index(long[] tlb, long linear) {
        return (int) (linear + tlb[entry(linear) + 2]);
    }

    // ---- served by the TLB: the access alone

    public static long get1(long[] tlb, byte[] ram, long linear) {
        return ram[index(tlb, linear)];
    }

    public static long get2(long[] tlb, byte[] ram, long linear) {
        return (short) SHORT.get(ram, index(tlb, linear));
    }

    public static long get4(long[] tlb, byte[] ram, long linear) {
        return (int) INT.get(ram, index(tlb, linear));
    }

    public static long get8(long[] tlb, byte[] ram, long linear) {
        return (long) LONG.get(ram, index(tlb, linear));
    }

    public static void put1(long[] tlb, byte[] ram, byte[] lines, long linear, long value) {
        int i = index(tlb, linear);
        ram[i] = (byte) value;
        lines[i >>> 6] = 1;
    }

    public static void put2(long[] tlb, byte[] ram, byte[] lines, long linear, long value) {
        int i = index(tlb, linear);
        SHORT.set(ram, i, (short) value);
        lines[i >>> 6] = 1;
        lines[i + 1 >>> 6] = 1;
    }

    public static void put4(long[] tlb, byte[] ram, byte[] lines, long linear, long value) {
        int i = index(tlb, linear);
        INT.set(ram, i, (int) value);
        lines[i >>> 6] = 1;
        lines[i + 3 >>> 6] = 1;
    }

    public static void put8(long[] tlb, byte[] ram, byte[] lines, long linear, long value) {
        int i = index(tlb, linear);
        LONG.set(ram, i, value);
        lines[i >>> 6] = 1;
        lines[i + 7 >>> 6] = 1;
    }

    // ---- not served: registers, flags and position are the processor's, before and behind it

    public static long loadMissed1(Region g, Cpu cpu, long linear, long retired, int site) {
        miss(g, cpu, linear, 1, retired, site);
        return get1(cpu.tlb, cpu.ram, linear);
    }

    public static long loadMissed2(Region g, Cpu cpu, long linear, long retired, int site) {
        miss(g, cpu, linear, 2, retired, site);
        return get2(cpu.tlb, cpu.ram, linear);
    }

    public static long loadMissed4(Region g, Cpu cpu, long linear, long retired, int site) {
        miss(g, cpu, linear, 4, retired, site);
        return get4(cpu.tlb, cpu.ram, linear);
    }

    public static long loadMissed8(Region g, Cpu cpu, long linear, long retired, int site) {
        miss(g, cpu, linear, 8, retired, site);
        return get8(cpu.tlb, cpu.ram, linear);
    }

    public static void storeMissed1(Region g, Cpu cpu, long linear, long value, long retired, int site) {
        if (!stored(g, cpu, linear, 1, value, retired, site)) {
            put1(cpu.tlb, cpu.ram, cpu.lines, linear, value);
        }
    }

    public static void storeMissed2(Region g, Cpu cpu, long linear, long value, long retired, int site) {
        if (!stored(g, cpu, linear, 2, value, retired, site)) {
            put2(cpu.tlb, cpu.ram, cpu.lines, linear, value);
        }
    }

    public static void storeMissed4(Region g, Cpu cpu, long linear, long value, long retired, int site) {
        if (!stored(g, cpu, linear, 4, value, retired, site)) {
            put4(cpu.tlb, cpu.ram, cpu.lines, linear, value);
        }
    }

    public static void storeMissed8(Region g, Cpu cpu, long linear, long value, long retired, int site) {
        if (!stored(g, cpu, linear, 8, value, retired, site)) {
            put8(cpu.tlb, cpu.ram, cpu.lines, linear, value);
        }
    }

    // ---- either

    public static long load1(Region g, Cpu cpu, long[] tlb, byte[] ram, long linear, long retired, int site) {
        if (missesLoad(tlb, linear, 0)) {
            miss(g, cpu, linear, 1, retired, site);
        }
        return get1(tlb, ram, linear);
    }

    public static long load2(Region g, Cpu cpu, long[] tlb, byte[] ram, long linear, long retired, int site) {
        if (missesLoad(tlb, linear, 1)) {
            miss(g, cpu, linear, 2, retired, site);
        }
        return get2(tlb, ram, linear);
    }

    public static long load4(Region g, Cpu cpu, long[] tlb, byte[] ram, long linear, long retired, int site) {
        if (missesLoad(tlb, linear, 3)) {
            miss(g, cpu, linear, 4, retired, site);
        }
        return get4(tlb, ram, linear);
    }

    public static long load8(Region g, Cpu cpu, long[] tlb, byte[] ram, long linear, long retired, int site) {
        if (missesLoad(tlb, linear, 7)) {
            miss(g, cpu, linear, 8, retired, site);
        }
        return get8(tlb, ram, linear);
    }

    public static void store1(
            Region g, Cpu cpu, long[] tlb, byte[] ram, byte[] lines, long linear, long value, long retired, int site) {
        if (missesStore(tlb, linear, 0) && stored(g, cpu, linear, 1, value, retired, site)) {
            return;
        }
        put1(tlb, ram, lines, linear, value);
    }

    public static void store2(
            Region g, Cpu cpu, long[] tlb, byte[] ram, byte[] lines, long linear, long value, long retired, int site) {
        if (missesStore(tlb, linear, 1) && stored(g, cpu, linear, 2, value, retired, site)) {
            return;
        }
        put2(tlb, ram, lines, linear, value);
    }

    public static void store4(
            Region g, Cpu cpu, long[] tlb, byte[] ram, byte[] lines, long linear, long value, long retired, int site) {
        if (missesStore(tlb, linear, 3) && stored(g, cpu, linear, 4, value, retired, site)) {
            return;
        }
        put4(tlb, ram, lines, linear, value);
    }

    public static void store8(
            Region g, Cpu cpu, long[] tlb, byte[] ram, byte[] lines, long linear, long value, long retired, int site) {
        if (missesStore(tlb, linear, 7) && stored(g, cpu, linear, 8, value, retired, site)) {
            return;
        }
        put8(tlb, ram, lines, linear, value);
    }

    /** Refuses 16 bytes that cross a page: the two halves go one after the other. */
    public static void whole(Region g, Cpu cpu, long linear, long retired, int site) {
        if ((linear & 0xfff) > 0xff0) {
            bail(g, cpu, retired, site);
        }
    }

    public static void requireAligned(Region g, Cpu cpu, long linear, long retired, int site) {
        if ((linear & 15) != 0) {
            bail(g, cpu, retired, site);
        }
    }

    public static void requireSse(Region g, X86Cpu cpu, long retired, int site) {
        if ((cpu.cr0 & (X86Cpu.CR0_EM | X86Cpu.CR0_TS)) != 0 || (cpu.cr4 & X86Cpu.CR4_OSFXSR) == 0) {
            bail(g, cpu, retired, site);
        }
    }

    /** A branch to an address that is not canonical faults. */
    public static void requireCanonical(Region g, Cpu cpu, long target, long retired, int site) {
        if (target << 16 >> 16 != target) {
            g.at(cpu, retired, site);
            cpu.checkFetch(target);
        }
    }

    private static void bail(Region region, Cpu cpu, long retired, int site) {
        region.at(cpu, retired, site);
        throw Bail.INSTANCE;
    }

    /** Notes a read that has been done. */
    public static void noteLoad(Cpu cpu, long linear, long value, int size, long retired, int site) {
        note(cpu, linear, size == 8 ? value : value & (1L << 8 * size) - 1, (byte) size, retired, site);
    }

    /** Notes a write that has been done. */
    public static void noteStore(Cpu cpu, long linear, long value, int size, long retired, int site) {
        long unsigned = size == 8 ? value : value & (1L << 8 * size) - 1;
        note(cpu, linear, unsigned, (byte) (size | AccessLog.WRITE), retired, site);
    }

    private static void note(Cpu cpu, long linear, long value, byte kind, long retired, int site) {
        AccessLog log = cpu.log;
        if (log.count == AccessLog.CAPACITY) {
            cpu.retired = retired;
            cpu.logFull();
            log = cpu.log;
        }
        int n = log.count;
        log.address[n] = linear;
        log.value[n] = value;
        log.kind[n] = kind;
        log.instruction[n] = (int) (retired - log.base) + (site & 63);
        log.count = n + 1;
    }
}
