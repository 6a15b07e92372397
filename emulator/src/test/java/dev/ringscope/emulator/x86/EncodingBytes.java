package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import dev.ringscope.emulator.insn.Operand.Kind;
import dev.ringscope.emulator.insn.Operand.Size;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/** Bytes of one instruction of an encoding: prefixes, registers, addressing form and immediates at random. */
final class EncodingBytes {
    /** Override prefixes: CS, DS, ES, SS, and GS, which has a base in 64-bit code only. */
    private static final int[] SEGMENTS = {0x2e, 0x3e, 0x26, 0x36, 0x65};

    private final SplittableRandom random;
    private final Encoding encoding;
    private final int bits;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    EncodingBytes(SplittableRandom random, Encoding encoding, int bits) {
        this.random = random;
        this.encoding = encoding;
        this.bits = bits;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private boolean has(Kind... kinds) {
        return encoding.operands.stream().anyMatch(o -> java.util.List.of(kinds).contains(o.kind()));
    }

    byte[] assemble() {
        boolean memory = encoding.modrm && encoding.registerForm != 1 && (encoding.registerForm == 0 || oneIn(2));
        boolean sized = encoding.operands.stream().anyMatch(o -> o.size() == Size.V || o.size() == Size.Z);
        boolean nearBranch = encoding.has("f64") && bits == 64;
        // near branches ignore 66 on one vendor's processors only, and 16-bit MOVSXD reads two bytes or four
        boolean vendors = nearBranch || encoding.def.name().equals("movsxd");
        boolean prefix66 = encoding.mandatory == 0x66
                || (encoding.mandatory < 0 || encoding.mandatory > 0 && sized) && !vendors && oneIn(4);
        boolean prefix67 = (memory || has(Kind.X, Kind.Y, Kind.O)) && bits != 32 && oneIn(bits == 64 ? 12 : 4);
        if ((memory || has(Kind.X, Kind.O)) && oneIn(8)) {
            out.write(SEGMENTS[random.nextInt(bits == 64 ? 5 : 4)]);
        }
        if (memory && encoding.has("lock") && oneIn(4)) {
            out.write(0xf0);
        }
        if (prefix66) {
            out.write(0x66);
        }
        if (prefix67) {
            out.write(0x67);
        }
        if (encoding.mandatory > 0x66) {
            out.write(encoding.mandatory);
        } else if (has(Kind.X, Kind.Y) && !oneIn(3)) {
            out.write(oneIn(2) ? 0xf2 : 0xf3);
        }
        int rex = bits == 64 && !oneIn(3) ? 0x40 | random.nextInt(16) : 0;
        if (encoding.has("b0")) {
            rex &= ~1;
        }
        if (rex >= 0x40) {
            out.write(rex);
        }
        opcode();
        if (encoding.modrm) {
            modrm(memory, bits == 16 && !prefix67);
        }
        int operandSize = operandSize(prefix66 == (bits != 16), rex);
        for (Operand operand : encoding.operands) {
            immediate(operand, operandSize, prefix67);
        }
        return out.toByteArray();
    }

    private int operandSize(boolean prefix66, int rex) {
        if ((rex & 8) != 0) {
            return 8;
        }
        boolean wide = bits == 64 && (encoding.has("f64") || encoding.has("d64") && !prefix66);
        return wide ? 8 : prefix66 ? 2 : 4;
    }

    private void opcode() {
        if (encoding.map > 0) {
            out.write(0x0f);
        }
        if (encoding.map > 1) {
            out.write(encoding.map == 2 ? 0x38 : 0x3a);
        }
        out.write(encoding.opcode | random.nextInt(256) & ~encoding.opcodeMask);
    }

    private void modrm(boolean memory, boolean address16) {
        if (encoding.exact >= 0) {
            out.write(encoding.exact);
            return;
        }
        int reg = (encoding.digit >= 0 ? encoding.digit : random.nextInt(8)) << 3;
        if (!memory) {
            out.write(0xc0 | reg | random.nextInt(8));
            return;
        }
        int mod = random.nextInt(3);
        int rm = random.nextInt(8);
        out.write(mod << 6 | reg | rm);
        boolean far = mod == 2 || mod == 0 && rm == (address16 ? 6 : 5);
        if (rm == 4 && !address16) {
            int sib = random.nextInt(256);
            out.write(sib);
            far |= mod == 0 && (sib & 7) == 5;
        }
        if (mod == 1) {
            out.write(random.nextInt(256));
        } else if (far) {
            displacement(random.nextInt(-2000, 2000), address16 ? 2 : 4);
        }
    }

    private void displacement(long value, int bytes) {
        for (int n = 0; n < bytes; n++) {
            out.write((int) (value >> 8 * n));
        }
    }

    private void immediate(Operand operand, int operandSize, boolean prefix67) {
        switch (operand.kind()) {
            case I -> {
                int bytes = bytes(operand, operandSize);
                long value = oneIn(2) ? random.nextLong() : random.nextInt(-130, 131);
                if (encoding.def.name().equals("enter") || encoding.def.name().equals("ret")) {
                    value = random.nextInt(80); // stay on the page
                }
                displacement(value, bytes);
            }
            case J ->
                displacement(
                        operand.size() == Size.B ? random.nextInt(256) : random.nextInt(-1500, 1500),
                        bytes(operand, operandSize));
            case O -> displacement(0, prefix67 || bits == 32 ? 4 : bits / 8);
            case A, C, D, E, G, M, N, P, Q, R, S, U, V, W, X, Y, Z, REGISTER, SEGMENT, ONE, ST0, STI -> {}
        }
    }

    private static int bytes(Operand operand, int operandSize) {
        return switch (operand.size()) {
            case B, BS -> 1;
            case W -> 2;
            case V -> operandSize;
            default -> Math.min(operandSize, 4);
        };
    }

    /** Bytes of the immediates behind the displacement. */
    static int immediateBytes(Instruction i) {
        return i.encoding.operands.stream()
                .filter(o -> o.kind() == Kind.I)
                .mapToInt(o -> bytes(o, i.operandSize))
                .sum();
    }
}
