package dev.ringscope.emulator.insn;

/** What the region compiler follows itself, in 64-bit code, instead of calling the definition. */
public enum Role {
    /** Nothing. */
    PLAIN,
    /** The first operand goes on the stack. */
    PUSH,
    /** The operand that is written comes from the stack. */
    POP,
    /** To the first operand, a constant, if the condition holds. */
    JUMP_IF,
    /** To the first operand, a constant. */
    JUMP,
    /** To the first operand. */
    JUMP_TO,
    /** The same two with the address of the next instruction pushed on the stack. */
    CALL,
    CALL_TO,
    /** To what the stack pointer points at, which is popped. */
    RETURN
}
