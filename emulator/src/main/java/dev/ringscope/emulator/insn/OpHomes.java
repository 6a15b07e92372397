package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;

/** Tier 0: registers and flags are the processor's, their numbers and the constants are fields of the operation. */
final class OpHomes extends ProcessorHomes {
    private final ClassDesc self;
    private int x86;

    /** @param self the operation's class */
    OpHomes(CodeBuilder code, ClassDesc self, boolean logged) {
        super(code, logged, false);
        this.self = self;
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
    void registers() {
        code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
    }

    @Override
    void number(String field) {
        code.aload(THIS).getfield(self, field, INT);
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
}
