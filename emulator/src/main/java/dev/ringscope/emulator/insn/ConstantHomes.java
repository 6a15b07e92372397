package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.List;

/** Registers and flags are the processor's, their numbers and all else are constants of the region's code. */
final class ConstantHomes extends ProcessorHomes {
    private final int x86;
    private final ClassDesc self;
    private final List<Integer> pool = new ArrayList<>();
    private int taken;
    private Instruction instruction;
    private Shape shape;
    private int number;
    /** The flags of this instruction need not be made. */
    boolean flagsDropped;

    /**
     * @param self the region's class, which has {@link RegionConstants}
     * @param x86 local that holds the processor as an X86Cpu
     */
    ConstantHomes(CodeBuilder code, ClassDesc self, boolean logged, int x86) {
        super(code, logged, true); // what is thrown takes no code here
        this.self = self;
        this.x86 = x86;
    }

    /**
     * The instruction to emit now.
     *
     * @param newNumber index in {@link Region#instructions}, if the definition wants it
     */
    void begin(Instruction newInstruction, Shape newShape, int newNumber) {
        instruction = newInstruction;
        shape = newShape;
        number = newNumber;
        taken = 0;
    }

    @Override
    int local() {
        if (taken == pool.size()) {
            pool.add(code.allocateLocal(TypeKind.LONG));
        }
        return pool.get(taken++);
    }

    @Override
    void needX86() {
        // it is there from the start
    }

    @Override
    void x86() {
        code.aload(x86);
    }

    @Override
    void registers() {
        RegionConstants.REGISTERS.push(code, self);
    }

    @Override
    void number(String field) {
        code.loadConstant(shape.number(field, instruction));
    }

    void get(int register) {
        registers();
        code.loadConstant(register).laload();
    }

    void put(int register, Runnable value) {
        registers();
        code.loadConstant(register);
        value.run();
        code.lastore();
    }

    @Override
    void setFlags(Runnable carries, Runnable result) {
        if (!flagsDropped) {
            super.setFlags(carries, result);
        }
    }

    @Override
    void immediate() {
        code.loadConstant(instruction.imm);
    }

    @Override
    void displacement() {
        code.loadConstant(instruction.disp);
    }

    @Override
    void instruction() {
        code.aload(THIS).getfield(PlanEmitter.REGION, "instructions", INSTRUCTION.arrayType());
        code.loadConstant(number).aaload();
    }
}
