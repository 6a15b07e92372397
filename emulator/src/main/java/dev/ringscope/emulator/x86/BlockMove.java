package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.LittleEndian;
import java.util.Arrays;

/**
 * Runs of REP MOVS and REP STOS elements: up to the next page end at once, where the TLB serves both places, nobody
 * watches and the direction is upwards. Everything else returns 0 and is done element by element, which also fills the
 * TLB for the next run.
 */
final class BlockMove {
    private static final long PAGE_MASK = -4096;

    private BlockMove() {}

    static boolean applies(X86Cpu cpu, Instruction i) {
        return cpu.log == null && i.addressSize >= 4 && !cpu.flag(X86Cpu.DF) && !cpu.stepping();
    }

    /** @return elements moved, at most {@code most} and RCX */
    static long movs(X86Cpu cpu, Instruction i, int w, long most) {
        if (!applies(cpu, i)) {
            return 0;
        }
        long from = X86Cpu.truncate(cpu.r[RSI], i.addressSize);
        long to = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long source = cpu.linear(i.segment, from, w, false);
            long destination = cpu.linear(ES, to, w, true);
            long elements = Math.min(elements(cpu, i, source, w, most), elements(cpu, i, destination, w, most));
            int bytes = (int) elements * w;
            int read = index(cpu, source, 0);
            int write = index(cpu, destination, 1);
            boolean overlaps = write > read && write < read + bytes;
            if (elements == 0 || read < 0 || write < 0 || overlaps || wraps(i, from, bytes) || wraps(i, to, bytes)) {
                return 0;
            }
            // the whole run must lie within the segments' limits
            cpu.linear(i.segment, from, bytes, false);
            cpu.linear(ES, to, bytes, true);
            System.arraycopy(cpu.ram, read, cpu.ram, write, bytes);
            cpu.memory.markLines(write, bytes);
            cpu.setReg(RSI, i.addressSize, X86Cpu.truncate(from + bytes, i.addressSize));
            cpu.setReg(RDI, i.addressSize, X86Cpu.truncate(to + bytes, i.addressSize));
            Strings.countDown(cpu, i, elements);
            return elements;
        } catch (Fault fault) {
            return 0; // the element that meets the limit will raise it
        }
    }

    /** @return elements stored, at most {@code most} and RCX */
    static long stos(X86Cpu cpu, Instruction i, int w, long most) {
        if (!applies(cpu, i)) {
            return 0;
        }
        long to = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long destination = cpu.linear(ES, to, w, true);
            long elements = elements(cpu, i, destination, w, most);
            int bytes = (int) elements * w;
            int write = index(cpu, destination, 1);
            if (elements == 0 || write < 0 || wraps(i, to, bytes)) {
                return 0;
            }
            cpu.linear(ES, to, bytes, true);
            fill(cpu.ram, write, bytes, cpu.r[RAX], w);
            cpu.memory.markLines(write, bytes);
            cpu.setReg(RDI, i.addressSize, X86Cpu.truncate(to + bytes, i.addressSize));
            Strings.countDown(cpu, i, elements);
            return elements;
        } catch (Fault fault) {
            return 0; // the element that meets the limit will raise it
        }
    }

    private static void fill(byte[] ram, int from, int bytes, long value, int w) {
        if (uniform(value, (byte) value, w)) {
            Arrays.fill(ram, from, from + bytes, (byte) value);
            return;
        }
        LittleEndian.put(ram, from, w, value);
        for (int done = w; done < bytes; done *= 2) {
            System.arraycopy(ram, from, ram, from + done, Math.min(done, bytes - done));
        }
    }

    private static boolean uniform(long value, byte first, int w) {
        for (int k = 1; k < w; k++) {
            if ((byte) (value >> 8 * k) != first) {
                return false;
            }
        }
        return true;
    }

    /** Whole elements up to the end of the page, RCX and the budget. */
    static long elements(X86Cpu cpu, Instruction i, long linear, int w, long most) {
        long count = X86Cpu.truncate(cpu.r[RCX], i.addressSize);
        long room = Math.min((4096 - (linear & 4095)) / w, most);
        return Long.compareUnsigned(room, count) < 0 ? room : count;
    }

    /** The offset comes back to 0 within the run, as it can in 64-bit mode with 32-bit addresses. */
    static boolean wraps(Instruction i, long offset, int bytes) {
        return i.addressSize == 4 && offset + bytes > 1L << 32;
    }

    /** Index into RAM if the TLB has the page for reading (0) or writing (1), else -1. */
    static int index(X86Cpu cpu, long linear, int tag) {
        long[] tlb = cpu.tlb;
        int e = ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
        return tlb[e + tag] == (linear & PAGE_MASK) ? (int) (linear + tlb[e + 2]) : -1;
    }
}
