package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.LittleEndian;
import java.util.Arrays;

/**
 * Runs of REPE and REPNE CMPS and SCAS elements, under the conditions of {@link BlockMove}: as many at once as go on.
 * The element that ends the repetition is left to the long way, so that nothing else but registers, RCX and the flags
 * of the last element of the run is to be kept.
 */
final class BlockCompare {
    private BlockCompare() {}

    /** @return elements compared, at most {@code most} and RCX; the repetition goes on behind them */
    static long cmps(X86Cpu cpu, Instruction i, int w, long most) {
        if (!BlockMove.applies(cpu, i)) {
            return 0;
        }
        long first = X86Cpu.truncate(cpu.r[RSI], i.addressSize);
        long second = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long a = cpu.linear(i.segment, first, w, false);
            long b = cpu.linear(ES, second, w, false);
            int elements =
                    (int) Math.min(BlockMove.elements(cpu, i, a, w, most), BlockMove.elements(cpu, i, b, w, most));
            int left = BlockMove.index(cpu, a, 0);
            int right = BlockMove.index(cpu, b, 0);
            int bytes = elements * w;
            boolean wraps = BlockMove.wraps(i, first, bytes) || BlockMove.wraps(i, second, bytes);
            if (elements == 0 || left < 0 || right < 0 || wraps) {
                return 0;
            }
            // the whole run must lie within the segments' limits
            cpu.linear(i.segment, first, bytes, false);
            cpu.linear(ES, second, bytes, false);
            int going = i.rep ? equal(cpu.ram, left, right, elements, w) : different(cpu.ram, left, right, elements, w);
            if (going > 0) {
                int last = (going - 1) * w;
                Strings.compare(cpu, i, w, element(cpu.ram, left + last, w), element(cpu.ram, right + last, w));
                advance(cpu, i, RSI, first, going, w);
                advance(cpu, i, RDI, second, going, w);
                Strings.countDown(cpu, i, going);
            }
            return going;
        } catch (Fault fault) {
            return 0; // the element that meets the limit will raise it
        }
    }

    /**
     * @return elements compared with the accumulator, at most {@code most} and RCX; the repetition goes on behind them
     */
    static long scas(X86Cpu cpu, Instruction i, int w, long most) {
        if (!BlockMove.applies(cpu, i)) {
            return 0;
        }
        long from = X86Cpu.truncate(cpu.r[RDI], i.addressSize);
        try {
            long linear = cpu.linear(ES, from, w, false);
            int elements = (int) BlockMove.elements(cpu, i, linear, w, most);
            int at = BlockMove.index(cpu, linear, 0);
            if (elements == 0 || at < 0 || BlockMove.wraps(i, from, elements * w)) {
                return 0;
            }
            cpu.linear(ES, from, elements * w, false);
            long value = LittleEndian.signExtend(cpu.r[RAX], w);
            int going = 0;
            while (going < elements && (element(cpu.ram, at + going * w, w) == value) == i.rep) {
                going++;
            }
            if (going > 0) {
                Strings.compare(cpu, i, w, value, element(cpu.ram, at + (going - 1) * w, w));
                advance(cpu, i, RDI, from, going, w);
                Strings.countDown(cpu, i, going);
            }
            return going;
        } catch (Fault fault) {
            return 0; // the element that meets the limit will raise it
        }
    }

    private static int equal(byte[] ram, int left, int right, int elements, int w) {
        int bytes = elements * w;
        int mismatch = Arrays.mismatch(ram, left, left + bytes, ram, right, right + bytes);
        return mismatch < 0 ? elements : mismatch / w;
    }

    private static int different(byte[] ram, int left, int right, int elements, int w) {
        int n = 0;
        while (n < elements && element(ram, left + n * w, w) != element(ram, right + n * w, w)) {
            n++;
        }
        return n;
    }

    private static long element(byte[] ram, int index, int w) {
        return LittleEndian.signExtend(LittleEndian.get(ram, index, w), w);
    }

    private static void advance(X86Cpu cpu, Instruction i, int register, long from, int elements, int w) {
        long behind = X86Cpu.truncate(from + (long) elements * w, i.addressSize);
        cpu.setReg(register, i.addressSize, behind);
    }
}
