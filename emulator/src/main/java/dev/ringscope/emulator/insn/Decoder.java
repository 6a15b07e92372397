package dev.ringscope.emulator.insn;

import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.SS;

/**
 * Turns code bytes into an {@link Instruction} by the table of definitions (Intel SDM vol. 2A, ch. 2: prefixes, REX,
 * opcode, ModRM, SIB, displacement, immediate). Not thread-safe.
 */
public final class Decoder {
    /** No instruction is longer. */
    public static final int MAX_LENGTH = 15;

    /** Leaves the decoding of an instruction that goes beyond 15 bytes. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;
        static final TooLong INSTANCE = new TooLong();

        private TooLong() {
            super(null, null, false, false);
        }
    }

    private final OpcodeTable table;
    private CodeBytes code;
    private int at;
    private boolean ripRelative;

    public Decoder(OpcodeTable table) {
        this.table = table;
    }

    /**
     * Decodes one instruction.
     *
     * @param address offset of its first byte in the code segment
     * @param mode code size in bytes: 2, 4, 8
     * @return the instruction; {@code def} is null if the bytes are none in this mode or go beyond 15, {@code length}
     *     then counts what was looked at
     */
    public Instruction decode(CodeBytes from, long address, int mode) {
        code = from;
        at = 0;
        ripRelative = false;
        Instruction i = new Instruction();
        i.address = address;
        i.mode = mode;
        try {
            decode(i);
        } catch (TooLong e) {
            i.def = null;
            i.tooLong = true;
        }
        i.length = at;
        return i;
    }

    private void decode(Instruction i) {
        int first = prefixes(i);
        keepPrefixes(i);
        int map = 0;
        if (first == 0x0f) {
            first = next();
            map = 1;
            if (first == 0x38 || first == 0x3a) {
                map = first == 0x38 ? 2 : 3;
                first = next();
            }
        }
        i.opcode = first;
        sizes(i);
        Encoding encoding = select(i, map);
        if (encoding != null) {
            i.encoding = encoding;
            operands(i, encoding);
            // LOCK in front of anything else is an invalid opcode
            boolean lockable = encoding.has("lock") && i.memory;
            i.def = i.lock && !lockable ? null : encoding.def;
        }
    }

    private int next() {
        if (at >= MAX_LENGTH) {
            throw TooLong.INSTANCE;
        }
        return code.at(at++);
    }

    private int prefixes(Instruction i) {
        boolean address67 = false;
        for (; ; ) {
            int b = next();
            switch (b) {
                case 0x26, 0x2e, 0x36, 0x3e -> i.override = i.mode == 8 ? i.override : b >> 3 & 3;
                case 0x64, 0x65 -> i.override = b - 0x60;
                case 0x66 -> i.prefix66 = true;
                case 0x67 -> address67 = true;
                case 0xf0 -> i.lock = true;
                case 0xf2 -> {
                    i.repne = true;
                    i.rep = false;
                }
                case 0xf3 -> {
                    i.rep = true;
                    i.repne = false;
                }
                default -> {
                    if (i.mode == 8 && (b & 0xf0) == 0x40) {
                        // REX counts only directly in front of the opcode
                        i.rex = b;
                        int behind = peekAfterRex();
                        if (behind < 0) {
                            i.rex = 0;
                            continue;
                        }
                        i.addressSize = addressSize(i.mode, address67);
                        return next();
                    }
                    i.addressSize = addressSize(i.mode, address67);
                    return b;
                }
            }
        }
    }

    private void keepPrefixes(Instruction i) {
        int count = at - 1 - (i.rex != 0 ? 1 : 0);
        if (count > 0) {
            i.prefixes = new byte[count];
            for (int n = 0; n < count; n++) {
                i.prefixes[n] = (byte) code.at(n);
            }
        }
    }

