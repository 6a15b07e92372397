package dev.ringscope.trace.format;

import dev.ringscope.emulator.insn.Block;
import dev.ringscope.proto.trace.v1.CodeKind;
import java.util.Arrays;

/**
 * What a trace says of a block of code.
 *
 * @param linear linear address of its first byte
 * @param physical physical address of that byte
 * @param codeBase what is added to a program counter to form a linear address (x86: base of CS)
 * @param secondPage number of the physical page (address / 4096) in which it goes on, or -1
 * @param lengths bytes of each instruction, one entry each, 1 to 64 of them
 * @param code the bytes of all instructions
 */
@SuppressWarnings("ArrayRecordComponent")
public record BlockDefinition(
        long linear, long physical, long codeBase, long secondPage, CodeKind kind, byte[] lengths, byte[] code) {
    private static final long MASK32 = 0xffff_ffffL;

    /** Takes over what the emulator decoded. */
    public static BlockDefinition of(Block block) {
        CodeKind kind = switch (block.ops[0].instruction().mode) {
            case 2 -> CodeKind.CODE_KIND_X86_16;
            case 4 -> CodeKind.CODE_KIND_X86_32;
            case 8 -> CodeKind.CODE_KIND_X86_64;
            default -> throw new IllegalArgumentException("code mode " + block.ops[0].instruction().mode);
        };
        long base = block.linear - block.pc;
        return new BlockDefinition(
                block.linear,
                block.physical,
                kind == CodeKind.CODE_KIND_X86_64 ? base : base & MASK32,
                block.secondPage < 0 ? -1 : block.secondPage >>> 12,
                kind,
                block.instructionLengths(),
                block.bytes);
    }

    /** How many instructions it has, 1 to 64. */
    public int instructions() {
        return lengths.length;
    }

    /** Linear address of its n-th instruction. */
    public long address(int n) {
        long address = linear + start(n);
        return kind == CodeKind.CODE_KIND_X86_64 ? address : address & MASK32;
    }

    /** Physical address of the first byte of its n-th instruction. */
    public long physical(int n) {
        long address = physical + start(n);
        return (address ^ physical) >>> 12 == 0 ? address : (secondPage << 12) + (address & 0xfff);
    }

    /** The bytes of its n-th instruction. */
    public byte[] code(int n) {
        int start = start(n);
        return Arrays.copyOfRange(code, start, start + lengths[n]);
    }

    private int start(int n) {
        int start = 0;
        for (int i = 0; i < n; i++) {
            start += lengths[i];
        }
        return start;
    }
}
