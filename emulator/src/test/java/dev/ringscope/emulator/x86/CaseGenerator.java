package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.ProcessorCase.CODE;
import static dev.ringscope.emulator.x86.ProcessorCase.PAGE;
import static dev.ringscope.emulator.x86.ProcessorCase.SCRATCH;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW_BYTES;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RBP;
import static dev.ringscope.emulator.x86.X86Cpu.RBX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import dev.ringscope.emulator.insn.Operand.Kind;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes cases for an encoding: random bytes that it decodes, and a random state in which the instruction has something to do. What a
 * few instructions need to be worth running (counts that are small, pointers that point into the scratch page, ...) is
 * arranged by name at the end.
 */
final class CaseGenerator {
    /** Flags that would change what a signal handler runs under, or trap: not for POPF to load. */
    private static final int TROUBLE = X86Cpu.TF | X86Cpu.AC | X86Cpu.NT;

    private final SplittableRandom random;
    private final OperandValues values;
    private final EmulatedCpu decoder;

    CaseGenerator(long seed, EmulatedCpu decoder) {
        random = new SplittableRandom(seed);
        values = new OperandValues(random);
        this.decoder = decoder;
    }

    /** A case whose code decodes to this encoding, {@code bits} 64 or 32. */
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
        for (int n = 0; n < 8; n++) {
            c.mm[n] = values.half(values.oneIn(4) ? values.kind() : kind);
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
    }

    /** The offset of a memory operand in its segment. */
    private long target(ProcessorCase c, Instruction i) {
        long address = target();
        return i.segment == Instruction.GS && c.bits == 64 ? address - ProcessorCase.GS_BASE : address;
    }

