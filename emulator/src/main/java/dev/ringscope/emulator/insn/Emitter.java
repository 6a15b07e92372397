package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.insn.Def.Use;
import dev.ringscope.emulator.insn.Shape.Place;
import dev.ringscope.emulator.insn.Shape.Slot;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits the body of one operation: address, inputs, the definition's call, memory, flags, registers, in this order, so
 * that a fault finds nothing committed.
 */
final class Emitter {
    private static final ClassDesc CPU = Cpu.class.describeConstable().orElseThrow();
    private static final ClassDesc X86 = X86Cpu.class.describeConstable().orElseThrow();
    private static final ClassDesc SEGMENT = Segment.class.describeConstable().orElseThrow();
    private static final ClassDesc MXCSR = Mxcsr.class.describeConstable().orElseThrow();
    private static final ClassDesc ACCESS = Access.class.describeConstable().orElseThrow();
    private static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc RULE = MethodTypeDesc.of(
            ConstantDescs.CD_long,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long);
    private static final ClassDesc INSTRUCTION =
            Instruction.class.describeConstable().orElseThrow();
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc LONGS = LONG.arrayType();
    private static final MethodTypeDesc PLAIN = MethodTypeDesc.of(ConstantDescs.CD_void);
    static final MethodTypeDesc EXEC = MethodTypeDesc.of(ConstantDescs.CD_void, CPU);

    private static final int THIS = 0;
    private static final int CPU_LOCAL = 1;

    private final CodeBuilder code;
    private final Shape shape;
    private final ClassDesc self;
    private final int x86;
    private final int linear;
    /** First local of each use's value: two longs where the operand has two halves. */
    private final int[] values;

    private final int result;

    Emitter(CodeBuilder code, Shape shape, ClassDesc self) {
        this.code = code;
        this.shape = shape;
        this.self = self;
        x86 = code.allocateLocal(TypeKind.REFERENCE);
        linear = code.allocateLocal(TypeKind.LONG);
        values = new int[shape.def().uses.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = code.allocateLocal(TypeKind.LONG);
            code.allocateLocal(TypeKind.LONG);
        }
        result = code.allocateLocal(TypeKind.LONG);
        code.allocateLocal(TypeKind.LONG);
    }

    void emit() {
        if (needsX86()) {
            code.aload(CPU_LOCAL).checkcast(X86).astore(x86);
        }
        requireUnits();
        if (shape.def().takesInstructionOnly()) {
            arguments();
            call();
            enterMmx();
            code.return_();
            return;
        }
        address();
        for (int u = 0; u < values.length; u++) {
            Use use = shape.def().uses.get(u);
            if (use.read()) {
                input(use, values[u]);
            }
        }
        Slot target = target();
        boolean stores = target != null && target.place() == Place.MEMORY;
        if (!stores) {
            enterMmx();
        }
        for (int half = 0; half < halves(); half++) {
            arguments();
            for (int u = 0; u < values.length; u++) {
                if (shape.def().pairwise && halves() == 2) {
                    code.lload(values[half] + 2 * u);
                } else {
                    argument(shape.def().uses.get(u), values[u], half);
                }
            }
            call();
            if (shape.def().returns) {
                code.lstore(result + 2 * half);
            }
        }
        if (shape.def().takesMxcsr) {
            code.aload(x86).invokevirtual(X86, "requireNoSimdException", PLAIN);
        }
        if (stores) {
            store(target);
            enterMmx();
        }
        if (!shape.def().flags().isEmpty()) {
            flags();
        }
        if (target != null && !stores) {
            put(target);
        }
        code.return_();
    }

    /** The cast costs a little, and most integer operations do without. */
    private boolean needsX86() {
        return shape.def().takesCpu
                || shape.def().takesMxcsr
                || shape.memory() && (!shape.code64() || shape.segment() >= 0)
                || shape.slots().stream()
                        .anyMatch(s ->
                                s.operand().kind().xmm() || s.operand().kind().mmx());
    }

