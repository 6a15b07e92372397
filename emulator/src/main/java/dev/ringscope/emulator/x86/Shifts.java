package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.ShiftFlags;

/**
 * Shifts and rotates (Intel SDM vol. 2). Their flags, which a count of zero leaves alone, are in {@link ShiftFlags}.
 */
final class Shifts {
    private Shifts() {}

    @Insn(
            enc = {
                "C0 /4 Eb,Ib",
                "C1 /4 Ev,Ib",
                "D0 /4 Eb,1",
                "D1 /4 Ev,1",
                "D2 /4 Eb,CL",
                "D3 /4 Ev,CL",
                "C0 /6 Eb,Ib",
                "C1 /6 Ev,Ib",
                "D0 /6 Eb,1",
                "D1 /6 Ev,1",
                "D2 /6 Eb,CL",
                "D3 /6 Ev,CL"
            },
            ops = "=a,b",
            flags = "shl",
            undefined = "OA")
    static long shl(int w, long a, long b) {
        return a << ShiftFlags.count(w, b);
    }

    @Insn(
            enc = {"C0 /5 Eb,Ib", "C1 /5 Ev,Ib", "D0 /5 Eb,1", "D1 /5 Ev,1", "D2 /5 Eb,CL", "D3 /5 Ev,CL"},
            ops = "=a,b",
            flags = "shr",
            undefined = "OA")
    static long shr(int w, long a, long b) {
        return ShiftFlags.unsigned(w, a) >>> ShiftFlags.count(w, b);
    }

    @Insn(
            enc = {"C0 /7 Eb,Ib", "C1 /7 Ev,Ib", "D0 /7 Eb,1", "D1 /7 Ev,1", "D2 /7 Eb,CL", "D3 /7 Ev,CL"},
            ops = "=a,b",
            flags = "sar",
            undefined = "OA")
    static long sar(int w, long a, long b) {
        return a >> ShiftFlags.count(w, b);
    }

    @Insn(
            enc = {"C0 /0 Eb,Ib", "C1 /0 Ev,Ib", "D0 /0 Eb,1", "D1 /0 Ev,1", "D2 /0 Eb,CL", "D3 /0 Ev,CL"},
            ops = "=a,b",
            flags = "rol",
            undefined = "O")
    static long rol(int w, long a, long b) {
        int n = ShiftFlags.count(w, b) & 8 * w - 1;
        return n == 0 ? a : a << n | ShiftFlags.unsigned(w, a) >>> 8 * w - n;
    }

    @Insn(
            enc = {"C0 /1 Eb,Ib", "C1 /1 Ev,Ib", "D0 /1 Eb,1", "D1 /1 Ev,1", "D2 /1 Eb,CL", "D3 /1 Ev,CL"},
            ops = "=a,b",
            flags = "ror",
            undefined = "O")
    static long ror(int w, long a, long b) {
        int n = ShiftFlags.count(w, b) & 8 * w - 1;
        return n == 0 ? a : ShiftFlags.unsigned(w, a) >>> n | a << 8 * w - n;
    }

    @Insn(
            enc = {"C0 /2 Eb,Ib", "C1 /2 Ev,Ib", "D0 /2 Eb,1", "D1 /2 Ev,1", "D2 /2 Eb,CL", "D3 /2 Ev,CL"},
            ops = "=a,b,c",
            flags = "rcl",
            undefined = "O")
    static long rcl(int w, long a, long b, long carry) {
        int n = ShiftFlags.countThroughCarry(w, b);
        if (n == 0) {
            return a;
        }
        // the carry is bit 8w of a number of 8w + 1 bits
        long low = n == 1 ? 0 : ShiftFlags.unsigned(w, a) >>> 8 * w + 1 - n;
        return (n == 64 ? 0 : a << n) | carry << n - 1 | low;
    }

    @Insn(
            enc = {"C0 /3 Eb,Ib", "C1 /3 Ev,Ib", "D0 /3 Eb,1", "D1 /3 Ev,1", "D2 /3 Eb,CL", "D3 /3 Ev,CL"},
            ops = "=a,b,c",
            flags = "rcr",
            undefined = "O")
    static long rcr(int w, long a, long b, long carry) {
        int n = ShiftFlags.countThroughCarry(w, b);
        if (n == 0) {
            return a;
        }
        long high = n == 1 ? 0 : a << 8 * w + 1 - n;
        return ShiftFlags.unsigned(w, a) >>> n | carry << 8 * w - n | high;
    }

    @Insn(
            enc = {"0F A4 /r Ev,Gv,Ib rw", "0F A5 /r Ev,Gv,CL rw"},
            undefined = "OA")
    static void shld(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        int n = doubleCount(cpu, i, w);
        long linear = i.memory ? cpu.linear(i, w, true) : 0;
        long a = i.memory ? cpu.load(linear, w) : cpu.readE(i, w);
        long r = a;
        if (n > 0) {
            long filler = ShiftFlags.unsigned(w, cpu.readG(i, w));
            // beyond 16 bits the source follows the destination again, as processors do
            r = n <= 8 * w
                    ? a << n | filler >>> 8 * w - n
                    : filler << n - 8 * w | ShiftFlags.unsigned(w, a) >>> 16 * w - n;
        }
        finishDouble(cpu, i, w, linear, r, n);
        if (n > 0) {
            boolean carry = n <= 8 * w ? (a >>> 8 * w - n & 1) != 0 : (cpu.readG(i, w) >>> 16 * w - n & 1) != 0;
            setFlags(cpu, w, a, r, carry);
        }
    }

    @Insn(
            enc = {"0F AC /r Ev,Gv,Ib rw", "0F AD /r Ev,Gv,CL rw"},
            undefined = "OA")
    static void shrd(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        int n = doubleCount(cpu, i, w);
        long linear = i.memory ? cpu.linear(i, w, true) : 0;
        long a = i.memory ? cpu.load(linear, w) : cpu.readE(i, w);
        long filler = cpu.readG(i, w);
        long r = a;
        if (n > 0) {
            long low = ShiftFlags.unsigned(w, a);
            r = n <= 8 * w
                    ? (n == 8 * w ? filler : low >>> n | filler << 8 * w - n)
                    : ShiftFlags.unsigned(w, filler) >>> n - 8 * w | low << 16 * w - n;
        }
        finishDouble(cpu, i, w, linear, r, n);
        if (n > 0) {
            boolean carry = n <= 8 * w ? (a >>> n - 1 & 1) != 0 : (filler >>> n - 1 - 8 * w & 1) != 0;
            setFlags(cpu, w, a, r, carry);
        }
    }

    private static int doubleCount(X86Cpu cpu, Instruction i, int w) {
        boolean immediate = (i.opcode & 1) == 0;
        return ShiftFlags.count(w, immediate ? i.imm : cpu.r[X86Cpu.RCX]);
    }

    private static void finishDouble(X86Cpu cpu, Instruction i, int w, long linear, long r, int n) {
        if (i.memory) {
            cpu.store(linear, w, r);
        } else if (n > 0 || w == 4) {
            cpu.writeE(i, w, r);
        }
    }

    private static void setFlags(X86Cpu cpu, int w, long a, long r, boolean carry) {
        int shift = 64 - 8 * w;
        long result = r << shift >> shift;
        cpu.fr = result;
        cpu.fc = Flags.carryOverflow(carry, (result ^ a) < 0);
    }
}