    /** Where a memory operand goes: mostly aligned in the window, sometimes not, or across the end of the page, or nowhere. */
    private long target() {
        int offset = random.nextInt(WINDOW_BYTES - 32);
        return switch (random.nextInt(16)) {
            case 0 -> SCRATCH + PAGE - random.nextInt(17);
            case 1 -> values.oneIn(3) ? 0x50000 + offset : SCRATCH - random.nextInt(17);
            case 2, 3 -> WINDOW + offset;
            default -> WINDOW + (offset & -16);
        };
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
        new Arrangement(c, i).byName();
        if (c.bits == 32) {
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
        if (i.addressSize == 4 && c.bits == 64) {
            c.r[i.base] = c.r[i.base] & 0xffff_ffffL | random.nextLong() << 32;
        }
    }

    /** The displacement is the four bytes in front of the immediates. */
    private void patchDisplacement(ProcessorCase c, Instruction i, long target) {
        int at = c.code.length - EncodingBytes.immediateBytes(i) - 4;
        long value = i.base == 16 ? target - ProcessorCase.START - c.code.length : target;
        for (int n = 0; n < 4; n++) {
            c.code[at + n] = (byte) (value >> 8 * n);
        }
    }

    private void patchOffset(ProcessorCase c, Instruction i, long target) {
        for (int n = 0; n < i.addressSize; n++) {
            c.code[c.code.length - i.addressSize + n] = (byte) (target >> 8 * n);
        }
    }

    /** What single instructions need. */
    private final class Arrangement {
        private final ProcessorCase c;
        private final Instruction i;

        Arrangement(ProcessorCase c, Instruction i) {
            this.c = c;
            this.i = i;
        }

        private long place() {
            return target() & (values.oneIn(2) ? -1 : -8);
        }

        private long inside() {
            return WINDOW + random.nextInt(WINDOW_BYTES - 32);
        }

        void byName() {
            if (i.encoding.operands.stream().anyMatch(o -> o.kind() == Kind.X || o.kind() == Kind.Y)) {
                // one of them may lie outside; which of two bad ones is reported is the processor's choice
                boolean overlap = values.oneIn(4);
                c.r[RSI] = values.oneIn(2) && !overlap ? place() : inside();
                c.r[RDI] = overlap ? c.r[RSI] + random.nextInt(-9, 9) : c.r[RSI] < WINDOW ? inside() : place();
                c.r[RCX] = random.nextInt(20);
            }
            switch (i.def.name()) {
                case "xlat" -> c.r[RBX] = WINDOW;
                case "maskmovdqu", "maskmovq" -> c.r[RDI] = inside();
                case "bt", "bts", "btr", "btc" -> bitOffset();
                case "popa" -> c.r[RSP] = inside(); // after a fault in the middle some registers may have been popped
                case "ins", "outs" -> c.r[RCX]++; // with nothing to do, permission is asked for or not
                case "enter", "leave" -> c.r[RBP] = WINDOW + 128 + random.nextInt(64);
                case "popf" -> harmlessFlags();
                case "cmpxchg", "cmpxchg8b" -> equalAccumulator();
                case "div", "idiv" -> fittingDividend();
                case "loop", "loope", "loopne", "jcxz" -> c.r[RCX] = random.nextInt(-1, 3);
                case "pcmpestri", "pcmpestrm" -> lengths();
                case "shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd" -> counts();
                case "jmp", "call", "ret" -> targets();
                case "psllw", "pslld", "psllq", "psrlw", "psrld", "psrlq", "psraw", "psrad" -> laneCounts();
                default -> {}
            }
        }

        private void bitOffset() {
            if (i.memory && i.opcode != 0xba && i.reg != i.base && i.reg != i.index) {
                c.r[i.reg] = random.nextInt(-600, 600);
            }
        }

        private void harmlessFlags() {
            c.r[RSP] = WINDOW + random.nextInt(200);
            c.poke(c.r[RSP], 8, c.peek(c.r[RSP], 8) & ~TROUBLE);
        }

        private void equalAccumulator() {
            if (!i.memory) {
                c.r[RAX] = values.oneIn(2) ? c.r[i.rm] : c.r[RAX];
            } else if (values.oneIn(2) && i.base != RAX && i.index != RAX && i.base != RDX && i.index != RDX) {
                long at = new EffectiveAddress(c, i).linear();
                boolean sixteen = (i.rex & 8) != 0;
                c.r[RAX] = c.peek(at, sixteen ? 8 : 4);
                if (i.def.name().equals("cmpxchg8b")) {
                    c.r[RDX] = sixteen ? c.peek(at + 8, 8) : c.peek(at + 4, 4);
                } else {
                    c.r[RAX] = c.peek(at, 8);
                }
            }
        }

        private void fittingDividend() {
            if (values.oneIn(4)) {
                return;
            }
            if (i.base != RDX && i.index != RDX) {
                c.r[RDX] = values.oneIn(2) ? c.r[RAX] >> 63 : random.nextInt(3);
            }
            if (i.base != RAX && i.index != RAX && i.opcode == 0xf6) {
                c.r[RAX] = c.r[RAX] & ~0xffffL | random.nextInt(0x300);
            }
        }

        private void lengths() {
            if (i.base != RAX && i.index != RAX) {
                c.r[RAX] = values.oneIn(4) ? c.r[RAX] : random.nextInt(-18, 19);
            }
            if (i.base != RDX && i.index != RDX) {
                c.r[RDX] = values.oneIn(4) ? c.r[RDX] : random.nextInt(-18, 19);
            }
        }

        private void counts() {
            boolean small = i.operandSize == 2 && i.def.name().startsWith("sh") && i.def.name().endsWith("d");
            if (small && i.encoding.operands.getLast().kind() == Kind.I) {
                c.code[c.code.length - 1] = (byte) random.nextInt(17); // beyond 16 the result is undefined
                return;
            }
            if (small) {
                c.r[RCX] = c.r[RCX] & ~0xffL | random.nextInt(17);
                return;
            }
            if (i.base != RCX && i.index != RCX && values.oneIn(2)) {
                c.r[RCX] = c.r[RCX] & ~0xffL | random.nextInt(70);
            }
        }

        private void laneCounts() {
            if (values.oneIn(4)) {
                return;
            }
            if (i.memory) {
                c.poke(new EffectiveAddress(c, i).linear(), 8, random.nextInt(70));
            } else if (i.encoding.operands.getLast().kind() != Kind.I) {
                c.xmm[2 * i.rm] = random.nextInt(70);
                c.mm[i.rm & 7] = random.nextInt(70);
            }
        }

        /** Where an indirect branch or a return leads: the code page. */
        private void targets() {
            long to = values.oneIn(10) ? values.integer() >> 17 : CODE + random.nextInt(PAGE / 2 - 1);
            if (i.def.name().equals("ret")) {
                c.poke(c.r[RSP], 8, to);
            } else if (i.memory) {
                c.poke(new EffectiveAddress(c, i).linear(), 8, to);
            } else if (i.rm != RSP) {
                c.r[i.rm] = to;
            }
        }
    }

    /** The linear address of a memory operand in a case's state. */
    private record EffectiveAddress(ProcessorCase c, Instruction i) {
        long linear() {
            long sum = i.disp;
            if (i.base == 16) {
                sum = decodedDisplacement();
            } else if (i.base >= 0) {
                sum += c.r[i.base];
            }
            if (i.index >= 0) {
                sum += c.r[i.index] << i.scale;
            }
            if (i.base < 0 && i.index < 0) {
                sum = decodedDisplacement();
            }
            sum = i.addressSize == 4 ? sum & 0xffff_ffffL : sum;
            return i.segment == Instruction.GS && c.bits == 64 ? sum + ProcessorCase.GS_BASE : sum;
        }

        /** The displacement was patched after decoding. */
        private long decodedDisplacement() {
            int at = c.code.length - EncodingBytes.immediateBytes(i) - 4;
            int value = 0;
            for (int n = 3; n >= 0; n--) {
                value = value << 8 | c.code[at + n] & 0xff;
            }
            return i.base == 16 ? value + ProcessorCase.START + c.code.length : value;
        }
    }
}
