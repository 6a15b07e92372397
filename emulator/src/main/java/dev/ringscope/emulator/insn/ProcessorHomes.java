package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.GuestFault;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Registers and flags are the processor's; memory is reached as {@link Access} has it. */
abstract class ProcessorHomes extends Homes {
    static final ClassDesc ACCESS = Access.class.describeConstable().orElseThrow();
    static final ClassDesc INSTRUCTION = Instruction.class.describeConstable().orElseThrow();
    private static final ClassDesc FAULT = GuestFault.class.describeConstable().orElseThrow();
    static final int THIS = PlanEmitter.THIS;
    static final int CPU_LOCAL = PlanEmitter.CPU_LOCAL;

    private final boolean logged;
    private final boolean throwing;

    /** @param throwing a page fault of an access is thrown: else the operation comes back with nothing done */
    ProcessorHomes(CodeBuilder code, boolean logged, boolean throwing) {
        super(code);
        this.logged = logged;
        this.throwing = throwing || logged;
    }

    /** Pushes the array of general registers. */
    abstract void registers();

    @Override
    void get(String field) {
        registers();
        number(field);
        code.laload();
    }

    @Override
    void put(String field, Runnable value) {
        registers();
        number(field);
        value.run();
        code.lastore();
    }

    @Override
    void flagWord(String name) {
        code.aload(CPU_LOCAL).getfield(CPU, name, LONG);
    }

    @Override
    void setFlags(Runnable carries, Runnable result) {
        code.aload(CPU_LOCAL);
        carries.run();
        code.putfield(CPU, "fc", LONG).aload(CPU_LOCAL);
        result.run();
        code.putfield(CPU, "fr", LONG);
    }

    private String form(String name) {
        return logged ? name + "Logged" : throwing ? name + "Throwing" : name;
    }

    @Override
    void load(int bytes, Runnable linear) {
        code.aload(CPU_LOCAL);
        linear.run();
        code.invokestatic(ACCESS, form("load" + bytes), MethodTypeDesc.of(LONG, CPU, LONG));
        leaveIfRaised();
    }

    @Override
    void store(int bytes, Runnable linear, Runnable value) {
        code.aload(CPU_LOCAL);
        linear.run();
        value.run();
        code.invokestatic(ACCESS, form("store" + bytes), MethodTypeDesc.of(VOID, CPU, LONG, LONG));
        leaveIfRaised();
    }

    /** Behind an access that may have left a fault in the processor: nothing is committed, and nothing more is done. */
    private void leaveIfRaised() {
        if (throwing) {
            return;
        }
        Label accessed = code.newLabel();
        code.aload(CPU_LOCAL).getfield(CPU, "raised", FAULT).ifnull(accessed);
        code.aload(CPU_LOCAL).iconst_0().putfield(CPU, "end", INT).return_();
        code.labelBinding(accessed);
    }

    @Override
    void store16(Runnable linear, Runnable low, Runnable high) {
        code.aload(CPU_LOCAL);
        linear.run();
        low.run();
        high.run();
        code.invokestatic(ACCESS, logged ? "store16Logged" : "store16", MethodTypeDesc.of(VOID, CPU, LONG, LONG, LONG));
    }

    @Override
    void requireSse() {
        x86();
        code.invokevirtual(X86, "requireSse", MethodTypeDesc.of(VOID));
    }

    @Override
    void requireAligned(int linear) {
        x86();
        code.lload(linear).invokevirtual(X86, "requireAligned", MethodTypeDesc.of(VOID, LONG));
    }
}
