package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.ShiftFlags;

/**
 * Multiplication and division of integers (Intel SDM vol. 2). SF, ZF, PF after a multiplication are undefined: they
 * follow the low half.
 */
final class Multiplication {
    private Multiplication() {}

    @Insn(
            enc = {"F6 /4 Eb", "F7 /4 Ev"},
            ops = "a",
            undefined = "SZAP")
    static void mul(X86Cpu cpu, int w, long a) {
        long x = ShiftFlags.unsigned(w, accumulator(cpu, w));
        long y = ShiftFlags.unsigned(w, a);
        long low = x * y;
        long high = w == 8 ? Math.unsignedMultiplyHigh(x, y) : low >>> 8 * w;
        put(cpu, w, low, high, ShiftFlags.unsigned(w, high) != 0);
    }

    @Insn(
            enc = {"F6 /5 Eb", "F7 /5 Ev"},
            name = "imul",
            ops = "a",
            undefined = "SZAP")
    static void imulAccumulator(X86Cpu cpu, int w, long a) {
        long x = accumulator(cpu, w);
        long low = x * a;
        long high = w == 8 ? Math.multiplyHigh(x, a) : low >> 8 * w;
        put(cpu, w, low, high, overflows(w, x, a, low));
    }

    @Insn(
            enc = {"0F AF /r Gv,Ev"},
            ops = "=a,b",
            flags = "imul",
            undefined = "SZAP")
    static long imul(long a, long b) {
        return a * b;
    }

    @Insn(
            enc = {"69 /r Gv,Ev,Iz", "6B /r Gv,Ev,Ibs"},
            name = "imul",
            ops = ">a,b,d",
            flags = "imul",
            undefined = "SZAP")
    static long imulImmediate(long b, long d) {
        return b * d;
    }

    private static boolean overflows(int w, long x, long y, long low) {
        return Flags.carry(Flags.imul(w, x, y, low, 0));
    }

    private static long accumulator(X86Cpu cpu, int w) {
        return w == 1 ? (byte) cpu.r[RAX] : cpu.reg(RAX, w);
    }

    private static void put(X86Cpu cpu, int w, long low, long high, boolean significant) {
        if (w == 1) {
            cpu.setReg(RAX, 2, low & 0xff | high << 8);
        } else {
            cpu.setReg(RAX, w, low);
            cpu.setReg(RDX, w, high);
        }
        int shift = 64 - 8 * w;
        cpu.fr = low << shift >> shift;
        cpu.fc = Flags.carryOverflow(significant, significant);
    }

    @Insn(
            enc = {"F6 /6 Eb", "F7 /6 Ev"},
            ops = "a",
            undefined = "OSZAPC")
    static void div(X86Cpu cpu, int w, long a) {
        long divisor = ShiftFlags.unsigned(w, a);
        if (divisor == 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        if (w == 8) {
            divide128(cpu, divisor);
            return;
        }
        long dividend = dividend(cpu, w);
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (quotient != ShiftFlags.unsigned(w, quotient)) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        putQuotient(cpu, w, quotient, Long.remainderUnsigned(dividend, divisor));
    }

    /** The double-width dividend as one number; for bytes AX, sign as it stands. */
    private static long dividend(X86Cpu cpu, int w) {
        return switch (w) {
            case 1 -> cpu.r[RAX] & 0xffff;
            case 2 -> (cpu.r[RDX] & 0xffff) << 16 | cpu.r[RAX] & 0xffff;
            default -> cpu.r[RDX] << 32 | cpu.r[RAX] & 0xffff_ffffL;
        };
    }

    private static void putQuotient(X86Cpu cpu, int w, long quotient, long remainder) {
        if (w == 1) {
            cpu.setReg(RAX, 2, quotient & 0xff | (remainder & 0xff) << 8);
        } else {
            cpu.setReg(RAX, w, quotient);
            cpu.setReg(RDX, w, remainder);
        }
    }

    private static void divide128(X86Cpu cpu, long divisor) {
        long high = cpu.r[RDX];
        long low = cpu.r[RAX];
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        long quotient = quotient128(high, low, divisor);
        cpu.r[RAX] = quotient;
        cpu.r[RDX] = low - quotient * divisor;
    }

    /**
     * Unsigned (high:low) / divisor, where high &lt; divisor: schoolbook division by halves (Knuth, TAOCP vol. 2,
     * 4.3.1, algorithm D).
     */
    private static long quotient128(long high, long low, long divisor) {
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        int s = Long.numberOfLeadingZeros(divisor);
        long d = divisor << s;
        long h = s == 0 ? high : high << s | low >>> 64 - s;
        long l = low << s;
        long q1 = digit(h, l >>> 32, d);
        long rest = (h << 32 | l >>> 32) - q1 * d;
        long q0 = digit(rest, l & 0xffff_ffffL, d);
        return (q1 << 32) + q0;
    }

    /** One 32-bit digit of the quotient of (h * 2^32 + next) / d, where d is normalised and h &lt; d. */
    private static long digit(long h, long next, long d) {
        long dHigh = d >>> 32;
        long dLow = d & 0xffff_ffffL;
        long q = Long.divideUnsigned(h, dHigh);
        long r = h - q * dHigh;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * dLow, r << 32 | next) > 0) {
            q--;
            r += dHigh;
            if (r >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    @Insn(
            enc = {"F6 /7 Eb", "F7 /7 Ev"},
            ops = "a",
            undefined = "OSZAPC")
    static void idiv(X86Cpu cpu, int w, long a) {
        if (a == 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        if (w == 8) {
            divideSigned128(cpu, a);
            return;
        }
        long dividend = signedDividend(cpu, w);
        if (dividend == Long.MIN_VALUE && a == -1) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        long quotient = dividend / a;
        int shift = 64 - 8 * w;
        if (quotient << shift >> shift != quotient) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        putQuotient(cpu, w, quotient, dividend % a);
    }

    private static long signedDividend(X86Cpu cpu, int w) {
        return switch (w) {
            case 1 -> (short) cpu.r[RAX];
            case 2 -> (int) dividend(cpu, 2);
            default -> dividend(cpu, w);
        };
    }

    private static void divideSigned128(X86Cpu cpu, long divisor) {
        long high = cpu.r[RDX];
        long low = cpu.r[RAX];
        boolean negative = high < 0;
        if (negative) {
            low = -low;
            high = ~high + (low == 0 ? 1 : 0);
        }
        long magnitude = Math.abs(divisor); // for the smallest number: 2^63 as unsigned
        if (Long.compareUnsigned(high, magnitude) >= 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        long quotient = quotient128(high, low, magnitude);
        long remainder = low - quotient * magnitude;
        boolean quotientNegative = negative != divisor < 0;
        if (quotientNegative ? Long.compareUnsigned(quotient, Long.MIN_VALUE) > 0 : quotient < 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        cpu.r[RAX] = quotientNegative ? -quotient : quotient;
        cpu.r[RDX] = negative ? -remainder : remainder;
    }
}
