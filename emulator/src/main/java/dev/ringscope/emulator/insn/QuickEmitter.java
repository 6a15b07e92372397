package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.StopReason;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Emits regions of {@link Grade#QUICK}: what the interpreter does, unrolled. Registers, flags and position stay in the
 * processor, so that the code is short, is compiled quickly, can be entered at any block, and an instruction that
 * faults or drives the processor finds everything in its place.
 */
final class QuickEmitter extends PlanEmitter {
    private static final ClassDesc STOP_REASON =
            StopReason.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc DISTURBED_SINCE = MethodTypeDesc.of(ConstantDescs.CD_boolean, CPU, INT);
    private static final MethodTypeDesc CHECK_TARGET = MethodTypeDesc.of(VOID, CPU, LONG);

    private final ConstantHomes homes;
    private final int x86;
    private final int registers;
    private final int linear;
    /** {@link dev.ringscope.emulator.Cpu#epoch} when it was entered. */
    private final int epoch;

    private final FlagLife flagLife;
    private final Label exit;
    private final Label leave;
    /** Something in the block may have changed what the region relies on. */
    private boolean loud;

    QuickEmitter(RegionPlan plan, CodeBuilder code, boolean recorded, boolean logged, List<Instruction> instructions) {
        super(plan, code, recorded, logged, instructions);
        x86 = code.allocateLocal(TypeKind.REFERENCE);
        registers = code.allocateLocal(TypeKind.REFERENCE);
        linear = code.allocateLocal(TypeKind.LONG);
        epoch = code.allocateLocal(TypeKind.INT);
        homes = new ConstantHomes(code, logged, x86, registers);
        flagLife = new FlagLife(QuickEmitter::loud);
        exit = code.newLabel();
        leave = code.newLabel();
    }

    @Override
    void emit() {
        Label admitted = code.newLabel();
        code.aload(CPU_LOCAL).getfield(CPU, "stop", STOP_REASON);
        code.ifnull(admitted).return_().labelBinding(admitted);
        code.aload(CPU_LOCAL).checkcast(Homes.X86).astore(x86);
        code.aload(CPU_LOCAL).getfield(CPU, "r", Homes.LONGS).astore(registers);
        code.aload(CPU_LOCAL).getfield(CPU, "epoch", INT).istore(epoch);
        openFlow();
        set("end", () -> code.loadConstant(Integer.MAX_VALUE));
        set("index", code::iconst_0);
        if (labels.length > 1) {
            List<SwitchCase> cases = IntStream.range(1, labels.length)
                    .mapToObj(n -> SwitchCase.of(n, labels[n]))
                    .toList();
            code.iload(ENTRY).tableswitch(1, labels.length - 1, labels[0], cases);
        }
        for (int n = 0; n < labels.length; n++) {
            block(n);
        }
        code.labelBinding(exit);
        code.aload(CPU_LOCAL).aconst_null().putfield(CPU, "block", BLOCK).return_();
        code.labelBinding(leave);
        set("index", () -> {
            code.aload(CPU_LOCAL).getfield(CPU, "index", INT);
            code.iconst_1().iadd();
        });
        code.return_();
    }

    /** Sets one of the processor's ints. */
    private void set(String field, Runnable value) {
        code.aload(CPU_LOCAL);
        value.run();
        code.putfield(CPU, field, INT);
    }

    private void setPc(Runnable value) {
        code.aload(CPU_LOCAL);
        value.run();
        code.putfield(CPU, "pc", LONG);
    }

    // ---- blocks -----------------------------------------------------------------------------------------------------

    private void block(int n) {
        Block block = plan.blocks.get(n);
        begin(n);
        loud = false;
        code.aload(CPU_LOCAL).aload(THIS).getfield(REGION, "blocks", BLOCK.arrayType());
        code.loadConstant(n).aaload().putfield(CPU, "block", BLOCK);
        setPc(() -> code.loadConstant(block.next));
        int last = block.ops.length - 1;
        for (int i = 0; i < last; i++) {
            if (!instruction(block, i)) {
                return;
            }
        }
        Instruction end = block.ops[last].insn;
        if (branches(end)) {
            branch(block, last, end);
        } else if (instruction(block, last)) {
            finish(block);
            if (end.encoding.has("end")) {
                dispatch(block);
            } else {
                go(block, block.next);
            }
        }
    }

    /** The same before a branch to a target that the processor's pc does not hold yet. */
    private void finish(Block block, long target) {
        if (loud && target != block.next) {
            setPc(() -> code.loadConstant(target));
        }
        finish(block);
    }

    /** All of the block's instructions have retired; leaves if something has happened meanwhile. */
    private void finish(Block block) {
        note(block);
        code.aload(CPU_LOCAL).dup().getfield(CPU, "retired", LONG);
        code.loadConstant((long) block.length()).ladd().putfield(CPU, "retired", LONG);
        if (loud) {
            set("index", code::iconst_0);
            code.aload(CPU_LOCAL).iload(epoch).invokestatic(REGION, "disturbed", DISTURBED_SINCE);
            code.ifne(exit);
        }
    }

    @Override
    void retired() {
        code.aload(CPU_LOCAL).getfield(CPU, "retired", LONG);
    }

    @Override
    void target() {
        code.aload(CPU_LOCAL).getfield(CPU, "pc", LONG);
    }

    @Override
    void exitTo(long target) {
        setPc(() -> code.loadConstant(target));
        exit();
    }

    @Override
    void exit() {
        code.goto_(exit);
    }

    // ---- instructions -----------------------------------------------------------------------------------------------

    /** It may fault, tell the recorder something, or change what the region relies on. */
    private static boolean loud(Instruction i) {
        return i.def == null || drives(i.def) || FlagLife.mayLeave(i);
    }

    /** @return whether execution goes on behind it */
    private boolean instruction(Block block, int n) {
        Instruction i = block.ops[n].insn;
        compared = null;
        if (i.def == null) {
            leaveBefore(n);
            return false;
        }
        boolean mayLeave = loud(i);
        if (mayLeave) {
            at(n);
        }
        Shape shape = begin(i);
        Emitter emitter = new Emitter(shape, homes);
        boolean wide = i.operandSize == 8;
        if (i.def.role == Role.PUSH && wide) {
            emitter.readFirst();
            push(() -> code.lload(emitter.first()));
        } else if (i.def.role == Role.POP && wide) {
            homes.load(8, () -> homes.get(RSP));
            code.lstore(emitter.result());
            release();
            emitter.writeResult();
        } else {
            homes.flagsDropped = flagLife.of(block, n) == FlagLife.Life.DEAD;
            emitter.emit();
            homes.flagsDropped = false;
            compared = compares(i) ? emitter : null;
        }
        if (mayLeave && n < block.ops.length - 1) {
            code.aload(CPU_LOCAL).getfield(CPU, "end", INT);
            code.loadConstant(Integer.MAX_VALUE).if_icmpne(leave);
        }
        return true;
    }

    private Shape begin(Instruction i) {
        Shape shape = Shape.of(i, logged);
        homes.begin(i, shape, instructions.size());
        if (i.def.takesInstruction) {
            instructions.add(i);
        }
        return shape;
    }

    /** The processor is at the block's n-th instruction. */
    private void at(int n) {
        loud = true;
        set("index", () -> code.loadConstant(n));
    }

    private void leaveBefore(int n) {
        at(n);
        code.return_();
    }

    private void push(Runnable value) {
        homes.get(RSP);
        code.loadConstant(-8L).ladd().lstore(linear);
        homes.store(8, () -> code.lload(linear), value);
        homes.put(RSP, () -> code.lload(linear));
    }

    /** The stack pointer goes up by one entry. */
    private void release() {
        homes.put(RSP, () -> {
            homes.get(RSP);
            code.loadConstant(8L).ladd();
        });
    }

    // ---- branches ---------------------------------------------------------------------------------------------------

    private void branch(Block block, int n, Instruction i) {
        if (leadsNowhere(i)) {
            leaveBefore(n);
            return;
        }
        switch (i.def.role) {
            case JUMP_IF -> branchIf(homes, block, i, target -> finish(block, target));
            case JUMP -> {
                finish(block, i.imm);
                go(block, i.imm);
            }
            case CALL -> {
                at(n);
                push(() -> code.loadConstant(block.next));
                setPc(() -> code.loadConstant(i.imm));
                finish(block);
                go(block, i.imm);
            }
            case JUMP_TO, CALL_TO -> {
                at(n);
                Emitter emitter = new Emitter(begin(i), homes);
                emitter.readFirst();
                checkTarget(emitter.first());
                if (i.def.role == Role.CALL_TO) {
                    push(() -> code.loadConstant(block.next));
                }
                setPc(() -> code.lload(emitter.first()));
                finish(block);
                dispatch(block);
            }
            case RETURN -> {
                at(n);
                homes.begin(i, Shape.of(i, logged), 0);
                int target = homes.local();
                homes.load(8, () -> homes.get(RSP));
                code.lstore(target);
                checkTarget(target);
                release();
                setPc(() -> code.lload(target));
                finish(block);
                dispatch(block);
            }
            case PLAIN, PUSH, POP -> throw new IllegalArgumentException(i + " is no branch");
        }
    }

    private void checkTarget(int target) {
        code.aload(CPU_LOCAL).lload(target).invokestatic(REGION, "checkTarget", CHECK_TARGET);
    }
}
