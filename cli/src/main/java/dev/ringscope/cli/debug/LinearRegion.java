package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.Memory.Region;

/**
 * The page that a linear address lies in, or the hole that one entry of the page tables leaves there. Neighbours with
 * the same rights are regions of their own.
 */
final class LinearRegion {
    private static final long FOUR_GIB = 1L << 32, LOWER_END = 1L << 47;

    private LinearRegion() {}

    static Region of(Machine machine, long address) {
        X86Cpu cpu = machine.cpu();
        boolean above = Long.compareUnsigned(address, FOUR_GIB) >= 0;
        if (!cpu.longMode() && above) {
            return new Region(FOUR_GIB, -FOUR_GIB, "");
        }
        Walk walk = cpu.paging.walk(address);
        if (walk.failure() == Reason.NON_CANONICAL) {
            return new Region(LOWER_END, -2 * LOWER_END, "");
        }
        if (walk.steps().isEmpty()) {
            return new Region(0, FOUR_GIB, "rwx");
        }
        if (walk.mapped()) {
            return new Region(address & -walk.pageSize(), walk.pageSize(), rights(walk));
        }
        long hole = hole(cpu, walk.steps().getLast().level());
        return new Region(address & -hole, hole, "");
    }

    private static String rights(Walk walk) {
        return "r" + (walk.writable() ? "w" : "") + (walk.noExecute() ? "" : "x");
    }

    /** Bytes that an entry of a level stands for. */
    private static long hole(X86Cpu cpu, int level) {
        boolean wide = cpu.longMode() || (cpu.cr4 & X86Cpu.CR4_PAE) != 0;
        return 1L << 12 + (level - 1) * (wide ? 9 : 10);
    }
}
