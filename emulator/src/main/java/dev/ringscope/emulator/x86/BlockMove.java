package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.insn.Instruction;
import java.util.Arrays;

/**
 * REP MOVS and REP STOS by pages: as long as both places are pages that the TLB serves, nothing watches and the direction is upwards in
 * 64-bit code, elements up to the next page end are moved at once. What is left is done element by element.
 */
final class BlockMove {
    private static final long PAGE_MASK = -4096;

    private BlockMove() {}

    private static boolean applies(X86Cpu cpu, Instruction i) {
        return cpu.log == null
                && i.addressSize == 8
                && !cpu.flag(X86Cpu.DF)
                && !cpu.stepping()
                && i.segment < Instruction.FS;
    }

    static void movs(X86Cpu cpu, Instruction i, int w) {
        if (!applies(cpu, i)) {
            return;
        }
        for (long budget = Strings.SLICE; budget > 0 && cpu.r[RCX] != 0; ) {
            long from = cpu.r[RSI];
            long to = cpu.r[RDI];
            long elements = Math.min(Math.min(room(from, w), room(to, w)), budget);
            elements = Long.compareUnsigned(elements, cpu.r[RCX]) < 0 ? elements : cpu.r[RCX];
            int source = index(cpu, from, 0);
            int destination = index(cpu, to, 1);
            int bytes = (int) elements * w;
            boolean overlaps = destination > source && destination < source + bytes;
            if (elements == 0 || source < 0 || destination < 0 || overlaps) {
                return;
            }
            System.arraycopy(cpu.ram, source, cpu.ram, destination, bytes);
            cpu.r[RSI] += bytes;
            cpu.r[RDI] += bytes;
            cpu.r[RCX] -= elements;
            budget -= elements;
        }
    }

    static void stos(X86Cpu cpu, Instruction i, int w) {
        if (!applies(cpu, i)) {
            return;
        }
        byte first = (byte) cpu.r[RAX];
        for (int k = 1; k < w; k++) {
            if ((byte) (cpu.r[RAX] >> 8 * k) != first) {
                return; // a pattern of different bytes: rare
            }
        }
        for (long budget = Strings.SLICE; budget > 0 && cpu.r[RCX] != 0; ) {
            long to = cpu.r[RDI];
            long elements = Math.min(room(to, w), budget);
            elements = Long.compareUnsigned(elements, cpu.r[RCX]) < 0 ? elements : cpu.r[RCX];
            int destination = index(cpu, to, 1);
            if (elements == 0 || destination < 0) {
                return;
            }
            int bytes = (int) elements * w;
            Arrays.fill(cpu.ram, destination, destination + bytes, first);
            cpu.r[RDI] += bytes;
            cpu.r[RCX] -= elements;
            budget -= elements;
        }
    }

    /** Whole elements up to the end of the page. */
    private static long room(long linear, int w) {
        return (4096 - (linear & 4095)) / w;
    }

    /** Index into RAM if the TLB has the page for reading (0) or writing (1), else -1. */
    private static int index(X86Cpu cpu, long linear, int tag) {
        long[] tlb = cpu.tlb;
        int e = ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
        return tlb[e + tag] == (linear & PAGE_MASK) ? (int) (linear + tlb[e + 2]) : -1;
    }
}