    /** Vector operands raise #NM, #UD, #MF before anything else. */
    private void requireUnits() {
        if (shape.slots().stream().anyMatch(s -> s.operand().kind().xmm())) {
            code.aload(x86).invokevirtual(X86, "requireSse", PLAIN);
        }
        if (usesMmx()) {
            code.aload(x86).invokevirtual(X86, "checkMmx", PLAIN);
        }
    }

    private boolean usesMmx() {
        return shape.slots().stream().anyMatch(s -> s.operand().kind().mmx());
    }

    /** The x87 stack becomes the MMX registers, once the memory operand cannot fault any more. */
    private void enterMmx() {
        if (usesMmx()) {
            code.aload(x86).invokevirtual(X86, "enterMmx", PLAIN);
        }
    }

    private int halves() {
        return shape.def().uses.stream().anyMatch(u -> u.operand() >= 0 && slot(u).bytes() == 16) ? 2 : 1;
    }

    private Slot slot(Use use) {
        return shape.slots().get(use.operand());
    }

    /** The slot that the result goes to, or null. */
    private Slot target() {
        return shape.def().uses.stream()
                .filter(Use::written)
                .map(this::slot)
                .findFirst()
                .orElse(null);
    }

    private void arguments() {
        if (shape.def().takesCpu) {
            code.aload(x86);
        }
        if (shape.def().takesMxcsr) {
            code.aload(x86).getfield(X86, "mxcsr", MXCSR);
        }
        if (shape.def().takesWidth) {
            code.loadConstant(shape.width());
        }
        if (shape.def().takesInstruction) {
            code.aload(THIS).getfield(self, "insn", INSTRUCTION);
        }
    }

    private void call() {
        ClassDesc owner =
                shape.def().method.getDeclaringClass().describeConstable().orElseThrow();
        MethodTypeDesc type = java.lang.invoke.MethodType.methodType(
                        shape.def().method.getReturnType(), shape.def().method.getParameterTypes())
                .describeConstable()
                .orElseThrow();
        code.invokestatic(owner, shape.def().method.getName(), type);
    }

    // ---- addresses --------------------------------------------------------------------------------------------------

    /** Leaves the memory operand's linear address (its offset, if it has no size) in {@link #linear}. */
    private void address() {
        Slot memory = shape.slots().stream()
                .filter(s -> s.place() == Place.MEMORY)
                .findFirst()
                .orElse(null);
        if (memory == null) {
            return;
        }
        boolean offsetOnly = memory.bytes() == 0;
        boolean checked = !offsetOnly && !shape.code64();
        if (checked) {
            code.aload(x86).loadConstant(shape.segment());
        }
        offset();
        if (checked) {
            boolean write = shape.def().uses.stream().anyMatch(u -> u.written() && slot(u) == memory);
            code.loadConstant(memory.bytes()).loadConstant(write ? 1 : 0);
            code.invokevirtual(X86, "linear", MethodTypeDesc.of(LONG, INT, LONG, INT, ConstantDescs.CD_boolean));
        } else if (!offsetOnly && shape.segment() >= 0) {
            code.aload(x86).getfield(X86, "seg", SEGMENT.arrayType());
            code.loadConstant(shape.segment())
                    .aaload()
                    .getfield(SEGMENT, "base", LONG)
                    .ladd();
        }
        code.lstore(linear);
        if (memory.bytes() == 16 && memory.operand().aligned()) {
            code.aload(x86).lload(linear);
            code.invokevirtual(X86, "requireAligned", MethodTypeDesc.of(ConstantDescs.CD_void, LONG));
        }
    }

    /** Base + index * scale + displacement, cut to the address size. */
    private void offset() {
        boolean something = false;
        if (shape.base()) {
            register("b");
            something = true;
        }
        if (shape.index()) {
            register("x");
            if (shape.scale() > 0) {
                code.loadConstant(shape.scale()).lshl();
            }
            something = sum(something);
        }
        if (shape.displacement() || !something) {
            code.aload(THIS).getfield(self, "disp", LONG);
            sum(something);
        }
        if (shape.addressSize() < 8) {
            code.loadConstant(shape.addressSize() == 4 ? 0xffff_ffffL : 0xffffL).land();
        }
    }

    private boolean sum(boolean something) {
        if (something) {
            code.ladd();
        }
        return true;
    }

