package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.ProcessorCase.PAGE;
import static dev.ringscope.emulator.x86.ProcessorCase.SCRATCH;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW_BYTES;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Instruction;
import java.util.SplittableRandom;

/**
 * Makes cases for an encoding: random bytes that it decodes, and a random state in which the instruction has something
 * to do. What a few instructions need besides is {@link CaseArrangement}'s.
 */
final class CaseGenerator {
    private final SplittableRandom random;
    private final OperandValues values;
    private final EmulatedCpu decoder;

    CaseGenerator(long seed, EmulatedCpu decoder) {
        random = new SplittableRandom(seed);
        values = new OperandValues(random);
        this.decoder = decoder;
    }

    /** A case whose code decodes to this encoding, {@code bits} 64, 32 or 16. */
    ProcessorCase next(Encoding encoding, int bits) {
        for (int attempt = 0; attempt < 50; attempt++) {
            ProcessorCase c = new ProcessorCase(encoding, bits);
            state(c);
            EncodingBytes bytes = new EncodingBytes(random, encoding, bits);
            c.code = bytes.assemble();
            Instruction i = decoder.decode(c);
            boolean intoItself = i.imm >= i.address && i.imm < i.next(); // would go on with other code, or for ever
            if (i.encoding == encoding && i.def != null && i.length == c.code.length && !intoItself) {
                arrange(c, i);
                return c;
            }
        }
        throw new AssertionError("no bytes found that decode to " + encoding + " in " + bits + " bit code");
    }

    private void state(ProcessorCase c) {
        OperandValues.Kind kind = values.kind();
        for (int n = 0; n < (c.bits == 64 ? 16 : 8); n++) {
            c.r[n] = c.bits == 64 ? values.integer() : values.integer() & 0xffff_ffffL;
        }
        c.flags = random.nextInt() & (Flags.ARITHMETIC | X86Cpu.DF);
        c.mxcsr = values.mxcsr();
        c.tags = values.oneIn(2) ? 0xff : random.nextInt(256);
        if (c.encoding.def.method.getDeclaringClass().getSimpleName().startsWith("Fpu")) {
            x87(c);
            kind = OperandValues.Kind.INTEGERS;
        }
        for (int n = 0; n < 8; n++) {
            c.mm[n] = values.half(values.oneIn(4) ? values.kind() : kind);
            c.mm[n] |= c.exponents[n] != 0 && !values.oneIn(20) ? Long.MIN_VALUE : 0;
        }
        for (int n = 0; n < (c.bits == 64 ? 32 : 16); n++) {
            c.xmm[n] = values.half(values.oneIn(6) ? values.kind() : kind);
        }
        for (int n = 0; n < WINDOW_BYTES; n += 8) {
            c.poke(WINDOW + n, 8, values.oneIn(3) ? c.xmm[random.nextInt(16)] : values.half(kind));
        }
        c.r[RSP] = WINDOW + 64 + (random.nextInt(128) & (values.oneIn(8) ? -1 : -8));
        if (values.oneIn(60)) {
            c.r[RSP] = values.oneIn(2) ? SCRATCH + random.nextInt(24) : SCRATCH + PAGE - random.nextInt(24);
        }
        c.r[RSP] -= c.base();
        if (c.bits == 16) {
            c.r[RSP] |= random.nextLong(0x1_0000) << 16; // 16-bit stacks look at SP only
        }
    }

    /** Any precision and rounding, some exceptions unmasked, rarely one pending. */
    private void x87(ProcessorCase c) {
        c.control = 0x7f | random.nextInt() & 0xf00;
        c.control &= values.oneIn(4) ? ~(random.nextInt() & 0x3f) : -1;
        c.status = random.nextInt() & 0x7f00 | (values.oneIn(4) ? random.nextInt() & 0x7f : 0);
        if (!values.oneIn(8)) {
            c.status &= c.control | ~0x3f;
        }
        c.status |= (c.status & ~c.control & 0x3f) != 0 ? 0x8080 : 0;
        for (int n = 0; n < 8; n++) {
            c.exponents[n] = values.exponent();
        }
    }

    /** The offset of a memory operand in its segment. */
    private long target(ProcessorCase c, Instruction i) {
        long address = values.address() - c.base();
        return i.segment == Instruction.GS && c.bits == 64 ? address - ProcessorCase.GS_BASE : address;
    }

    private void arrange(ProcessorCase c, Instruction i) {
        if (i.memory && i.encoding.modrm) {
            pointTo(c, i, target(c, i));
        } else if (i.memory) {
            patchOffset(c, i, target(c, i));
        }
        if (values.oneIn(3) && i.encoding.modrm) {
            // both operands equal is a case of its own
            c.r[i.reg] = i.memory ? c.r[i.reg] : c.r[i.rm];
            c.xmm[2 * i.reg] = i.memory ? c.xmm[2 * i.reg] : c.xmm[2 * i.rm];
        }
        new CaseArrangement(random, values, c, i).byName();
        if (c.bits != 64) {
            for (int n = 0; n < 16; n++) {
                c.r[n] &= 0xffff_ffffL;
            }
        }
    }

    /** Sets base and index so that the operand is at the target; without them patches the displacement. */
    private void pointTo(ProcessorCase c, Instruction i, long target) {
        if (i.base < 0 || i.base == 16) {
            if (i.index >= 0) {
                c.r[i.index] = target - i.disp >> i.scale;
            } else {
                patchDisplacement(c, i, target);
            }
            return;
        }
        if (i.index >= 0 && i.index != i.base) {
            c.r[i.index] = random.nextInt(-20, 20);
        }
        if (i.base == RSP) {
            return; // the stack pointer is in the window; the displacement decides
        }
        long index = i.index < 0 || i.index == i.base ? 0 : c.r[i.index] << i.scale;
        c.r[i.base] = target - index - i.disp;
        if (i.index == i.base) {
            c.r[i.base] = (target - i.disp) / (1 + (1L << i.scale));
        }
        if (i.addressSize == 2) {
            c.r[i.base] = c.r[i.base] & 0xffff | random.nextLong() << 16;
        }
        if (i.addressSize == 4 && c.bits == 64) {
            c.r[i.base] = c.r[i.base] & 0xffff_ffffL | random.nextLong() << 32;
        }
    }

    /** The displacement is the two or four bytes in front of the immediates. */
    private void patchDisplacement(ProcessorCase c, Instruction i, long target) {
        int size = i.addressSize == 2 ? 2 : 4;
        int at = c.code.length - EncodingBytes.immediateBytes(i) - size;
        long value = i.base == 16 ? target - ProcessorCase.START - c.code.length : target;
        for (int n = 0; n < size; n++) {
            c.code[at + n] = (byte) (value >> 8 * n);
        }
    }

    private void patchOffset(ProcessorCase c, Instruction i, long target) {
        for (int n = 0; n < i.addressSize; n++) {
            c.code[c.code.length - i.addressSize + n] = (byte) (target >> 8 * n);
        }
    }
}
