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
 * Runs of REP MOVS and REP STOS elements: up to where a page ends at once, in either direction, where the TLB serves
 * both places and nobody watches. Everything else returns 0 and is done element by element, which also fills the TLB
 * for the next run.
 */
final class BlockMove {
    private static final long PAGE_MASK = -4096;

    private BlockMove() {}

    /** Many elements at once, upwards, which are not logged. */
    static boolean applies(X86Cpu cpu, Instruction i) {
        return cpu.log == null && unwatched(cpu, i) && !cpu.flag(X86Cpu.DF);
    }

    private static boolean unwatched(X86Cpu cpu, Instruction i) {
        return i.addressSize >= 4 && !cpu.stepping();
    }

    /** @return elements moved, at most {@code most} and RCX */
    static long movs(X86Cpu cpu, Instruction i, int w, long most) {
        if (!unwatched(cpu, i)) {
            return 0;
        }
        boolean down = cpu.flag(X86Cpu.DF);
        long from = X86Cpu.truncate(cpu.r[RSI], i.addressSize);
        long to = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long source = cpu.linear(i.segment, from, w, false);
            long destination = cpu.linear(ES, to, w, true);
            long loggable = AccessRun.most(cpu, most, 2);
            long elements =
                    Math.min(room(cpu, i, source, w, loggable, down), room(cpu, i, destination, w, loggable, down));
            int bytes = (int) elements * w;
            int before = down ? bytes - w : 0;
            int read = index(cpu, source, 0);
            int write = index(cpu, destination, 1);
            if (elements == 0 || read < 0 || write < 0 || overlaps(down ? write : read, down ? read : write, bytes)) {
                return 0;
            }
            if (wraps(i, from - before, bytes) || wraps(i, to - before, bytes)) {
                return 0;
            }
            // the whole run must lie within the segments' limits
            cpu.linear(i.segment, from - before, bytes, false);
            cpu.linear(ES, to - before, bytes, true);
            AccessRun.moved(cpu, source, read, destination, (int) elements, down ? -w : w);
            System.arraycopy(cpu.ram, read - before, cpu.ram, write - before, bytes);
            cpu.memory.markLines(write - before, bytes);
            advance(cpu, i, RSI, from, down ? -bytes : bytes);
            advance(cpu, i, RDI, to, down ? -bytes : bytes);
            Strings.countDown(cpu, i, elements);
            return elements;
        } catch (Fault fault) {
            return 0; // the element that meets the limit will raise it
        }
    }

    /** Whether what is moved first changes what is moved later: the second place begins within the first. */
    private static boolean overlaps(int first, int second, int bytes) {
        return second > first && second < first + bytes;
    }

    private static void advance(X86Cpu cpu, Instruction i, int register, long offset, int bytes) {
        cpu.setReg(register, i.addressSize, X86Cpu.truncate(offset + bytes, i.addressSize));
    }

    /** @return elements stored, at most {@code most} and RCX */
    static long stos(X86Cpu cpu, Instruction i, int w, long most) {
        if (!unwatched(cpu, i)) {
            return 0;
        }
        boolean down = cpu.flag(X86Cpu.DF);
        long to = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long destination = cpu.linear(ES, to, w, true);
            long elements = room(cpu, i, destination, w, AccessRun.most(cpu, most, 1), down);
            int bytes = (int) elements * w;
            int before = down ? bytes - w : 0;
            int write = index(cpu, destination, 1);
            if (elements == 0 || write < 0 || wraps(i, to - before, bytes)) {
                return 0;
            }
            cpu.linear(ES, to - before, bytes, true);
            AccessRun.stored(cpu, destination, (int) elements, down ? -w : w);
            fill(cpu.ram, write - before, bytes, cpu.r[RAX], w);
            cpu.memory.markLines(write - before, bytes);
            advance(cpu, i, RDI, to, down ? -bytes : bytes);
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

    /** Whole elements up to where the page ends in the direction of the run, RCX and the budget. */
    private static long room(X86Cpu cpu, Instruction i, long linear, int w, long most, boolean down) {
        int inPage = (int) (linear & 4095);
        if (!down) {
            return elements(cpu, i, linear, w, most);
        }
        return inPage + w > 4096 ? 0 : elements(cpu, i, 4096 - w - inPage, w, most);
    }

    /** Whole elements up to the end of the page, RCX and the budget. */
    static long elements(X86Cpu cpu, Instruction i, long linear, int w, long most) {
        long count = X86Cpu.truncate(cpu.r[RCX], i.addressSize);
        long room = Math.min((4096 - (linear & 4095)) / w, most);
        return Long.compareUnsigned(room, count) < 0 ? room : count;
    }

    /** The offset passes 0 within the run, as it can in 64-bit mode with 32-bit addresses. */
    static boolean wraps(Instruction i, long offset, int bytes) {
        return i.addressSize == 4 && (offset < 0 || offset + bytes > 1L << 32);
    }

    /** Index into RAM if the TLB has the page for reading (0) or writing (1), else -1. */
    static int index(X86Cpu cpu, long linear, int tag) {
        long[] tlb = cpu.tlb;
        int e = ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
        return tlb[e + tag] == (linear & PAGE_MASK) ? (int) (linear + tlb[e + 2]) : -1;
    }
}