    /** Pushes the general register whose number is in that field. */
    private void register(String field) {
        code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
        code.aload(THIS).getfield(self, field, INT).laload();
    }

    // ---- inputs -----------------------------------------------------------------------------------------------------

    private void input(Use use, int local) {
        if (use.condition() || use.carry()) {
            return; // read when the arguments are pushed: nothing in between changes the flags
        }
        Slot slot = slot(use);
        switch (slot.place()) {
            case FIRST, SECOND -> fromRegister(slot, local);
            case MEMORY -> fromMemory(slot, local);
            case IMMEDIATE -> code.aload(THIS).getfield(self, "imm", LONG).lstore(local);
            case ONE -> code.lconst_1().lstore(local);
            case OTHER -> throw new IllegalArgumentException(shape.def() + ": the emitter cannot read " + slot);
        }
    }

    private void fromRegister(Slot slot, int local) {
        String field = slot.place() == Place.FIRST ? "d" : "s";
        switch (slot.file()) {
            case GENERAL -> {
                register(field);
                signExtend(slot.bytes());
                code.lstore(local);
            }
            case HIGH_BYTE -> {
                register(field);
                code.loadConstant(8).lshr();
                signExtend(1);
                code.lstore(local);
            }
            case XMM -> {
                xmm(field, 0);
                code.laload();
                if (slot.bytes() == 4) {
                    code.loadConstant(0xffff_ffffL).land();
                }
                code.lstore(local);
                if (slot.bytes() == 16) {
                    xmm(field, 1);
                    code.laload().lstore(local + 2);
                }
            }
            case MMX -> {
                code.aload(x86).aload(THIS).getfield(self, field, INT);
                code.invokevirtual(X86, "mm", MethodTypeDesc.of(LONG, INT)).lstore(local);
            }
            case NONE -> throw new IllegalArgumentException(shape.def() + ": no register file for " + slot);
        }
    }

    /** Pushes array and index of one half of an XMM register. */
    private void xmm(String field, int half) {
        code.aload(x86).getfield(X86, "xmm", LONGS);
        code.aload(THIS).getfield(self, field, INT).iconst_1().ishl();
        if (half > 0) {
            code.iconst_1().iadd();
        }
    }

    private void fromMemory(Slot slot, int local) {
        if (slot.bytes() == 0) {
            code.lload(linear).lstore(local);
            return;
        }
        load(Math.min(slot.bytes(), 8), 0);
        if (slot.bytes() == 4 && slot.operand().kind().xmm()) {
            code.loadConstant(0xffff_ffffL).land();
        }
        code.lstore(local);
        if (slot.bytes() == 16) {
            load(8, 8);
            code.lstore(local + 2);
        }
    }

    private void load(int bytes, int offset) {
        code.aload(CPU_LOCAL).lload(linear);
        if (offset > 0) {
            code.loadConstant((long) offset).ladd();
        }
        code.invokestatic(ACCESS, "load" + bytes + suffix(), MethodTypeDesc.of(LONG, CPU, LONG));
    }

    private String suffix() {
        return shape.logged() ? "Logged" : "";
    }

