package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.ProcessorCase.CODE;
import static dev.ringscope.emulator.x86.ProcessorCase.PAGE;
import static dev.ringscope.emulator.x86.ProcessorCase.SCRATCH;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RBP;
import static dev.ringscope.emulator.x86.X86Cpu.RBX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand.Kind;
import java.util.SplittableRandom;

/**
 * What single instructions need to be worth running, or to be comparable: counts that are small, pointers that point
 * into the scratch page, operands that are equal, nothing that is undefined.
 */
final class CaseArrangement {
    /** Flags that would change what a signal handler runs under, or trap: not for POPF to load. */
    private static final int TROUBLE = X86Cpu.TF | X86Cpu.AC | X86Cpu.NT;

    private final SplittableRandom random;
    private final OperandValues values;
    private final ProcessorCase c;
    private final Instruction i;

    CaseArrangement(SplittableRandom random, OperandValues values, ProcessorCase c, Instruction i) {
        this.random = random;
        this.values = values;
        this.c = c;
        this.i = i;
    }

    private long place() {
        return values.address() - c.base() & (values.oneIn(2) ? -1 : -8);
    }

    private long inside() {
        return values.inside() - c.base();
    }

    void byName() {
        if (i.encoding.operands.stream().anyMatch(o -> o.kind() == Kind.X || o.kind() == Kind.Y)) {
            // one of them may lie outside; which of two bad ones is reported is the processor's choice
            boolean overlap = values.oneIn(4);
            boolean anywhere = values.oneIn(2);
            c.r[RSI] = anywhere && !overlap ? place() : inside();
            c.r[RDI] = overlap ? c.r[RSI] + random.nextInt(-9, 9) : anywhere ? inside() : place();
            c.r[RCX] = random.nextInt(20);
        }
        switch (i.def.name()) {
            case "xlat" -> c.r[RBX] = WINDOW - c.base();
            case "maskmovdqu", "maskmovq" -> c.r[RDI] = inside();
            case "bt", "bts", "btr", "btc" -> bitOffset();
            case "ldmxcsr" -> loadableMxcsr();
            case "bound" -> bounds();
            case "popa" -> c.r[RSP] = inside(); // after a fault in the middle some registers may have been popped
            case "ins", "outs" -> c.r[RCX]++; // with nothing to do, permission is asked for or not
            case "enter", "leave" -> c.r[RBP] = WINDOW - c.base() + 128 + random.nextInt(64);
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
        long top = WINDOW + random.nextInt(200);
        c.r[RSP] = top - c.base();
        c.poke(top, 8, c.peek(top, 8) & ~TROUBLE);
    }

    /** Bit 17 exists on some processors. */
    private void loadableMxcsr() {
        long at = new EffectiveAddress(c, i).linear();
        c.poke(at, 4, c.peek(at, 4) & (values.oneIn(4) ? ~0x20000 : 0xffff));
    }

    private void bounds() {
        long at = new EffectiveAddress(c, i).linear();
        int w = i.operandSize;
        c.poke(at, w, random.nextInt(-2, 3));
        c.poke(at + w, w, random.nextInt(1, 5));
        if (i.reg != i.base && i.reg != i.index) {
            c.r[i.reg] = random.nextInt(-3, 7);
        }
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
        boolean small = i.operandSize == 2
                && i.def.name().startsWith("sh")
                && i.def.name().endsWith("d");
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
        long to = values.oneIn(10) ? values.integer() >> 17 : CODE - c.base() + random.nextInt(PAGE / 2 - 1);
        if (i.def.name().equals("ret")) {
            c.poke(c.r[RSP] + c.base() & (c.bits == 16 ? SCRATCH | 0xffff : -1L), 8, to);
        } else if (i.memory) {
            c.poke(new EffectiveAddress(c, i).linear(), 8, to);
        } else if (i.rm != RSP) {
            c.r[i.rm] = to;
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
            long offset = X86Cpu.truncate(sum, i.addressSize);
            return i.segment == Instruction.GS && c.bits == 64 ? offset + ProcessorCase.GS_BASE : offset + c.base();
        }

        /** The displacement was patched after decoding. */
        private long decodedDisplacement() {
            int size = i.addressSize == 2 ? 2 : 4;
            int at = c.code.length - EncodingBytes.immediateBytes(i) - size;
            int value = 0;
            for (int n = size - 1; n >= 0; n--) {
                value = value << 8 | c.code[at + n] & 0xff;
            }
            return i.base == 16 ? value + ProcessorCase.START + c.code.length : value;
        }
    }
}
