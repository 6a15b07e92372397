package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * The string comparisons of SSE4.2 (Intel SDM vol. 2B, 4.1): every element of one operand with every element of the
 * other, the results gathered into one bit per element of the second, by the immediate byte.
 */
final class SseStrings {
    private static final int WORDS = 1, SIGNED = 2, NEGATE = 0x10, NEGATE_VALID_ONLY = 0x20, EXPAND = 0x40;

    /** What bits 3:2 of the immediate choose. */
    private static final int EQUAL_ANY = 0, RANGES = 1, EQUAL_EACH = 2;

    private SseStrings() {}

    /** One operand with the number of its valid elements. */
    private record Text(Xmm value, int length, int control) {
        int element(int n) {
            if ((control & WORDS) != 0) {
                return (control & SIGNED) != 0 ? (short) value.word(n) : value.word(n);
            }
            return (control & SIGNED) != 0 ? (byte) value.octet(n) : value.octet(n);
        }
    }

    @Insn(enc = "66 0F 3A 60 /r Vx,Wxu,Ib", name = "pcmpestrm|pcmpestrmq")
    static void pcmpestrm(X86Cpu cpu, Instruction i) {
        mask(cpu, i, compareExplicit(cpu, i));
    }

    @Insn(enc = "66 0F 3A 61 /r Vx,Wxu,Ib", name = "pcmpestri|pcmpestriq")
    static void pcmpestri(X86Cpu cpu, Instruction i) {
        index(cpu, i, compareExplicit(cpu, i));
    }

    @Insn(enc = {"66 0F 3A 62 /r Vx,Wxu,Ib"})
    static void pcmpistrm(X86Cpu cpu, Instruction i) {
        mask(cpu, i, compareImplicit(cpu, i));
    }

    @Insn(enc = {"66 0F 3A 63 /r Vx,Wxu,Ib"})
    static void pcmpistri(X86Cpu cpu, Instruction i) {
        index(cpu, i, compareImplicit(cpu, i));
    }

    private static int elements(int control) {
        return (control & WORDS) != 0 ? 8 : 16;
    }

    private static int compareExplicit(X86Cpu cpu, Instruction i) {
        int control = (int) i.imm & 0x7f;
        Xmm b = Xmm.wUnaligned(cpu, i);
        int w = (i.rex & 8) != 0 ? 8 : 4;
        return compare(
                cpu,
                new Text(Xmm.v(cpu, i), explicitLength(cpu.reg(RAX, w), control), control),
                new Text(b, explicitLength(cpu.reg(RDX, w), control), control));
    }

    /** The register's absolute value, at most the number of elements. */
    private static int explicitLength(long value, int control) {
        int most = elements(control);
        return value > -most && value < most ? (int) Math.abs(value) : most;
    }

    private static int compareImplicit(X86Cpu cpu, Instruction i) {
        int control = (int) i.imm & 0x7f;
        Xmm b = Xmm.wUnaligned(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        return compare(
                cpu,
                new Text(a, implicitLength(a, control), control),
                new Text(b, implicitLength(b, control), control));
    }

    /** Elements before the first that is zero. */
    private static int implicitLength(Xmm value, int control) {
        int n = 0;
        while (n < elements(control) && ((control & WORDS) != 0 ? value.word(n) : value.octet(n)) != 0) {
            n++;
        }
        return n;
    }

    /** Sets the flags and returns a bit per element of b. */
    private static int compare(X86Cpu cpu, Text a, Text b) {
        int control = a.control;
        int elements = elements(control);
        int bits = 0;
        for (int n = 0; n < elements; n++) {
            bits |= aggregate(a, b, n, control >> 2 & 3) ? 1 << n : 0;
        }
        if ((control & NEGATE) != 0) {
            bits ^= (control & NEGATE_VALID_ONLY) != 0 ? (1 << b.length) - 1 : (1 << elements) - 1;
        }
        cpu.setArithmetic((bits != 0 ? Flags.CF : 0)
                | (b.length < elements ? Flags.ZF : 0)
                | (a.length < elements ? Flags.SF : 0)
                | ((bits & 1) != 0 ? Flags.OF : 0));
        return bits;
    }

    private static boolean aggregate(Text a, Text b, int n, int how) {
        return switch (how) {
            case EQUAL_ANY -> n < b.length && any(a, b.element(n));
            case RANGES -> n < b.length && inRanges(a, b.element(n));
            case EQUAL_EACH ->
                n < a.length && n < b.length ? a.element(n) == b.element(n) : n >= a.length && n >= b.length;
            default -> startsAt(a, b, n);
        };
    }

    private static boolean any(Text set, int element) {
        for (int m = 0; m < set.length; m++) {
            if (set.element(m) == element) {
                return true;
            }
        }
        return false;
    }

    /** Elements of the set are lower and upper limits by turns. */
    private static boolean inRanges(Text set, int element) {
        for (int m = 0; m + 1 < set.length; m += 2) {
            if (element >= set.element(m) && element <= set.element(m + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the needle, or as much of it as there is room for, stands in b from element n on. */
    private static boolean startsAt(Text needle, Text b, int n) {
        int elements = elements(needle.control);
        for (int m = 0; m < needle.length && n + m < elements; m++) {
            if (n + m >= b.length || needle.element(m) != b.element(n + m)) {
                return false;
            }
        }
        return true;
    }

    /** ECX becomes the number of the lowest or highest set bit. */
    private static void index(X86Cpu cpu, Instruction i, int bits) {
        int none = elements((int) i.imm);
        boolean highest = (i.imm & EXPAND) != 0;
        int found = highest ? 31 - Integer.numberOfLeadingZeros(bits) : Integer.numberOfTrailingZeros(bits);
        cpu.setReg(RCX, 4, bits == 0 ? none : found);
    }

    /** XMM0 becomes the bits, or a mask of the elements. */
    private static void mask(X86Cpu cpu, Instruction i, int bits) {
        if ((i.imm & EXPAND) == 0) {
            cpu.xmm[0] = bits;
            cpu.xmm[1] = 0;
            return;
        }
        int w = (i.imm & WORDS) != 0 ? 16 : 8;
        cpu.xmm[0] = expand(bits, w);
        cpu.xmm[1] = expand(bits >> 64 / w, w);
    }

    private static long expand(int bits, int w) {
        long mask = 0;
        for (int n = 0; n < 64 / w; n++) {
            mask |= (bits >> n & 1) != 0 ? -1L >>> 64 - w << n * w : 0;
        }
        return mask;
    }
}
