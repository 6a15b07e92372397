package dev.ringscope.emulator.insn;

/** How the {@link Disassembler} writes an instruction. */
public enum Syntax {
    /** Destination first, sizes at the memory operand: {@code mov DWORD PTR [rax+0x8],0x1}. */
    INTEL,
    /** Destination last, sizes at the mnemonic: {@code movl $0x1,0x8(%rax)}. */
    ATT
}
