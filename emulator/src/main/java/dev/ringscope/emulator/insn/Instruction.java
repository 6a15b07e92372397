package dev.ringscope.emulator.insn;

/**
 * One decoded x86 instruction: what the bytes say, with nothing of the machine's state but the mode they were decoded
 * in. Immutable once the decoder has filled it in.
 */
public final class Instruction {
    /** Segment numbers as the manual encodes them. */
    public static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;

    /** Offset in the code segment of its first byte. */
    public long address;

    public int length;
    public Def def;
    public Encoding encoding;
    /** Bytes per code word: 2, 4 or 8 = real/16-bit, 32-bit, 64-bit code. */
    public int mode;
    /** Operand size in bytes: 2, 4 or 8 as prefixes and mode say (byte operands have their own size). */
    public int operandSize;
    /** Address size in bytes: 2, 4 or 8. */
    public int addressSize;

    /** The bytes go on beyond the 15 that an instruction may have; {@link #def} is null. */
    public boolean tooLong;

    private static final byte[] NO_PREFIXES = {};

    /** The prefixes as they stand, without a REX in front of the opcode. */
    public byte[] prefixes = NO_PREFIXES;

    public boolean lock;
    /** F3 prefix (REP, REPE) as the last of the two repeat prefixes. */
    public boolean rep;
    /** F2 prefix (REPNE) as the last of the two repeat prefixes. */
    public boolean repne;

    public boolean prefix66;
    /** 0x40..0x4f, or 0 where there is none. */
    public int rex;
    /** The segment that an override names, or -1. */
    public int override = -1;

    /** Opcode's last byte: the condition or register in it. */
    public int opcode;
    /** The ModRM byte, or -1. */
    public int modrm = -1;
    /** ModRM.reg with REX.R. */
    public int reg;
    /** ModRM.rm with REX.B where it names a register; the register of a +r opcode. */
    public int rm;
    /** The operand is in memory: base, index, scale, disp and segment say where. */
    public boolean memory;
    /** Register number, or -1. Base 16 is RIP: {@link #disp} is then the whole offset. */
    public int base = -1;

    public int index = -1;
    /** Shift 0..3 of the index. */
    public int scale;
    /** Sign-extended displacement; the offset itself for moffs and RIP-relative operands. */
    public long disp;
    /** Segment of the memory operand after overrides. */
    public int segment = DS;
    /** Immediate, sign-extended as the encoding says; the absolute target offset of a relative branch. */
    public long imm;
    /** Second immediate: ENTER's level, a far pointer's selector. */
    public int imm2;

    /** Offset of the instruction behind this one. */
    public long next() {
        return mask(address + length);
    }

    /** Keeps an offset within this mode's code addresses. */
    public long mask(long offset) {
        return mode == 8 ? offset : offset & 0xffff_ffffL;
    }

    public boolean is64() {
        return mode == 8;
    }

    /** ModRM.mod == 3. */
    public boolean registerForm() {
        return !memory;
    }
}