    private void argument(Use use, int local, int half) {
        if (!use.read()) {
            return;
        }
        if (use.condition()) {
            code.loadConstant(shape.condition());
            code.aload(CPU_LOCAL).getfield(CPU, "fr", LONG);
            code.aload(CPU_LOCAL).getfield(CPU, "fc", LONG);
            code.invokestatic(FLAGS, "condition", MethodTypeDesc.of(ConstantDescs.CD_boolean, INT, LONG, LONG));
        } else if (use.carry()) {
            code.aload(CPU_LOCAL).getfield(CPU, "fc", LONG).loadConstant(63).lushr();
        } else {
            code.lload(slot(use).bytes() == 16 && !use.low() ? local + 2 * half : local);
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private void store(Slot slot) {
        code.aload(CPU_LOCAL).lload(linear).lload(result);
        if (slot.bytes() == 16) {
            code.lload(result + 2);
            code.invokestatic(
                    ACCESS, "store16" + suffix(), MethodTypeDesc.of(ConstantDescs.CD_void, CPU, LONG, LONG, LONG));
        } else {
            code.invokestatic(
                    ACCESS,
                    "store" + slot.bytes() + suffix(),
                    MethodTypeDesc.of(ConstantDescs.CD_void, CPU, LONG, LONG));
        }
    }

    private void flags() {
        code.lload(result);
        signExtend(shape.width());
        code.lstore(result);
        FlagRule rule = FlagRule.of(shape.def().flags());
        ClassDesc owner = rule.owner().describeConstable().orElseThrow();
        code.aload(CPU_LOCAL);
        ruleArguments("fc");
        code.invokestatic(owner, rule.name(), RULE).putfield(CPU, "fc", LONG);
        code.aload(CPU_LOCAL);
        if (rule.hasResultRule()) {
            ruleArguments("fr");
            code.invokestatic(owner, rule.name() + "Result", RULE);
        } else {
            code.lload(result);
        }
        code.putfield(CPU, "fr", LONG);
    }

    private void ruleArguments(String old) {
        code.loadConstant(shape.width());
        operandValue(0);
        operandValue(1);
        code.lload(result).aload(CPU_LOCAL).getfield(CPU, old, LONG);
    }

    /** Pushes the n-th operand value that was read, 0 if there are fewer. */
    private void operandValue(int n) {
        int seen = 0;
        for (int u = 0; u < values.length; u++) {
            Use use = shape.def().uses.get(u);
            if (use.read() && use.operand() >= 0 && seen++ == n) {
                code.lload(values[u]);
                return;
            }
        }
        code.lconst_0();
    }

    private void put(Slot slot) {
        String field = slot.place() == Place.FIRST ? "d" : "s";
        switch (slot.file()) {
            case GENERAL -> putGeneral(field, slot.bytes());
            case HIGH_BYTE -> merge(field, 0xff00L, 8);
            case XMM -> putXmm(field, slot);
            case MMX -> {
                code.aload(x86).aload(THIS).getfield(self, field, INT).lload(result);
                code.invokevirtual(X86, "setMm", MethodTypeDesc.of(ConstantDescs.CD_void, INT, LONG));
            }
            case NONE -> throw new IllegalArgumentException(shape.def() + ": the emitter cannot write " + slot);
        }
    }

    private void putGeneral(String field, int bytes) {
        switch (bytes) {
            case 1 -> merge(field, 0xffL, 0);
            case 2 -> merge(field, 0xffffL, 0);
            default -> {
                code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
                code.aload(THIS).getfield(self, field, INT).lload(result);
                if (bytes == 4) {
                    code.loadConstant(0xffff_ffffL).land();
                }
                code.lastore();
            }
        }
    }

    /** Replaces the bits of the mask in a general register by the result moved left. */
    private void merge(String field, long mask, int shift) {
        code.aload(CPU_LOCAL).getfield(CPU, "r", LONGS);
        code.aload(THIS).getfield(self, field, INT).dup2().laload();
        code.loadConstant(~mask).land().lload(result);
        if (shift > 0) {
            code.loadConstant(shift).lshl();
        }
        code.loadConstant(mask).land().lor().lastore();
    }

    private void putXmm(String field, Slot slot) {
        boolean clearsRest = slot.operand().clearsRest();
        xmm(field, 0);
        if (slot.bytes() == 4 && clearsRest) {
            code.lload(result).loadConstant(0xffff_ffffL).land();
        } else if (slot.bytes() == 4) {
            code.dup2().laload().loadConstant(~0xffff_ffffL).land();
            code.lload(result).loadConstant(0xffff_ffffL).land().lor();
        } else {
            code.lload(result);
        }
        code.lastore();
        if (slot.bytes() == 16 || clearsRest) {
            xmm(field, 1);
            if (clearsRest) {
                code.lconst_0();
            } else {
                code.lload(result + 2);
            }
            code.lastore();
        }
    }

    private void signExtend(int bytes) {
        switch (bytes) {
            case 1 -> code.l2i().i2b().i2l();
            case 2 -> code.l2i().i2s().i2l();
            case 4 -> code.l2i().i2l();
            default -> {}
        }
    }
}
