package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.insn.Def.Use;
import dev.ringscope.emulator.insn.Shape.Place;
import dev.ringscope.emulator.insn.Shape.Slot;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits the body of one operation: address, inputs, the definition's call, memory, flags, registers, in this order, so
 * that a fault finds nothing committed. Where the operands live is for {@link Homes} to say.
 */
final class Emitter {
    private static final ClassDesc X86 = Homes.X86;
    private static final ClassDesc SEGMENT = Segment.class.describeConstable().orElseThrow();
    private static final ClassDesc MXCSR = Mxcsr.class.describeConstable().orElseThrow();
    private static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc RULE = MethodTypeDesc.of(
            ConstantDescs.CD_long,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long);
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc LONGS = LONG.arrayType();
    private static final MethodTypeDesc PLAIN = MethodTypeDesc.of(ConstantDescs.CD_void);

    private final CodeBuilder code;
    private final Shape shape;
    private final Homes homes;
    private final int linear;
    /** First local of each use's value: two longs where the operand has two halves. */
    private final int[] values;

    private final int[] highValues;

    private final int result;
    private final int highResult;

    Emitter(Shape shape, Homes homes) {
        this.shape = shape;
        this.homes = homes;
        code = homes.code;
        linear = homes.local();
        values = new int[shape.def().uses.size()];
        highValues = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = homes.local();
            highValues[i] = homes.local();
        }
        result = homes.local();
        highResult = homes.local();
    }

    void emit() {
        if (needsX86()) {
            homes.needX86();
        }
        requireUnits();
        if (shape.def().takesInstructionOnly()) {
            arguments();
            call();
            enterMmx();
            return;
        }
        address();
        for (int u = 0; u < values.length; u++) {
            Use use = shape.def().uses.get(u);
            if (use.read()) {
                input(use, values[u], highValues[u]);
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
                    code.lload(u == 0 ? values[half] : highValues[half]);
                } else {
                    argument(shape.def().uses.get(u), values[u], highValues[u], half);
                }
            }
            call();
            if (shape.def().returns) {
                code.lstore(half == 0 ? result : highResult);
            }
        }
        if (shape.def().takesMxcsr) {
            homes.x86();
            code.invokevirtual(X86, "requireNoSimdException", PLAIN);
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
    }

    /** Leaves the first operand's value in {@link #first}: for instructions that the tier finishes itself. */
    void readFirst() {
        address();
        input(shape.def().uses.getFirst(), values[0], highValues[0]);
    }

    /** Local of the first operand's value. */
    int first() {
        return values[0];
    }

    /** Local of the second operand's value. */
    int second() {
        return values[1];
    }

    /** Pushes the n-th operand value that flag rules get. */
    void pushOperand(int n) {
        operandValue(n);
    }

    /** Local of the value that goes to the operand that is written. */
    int result() {
        return result;
    }

    /** Writes {@link #result} to the operand that is written, which is a register. */
    void writeResult() {
        put(target());
    }

    /** The cast costs a little, and most integer operations do without. */
    private boolean needsX86() {
        return shape.def().takesCpu
                || shape.def().takesMxcsr
                || shape.memory() && (!shape.code64() || shape.segment() >= 0)
                || shape.usesXmm()
                || shape.usesMmx();
    }

    /** Vector operands raise #NM, #UD, #MF before anything else. */
    private void requireUnits() {
        if (shape.usesXmm()) {
            homes.requireSse();
        }
        if (shape.usesMmx()) {
            homes.x86();
            code.invokevirtual(X86, "checkMmx", PLAIN);
        }
    }

    /** The x87 stack becomes the MMX registers, once the memory operand cannot fault any more. */
    private void enterMmx() {
        if (shape.usesMmx()) {
            homes.x86();
            code.invokevirtual(X86, "enterMmx", PLAIN);
        }
    }

    private int halves() {
        for (Use use : shape.def().uses) {
            if (use.operand() >= 0 && slot(use).bytes() == 16) {
                return 2;
            }
        }
        return 1;
    }

    private Slot slot(Use use) {
        return shape.slots().get(use.operand());
    }

    /** The slot that the result goes to, or null. */
    private Slot target() {
        for (Use use : shape.def().uses) {
            if (use.written()) {
                return slot(use);
            }
        }
        return null;
    }

    private boolean writes(Slot slot) {
        for (Use use : shape.def().uses) {
            if (use.written() && slot(use) == slot) {
                return true;
            }
        }
        return false;
    }

    private void arguments() {
        if (shape.def().takesCpu) {
            homes.x86();
        }
        if (shape.def().takesMxcsr) {
            homes.x86();
            code.getfield(X86, "mxcsr", MXCSR);
        }
        if (shape.def().takesWidth) {
            code.loadConstant(shape.width());
        }
        if (shape.def().takesInstruction) {
            homes.instruction();
        }
    }

    private void call() {
        code.invokestatic(
                shape.def().owner(), shape.def().method.getName(), shape.def().type());
    }

    // ---- addresses --------------------------------------------------------------------------------------------------

    /** Leaves the memory operand's linear address (its offset, if it has no size) in {@link #linear}. */
    private void address() {
        Slot memory = shape.memorySlot();
        if (memory == null) {
            return;
        }
        boolean offsetOnly = memory.bytes() == 0;
        boolean checked = !offsetOnly && !shape.code64();
        if (checked) {
            homes.x86();
            code.loadConstant(shape.segment());
        }
        offset();
        if (checked) {
            code.loadConstant(memory.bytes()).loadConstant(writes(memory) ? 1 : 0);
            code.invokevirtual(X86, "linear", MethodTypeDesc.of(LONG, INT, LONG, INT, ConstantDescs.CD_boolean));
        } else if (!offsetOnly && shape.segment() >= 0) {
            homes.x86();
            code.getfield(X86, "seg", SEGMENT.arrayType());
            code.loadConstant(shape.segment())
                    .aaload()
                    .getfield(SEGMENT, "base", LONG)
                    .ladd();
        }
        code.lstore(linear);
        if (memory.bytes() == 16 && memory.operand().aligned()) {
            homes.requireAligned(linear);
        }
    }

    /** Base + index * scale + displacement, cut to the address size. */
    private void offset() {
        boolean something = false;
        if (shape.base()) {
            homes.get("b");
            something = true;
        }
        if (shape.index()) {
            homes.get("x");
            if (shape.scale() > 0) {
                code.loadConstant(shape.scale()).lshl();
            }
            something = sum(something);
        }
        if (shape.displacement() || !something) {
            homes.displacement();
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

    // ---- inputs -----------------------------------------------------------------------------------------------------

    private void input(Use use, int local, int high) {
        if (use.condition() || use.carry()) {
            return; // read when the arguments are pushed: nothing in between changes the flags
        }
        Slot slot = slot(use);
        switch (slot.place()) {
            case FIRST, SECOND -> fromRegister(slot, local, high);
            case MEMORY -> fromMemory(slot, local, high);
            case IMMEDIATE -> {
                homes.immediate();
                code.lstore(local);
            }
            case ONE -> code.lconst_1().lstore(local);
            case OTHER -> throw new IllegalArgumentException(shape.def() + ": the emitter cannot read " + slot);
        }
    }

    private void fromRegister(Slot slot, int local, int high) {
        String field = slot.place() == Place.FIRST ? "d" : "s";
        switch (slot.file()) {
            case GENERAL -> {
                homes.get(field);
                signExtend(slot.bytes());
                code.lstore(local);
            }
            case HIGH_BYTE -> {
                homes.get(field);
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
                    code.laload().lstore(high);
                }
            }
            case MMX -> {
                homes.x86();
                homes.number(field);
                code.invokevirtual(X86, "mm", MethodTypeDesc.of(LONG, INT)).lstore(local);
            }
            case NONE -> throw new IllegalArgumentException(shape.def() + ": no register file for " + slot);
        }
    }

    /** Pushes array and index of one half of an XMM register. */
    private void xmm(String field, int half) {
        homes.x86();
        code.getfield(X86, "xmm", LONGS);
        homes.number(field);
        code.iconst_1().ishl();
        if (half > 0) {
            code.iconst_1().iadd();
        }
    }

    private void fromMemory(Slot slot, int local, int high) {
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
            code.lstore(high);
        }
    }

    private void load(int bytes, int offset) {
        homes.load(bytes, () -> {
            code.lload(linear);
            if (offset > 0) {
                code.loadConstant((long) offset).ladd();
            }
        });
    }

    private void argument(Use use, int local, int high, int half) {
        if (!use.read()) {
            return;
        }
        if (use.condition()) {
            code.loadConstant(shape.condition());
            homes.flagWord("fr");
            homes.flagWord("fc");
            code.invokestatic(FLAGS, "condition", MethodTypeDesc.of(ConstantDescs.CD_boolean, INT, LONG, LONG));
        } else if (use.carry()) {
            homes.flagWord("fc");
            code.loadConstant(63).lushr();
        } else {
            code.lload(slot(use).bytes() == 16 && !use.low() && half == 1 ? high : local);
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private void store(Slot slot) {
        if (slot.bytes() == 16) {
            homes.store16(() -> code.lload(linear), () -> code.lload(result), () -> code.lload(highResult));
        } else {
            homes.store(slot.bytes(), () -> code.lload(linear), () -> code.lload(result));
        }
    }

    private void flags() {
        code.lload(result);
        signExtend(shape.width());
        code.lstore(result);
        FlagRule rule = FlagRule.of(shape.def().flags());
        Runnable carries = () -> {
            ruleArguments("fc");
            code.invokestatic(rule.owner(), rule.name(), RULE);
        };
        homes.setFlags(carries, () -> {
            if (rule.hasResultRule()) {
                ruleArguments("fr");
                code.invokestatic(rule.owner(), rule.name() + "Result", RULE);
            } else {
                code.lload(result);
            }
        });
    }

    private void ruleArguments(String old) {
        code.loadConstant(shape.width());
        operandValue(0);
        operandValue(1);
        code.lload(result);
        homes.flagWord(old);
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
                homes.x86();
                homes.number(field);
                code.lload(result);
                code.invokevirtual(X86, "setMm", MethodTypeDesc.of(ConstantDescs.CD_void, INT, LONG));
            }
            case NONE -> throw new IllegalArgumentException(shape.def() + ": the emitter cannot write " + slot);
        }
    }

    private void putGeneral(String field, int bytes) {
        switch (bytes) {
            case 1 -> merge(field, 0xffL, 0);
            case 2 -> merge(field, 0xffffL, 0);
            default ->
                homes.put(field, () -> {
                    code.lload(result);
                    if (bytes == 4) {
                        code.loadConstant(0xffff_ffffL).land();
                    }
                });
        }
    }

    /** Replaces the bits of the mask in a general register by the result moved left. */
    private void merge(String field, long mask, int shift) {
        homes.put(field, () -> {
            homes.get(field);
            code.loadConstant(~mask).land().lload(result);
            if (shift > 0) {
                code.loadConstant(shift).lshl();
            }
            code.loadConstant(mask).land().lor();
        });
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
                code.lload(highResult);
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
