package dev.ringscope.trace.dataflow;

import dev.ringscope.emulator.insn.CodeBytes;
import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import dev.ringscope.emulator.x86.X86Isa;
import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Bytes of an instruction of some encoding, at random, and registers that make it work on the window of memory. */
final class RandomInstruction {
    private static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;
    private static final int WINDOW = SteppedMachine.WINDOW;

    private final Random random;
    private final boolean code64;
    private final Decoder decoder = new Decoder(X86Isa.table());

    RandomInstruction(Random random, boolean code64) {
        this.random = random;
        this.code64 = code64;
    }

    private static boolean has(Encoding encoding, Operand.Kind kind) {
        return encoding.operands.stream().anyMatch(o -> o.kind() == kind);
    }

    /** Decoded, with its bytes. */
    record Code(Instruction instruction, byte[] bytes) {}

    /** @param address where it is going to be; @return null if none was found: there is none in this mode */
    Code next(Encoding encoding, long address) {
        for (int attempt = 0; attempt < 200; attempt++) {
            byte[] bytes = bytes(encoding);
            CodeBytes code = n -> n < bytes.length ? bytes[n] & 0xff : 0x90;
            Instruction i = decoder.decode(code, address, code64 ? 8 : 4);
            if (i.def != null && i.encoding == encoding && i.length <= bytes.length && usable(i)) {
                return new Code(i, java.util.Arrays.copyOf(bytes, i.length));
            }
        }
        return null;
    }

    /** One register cannot be both the stack pointer or index of an address and hold what else is wanted. */
    private static boolean usable(Instruction i) {
        return !i.memory || i.base != RSP && i.index != i.base && i.addressSize != 2;
    }

    private byte[] bytes(Encoding encoding) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean free = encoding.mandatory < 0;
        if (free && random.nextInt(4) == 0 || encoding.mandatory == 0x66) {
            out.write(0x66);
        }
        boolean string = has(encoding, Operand.Kind.X) || has(encoding, Operand.Kind.Y);
        if (free && string && random.nextBoolean()) {
            out.write(random.nextBoolean() ? 0xf3 : 0xf2);
        }
        if (encoding.mandatory > 0x66) {
            out.write(encoding.mandatory);
        }
        if (code64 && random.nextInt(3) > 0) {
            out.write(0x40 | random.nextInt(16));
        }
        if (encoding.map > 0) {
            out.write(0x0f);
        }
        if (encoding.map > 1) {
            out.write(encoding.map == 2 ? 0x38 : 0x3a);
        }
        out.write(encoding.opcode | random.nextInt(256) & ~encoding.opcodeMask);
        if (encoding.exact >= 0) {
            out.write(encoding.exact);
        } else if (encoding.modrm) {
            modrm(encoding, out);
        }
        for (int n = 0; n < 16; n++) {
            out.write(random.nextInt(3) == 0 ? random.nextInt(8) : random.nextInt(256));
        }
        return out.toByteArray();
    }

    private void modrm(Encoding encoding, ByteArrayOutputStream out) {
        int reg = encoding.digit >= 0 ? encoding.digit : random.nextInt(8);
        boolean register = encoding.registerForm == 1 || encoding.registerForm < 0 && random.nextBoolean();
        if (register) {
            out.write(0xc0 | reg << 3 | random.nextInt(8));
            return;
        }
        int rm = random.nextInt(8);
        if (rm == 5) {
            rm = 3; // no displacement without a register
        }
        out.write(0x40 | reg << 3 | rm);
        if (rm == 4) {
            out.write(random.nextInt(256));
        }
        out.write(random.nextInt(100)); // the displacement
    }

    // ---- a state to execute it in
    // ---------------------------------------------------------------------------------------

    private long inWindow(int from, int length, int alignment) {
        return WINDOW + from + random.nextInt(length / alignment) * (long) alignment;
    }

    /** Points registers into the window; everything else has been given values. */
    void arrange(byte[] state, Instruction i) {
        SteppedMachine.setRegister(state, RSP, inWindow(1280, 128, 8));
        if (i.memory && i.base >= 0 && i.base < 16) {
            long target = inWindow(64, 512, 64);
            long index = 0;
            if (i.index >= 0) {
                SteppedMachine.setRegister(state, i.index, random.nextInt(16));
                index = SteppedMachine.register(state, i.index) << i.scale;
            }
            SteppedMachine.setRegister(state, i.base, target - index - i.disp);
        }
        String name = Implicit.name(i);
        if (name.matches("bt[src]?") && i.memory && i.reg != i.base && i.reg != i.index) {
            SteppedMachine.setRegister(state, i.reg, random.nextInt(200));
        }
        if (name.matches("movs|stos|lods|cmps|scas|maskmov.*|xlat|enter|leave")) {
            implicit(state, name);
        }
        if (name.matches("i?div") && random.nextInt(8) > 0) {
            SteppedMachine.setRegister(state, RDX, random.nextInt(3));
        }
        if (name.equals("popf")) {
            int at = SteppedMachine.index(SteppedMachine.register(state, RSP)) + 1;
            state[at] &= 0x0c;
            state[at + 1] = 0;
            state[at + 2] = 0;
        }
        if (name.startsWith("pcmpestr")) {
            SteppedMachine.setRegister(state, RAX, random.nextInt(20));
            SteppedMachine.setRegister(state, RDX, random.nextInt(20));
        }
        if (name.equals("cmpxchg") && random.nextBoolean() && !i.memory) {
            SteppedMachine.setRegister(state, RAX, SteppedMachine.register(state, i.rm));
        }
    }

    private void implicit(byte[] state, String name) {
        SteppedMachine.setRegister(state, RSI, inWindow(256, 512, 1));
        SteppedMachine.setRegister(state, RDI, inWindow(256, 512, 1));
        SteppedMachine.setRegister(state, RBP, inWindow(1500, 128, 8));
        if (name.equals("xlat")) {
            SteppedMachine.setRegister(state, RBX, inWindow(0, 1024, 1));
        } else if (!name.startsWith("maskmov")) {
            SteppedMachine.setRegister(state, RCX, random.nextInt(6));
        }
    }
}