    /** The byte behind a REX prefix, or -1 if it is a prefix, which makes the REX void. */
    private int peekAfterRex() {
        if (at >= MAX_LENGTH) {
            throw TooLong.INSTANCE;
        }
        int b = code.at(at);
        boolean prefix = switch (b) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 -> true;
            default -> (b & 0xf0) == 0x40;
        };
        return prefix ? -1 : b;
    }

    private static int addressSize(int mode, boolean prefix67) {
        return switch (mode) {
            case 2 -> prefix67 ? 4 : 2;
            case 4 -> prefix67 ? 2 : 4;
            default -> prefix67 ? 4 : 8;
        };
    }

    private static void sizes(Instruction i) {
        i.operandSize = switch (i.mode) {
            case 2 -> i.prefix66 ? 4 : 2;
            case 4 -> i.prefix66 ? 2 : 4;
            default -> (i.rex & 8) != 0 ? 8 : i.prefix66 ? 2 : 4;
        };
    }

    private Encoding select(Instruction i, int map) {
        int prefix = i.repne ? 0xf2 : i.rep ? 0xf3 : i.prefix66 ? 0x66 : 0;
        int modrm = -1;
        for (Encoding candidate : table.candidates(map, i.opcode)) {
            if (candidate.modrm && modrm < 0) {
                modrm = next();
            }
            if (candidate.matches(i.opcode, prefix, modrm, i.mode == 8, (i.rex & 1) != 0)) {
                if (!candidate.modrm && modrm >= 0) {
                    at--; // looked at for another candidate
                }
                i.modrm = candidate.modrm ? modrm : -1;
                return candidate;
            }
        }
        return null;
    }

    private void operands(Instruction i, Encoding encoding) {
        if (i.mode == 8 && (encoding.has("f64") || encoding.has("d64") && i.operandSize == 4)) {
            i.operandSize = 8;
        }
        boolean controlRegister =
                encoding.operands.stream().anyMatch(o -> o.kind() == Operand.Kind.C || o.kind() == Operand.Kind.D);
        if (i.modrm >= 0) {
            // MOV CRn/DRn ignores mod: it always names a register
            modrm(i, controlRegister);
        } else {
            i.rm = i.opcode & 7 | (i.rex & 1) << 3;
        }
        for (int n = 0; n < encoding.operands.size(); n++) {
            immediate(
                    i,
                    encoding.operands.get(n),
                    n > 0 && encoding.operands.get(n - 1).kind() == Operand.Kind.I);
        }
        if (ripRelative) {
            // counts from the end of the instruction, which is known only behind the immediate
            i.disp += i.address + at;
        }
    }

    private void modrm(Instruction i, boolean registersOnly) {
        int mod = i.modrm >> 6;
        i.reg = i.modrm >> 3 & 7 | (i.rex & 4) << 1;
        int rm = i.modrm & 7;
        if (mod == 3 || registersOnly) {
            i.rm = rm | (i.rex & 1) << 3;
            return;
        }
        i.memory = true;
        if (i.addressSize == 2) {
            address16(i, mod, rm);
        } else {
            address32(i, mod, rm);
        }
        if (i.base == 4 || i.base == 5) {
            i.segment = SS;
        }
        if (i.override >= 0) {
            i.segment = i.override;
        }
    }

    private static final int[] BASE16 = {3, 3, 5, 5, 6, 7, 5, 3};
    private static final int[] INDEX16 = {6, 7, 6, 7, -1, -1, -1, -1};

    private void address16(Instruction i, int mod, int rm) {
        if (mod == 0 && rm == 6) {
            i.disp = signed(2) & 0xffff;
            return;
        }
        i.base = BASE16[rm];
        i.index = INDEX16[rm];
        i.disp = mod == 0 ? 0 : signed(mod);
    }

    private void address32(Instruction i, int mod, int rm) {
        if (rm == 4) {
            int sib = next();
            i.scale = sib >> 6;
            i.index = sib >> 3 & 7 | (i.rex & 2) << 2;
            if (i.index == 4) {
                i.index = -1;
            }
            rm = sib & 7;
            if (mod == 0 && rm == 5) {
                i.disp = signed(4);
                return;
            }
            i.base = rm | (i.rex & 1) << 3;
        } else if (mod == 0 && rm == 5) {
            i.disp = signed(4);
            if (i.mode == 8) {
                i.base = 16;
                ripRelative = true;
            }
            return;
        } else {
            i.base = rm | (i.rex & 1) << 3;
        }
        i.disp = mod == 1 ? signed(1) : mod == 2 ? signed(4) : 0;
    }

    private void immediate(Instruction i, Operand operand, boolean second) {
        switch (operand.kind()) {
            case I -> {
                long value = signed(immediateBytes(operand.size(), i.operandSize));
                if (second) {
                    i.imm2 = (int) value & 0xff;
                } else {
                    i.imm = value;
                }
            }
            case J -> {
                long distance = signed(operand.size() == Operand.Size.B ? 1 : Math.min(i.operandSize, 4));
                long target = i.address + at + distance;
                i.imm = i.operandSize == 2 ? target & 0xffff : i.mask(target);
            }
            case O -> {
                i.memory = true;
                long offset = signed(i.addressSize);
                i.disp = i.addressSize == 8 ? offset : offset & (i.addressSize == 4 ? 0xffff_ffffL : 0xffff);
                i.segment = i.override >= 0 ? i.override : DS;
            }
            case A -> {
                long offset = signed(Math.min(i.operandSize, 4));
                i.imm = offset & (i.operandSize == 2 ? 0xffffL : 0xffff_ffffL);
                i.imm2 = (int) signed(2) & 0xffff;
            }
            case X, Y -> i.segment = i.override >= 0 ? i.override : DS;
            case E, G, R, M, Z, S, C, D, V, W, U, P, Q, N, REGISTER, SEGMENT, ONE, ST0, STI -> {}
        }
    }

    private static int immediateBytes(Operand.Size size, int operandSize) {
        return switch (size) {
            case B, BS -> 1;
            case W -> 2;
            case V -> operandSize;
            default -> Math.min(operandSize, 4);
        };
    }

    private long signed(int bytes) {
        long value = 0;
        for (int k = 0; k < bytes; k++) {
            value |= (long) next() << 8 * k;
        }
        int shift = 64 - 8 * bytes;
        return value << shift >> shift;
    }
}
