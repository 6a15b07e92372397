package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Tier 0: registers and flags are the processor's, their numbers and the constants are fields of the operation. */
final class OpHomes extends Homes {
    private static final ClassDesc ACCESS = Access.class.describeConstable().orElseThrow();
    private static final ClassDesc INSTRUCTION =
            Instruction.class.describeConstable().orElseThrow();
    private static final int THIS = 0;
    private static final int CPU_LOCAL = 1;

    private final ClassDesc self;
    private final boolean logged;
    private int x86;

    /** @param self the operation's class */
    OpHomes(CodeBuilder code, ClassDesc self, boolean logged) {
        super(code);
        this.self = self;
        this.logged = logged;
    }

    @Override
    int local() {
        return code.allocateLocal(TypeKind.LONG);
    }

    @Override
    void needX86() {
        x86 = code.allocateLocal(TypeKind.REFERENCE);
        code.aload(CPU_LOCAL).checkcast(X86).astore(x86);
    }

    @Override
    void x86() {
        code.aload(x86);
    }

    @Override
    void number(String field) {
        code.aload(THIS).getfield(self, field, INT);
    }

    @Override
    void get(String field) {
        code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
        number(field);
        code.laload();
    }

    @Override
    void put(String field, Runnable value) {
        code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
        number(field);
        value.run();
        code.lastore();
    }

    @Override
    void immediate() {
        code.aload(THIS).getfield(self, "imm", LONG);
    }

    @Override
    void displacement() {
        code.aload(THIS).getfield(self, "disp", LONG);
    }

    @Override
    void instruction() {
        code.aload(THIS).getfield(self, "insn", INSTRUCTION);
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
        return logged ? name + "Logged" : name;
    }

    @Override
    void load(int bytes, Runnable linear) {
        code.aload(CPU_LOCAL);
        linear.run();
        code.invokestatic(ACCESS, form("load" + bytes), MethodTypeDesc.of(LONG, CPU, LONG));
    }

    @Override
    void store(int bytes, Runnable linear, Runnable value) {
        code.aload(CPU_LOCAL);
        linear.run();
        value.run();
        code.invokestatic(ACCESS, form("store" + bytes), MethodTypeDesc.of(VOID, CPU, LONG, LONG));
    }

    @Override
    void store16(Runnable linear, Runnable low, Runnable high) {
        code.aload(CPU_LOCAL);
        linear.run();
        low.run();
        high.run();
        code.invokestatic(ACCESS, form("store16"), MethodTypeDesc.of(VOID, CPU, LONG, LONG, LONG));
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
