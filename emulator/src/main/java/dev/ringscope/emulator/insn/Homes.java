package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.x86.X86Cpu;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;

/**
 * Where an operation's operands live: the only difference between the tiers. {@link Emitter} says what is loaded and
 * stored in which order, a subclass emits how. Registers are named by the field of {@link Op} that would hold their
 * number: {@code d} and {@code s} for the first and second operand, {@code b} and {@code x} for base and index.
 */
abstract class Homes {
    static final ClassDesc CPU = Cpu.class.describeConstable().orElseThrow();
    static final ClassDesc X86 = X86Cpu.class.describeConstable().orElseThrow();
    static final ClassDesc LONG = ConstantDescs.CD_long;
    static final ClassDesc INT = ConstantDescs.CD_int;
    static final ClassDesc VOID = ConstantDescs.CD_void;
    static final ClassDesc LONGS = LONG.arrayType();

    final CodeBuilder code;

    Homes(CodeBuilder code) {
        this.code = code;
    }

    /** A local for a long, for the time of one instruction. */
    abstract int local();

    /** To be called before the first {@link #x86}, if there will be one. */
    abstract void needX86();

    /** Pushes the processor as an {@link X86Cpu}. */
    abstract void x86();

    /** Pushes a register's number. */
    abstract void number(String field);

    /** Pushes a general register. */
    abstract void get(String field);

    /** Sets a general register to the long that {@code value} pushes. */
    abstract void put(String field, Runnable value);

    abstract void immediate();

    abstract void displacement();

    /** Pushes the decoded instruction. */
    abstract void instruction();

    /** Pushes {@code fr} or {@code fc}. */
    abstract void flagWord(String name);

    /** Sets both words of the flags to what the two push. */
    abstract void setFlags(Runnable carries, Runnable result);

    /** Pushes the sign-extended number at the linear address that is pushed by {@code linear}. */
    abstract void load(int bytes, Runnable linear);

    /** Stores the number that {@code value} pushes. */
    abstract void store(int bytes, Runnable linear, Runnable value);

    /** Stores two halves, or none if one faults. */
    abstract void store16(Runnable linear, Runnable low, Runnable high);

    /** #UD or #NM unless SSE instructions may run. */
    abstract void requireSse();

    /** #GP(0) unless the address in that local is a multiple of 16. */
    abstract void requireAligned(int linear);
}
