package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Emits a region's method: its blocks one after the other, and the branches between them as jumps. Each instruction is
 * emitted by {@link Emitter}; the subclasses say where registers, flags and position live meanwhile.
 */
abstract class PlanEmitter {
    static final ClassDesc REGION = Region.class.describeConstable().orElseThrow();
    static final ClassDesc CPU = Homes.CPU;
    static final ClassDesc LONG = ConstantDescs.CD_long;
    static final ClassDesc INT = ConstantDescs.CD_int;
    static final ClassDesc VOID = ConstantDescs.CD_void;
    static final ClassDesc BLOCK = Block.class.describeConstable().orElseThrow();
    static final ClassDesc FLOW = BlockFlow.class.describeConstable().orElseThrow();
    private static final ClassDesc PLACE = CodePlace.class.describeConstable().orElseThrow();
    static final int THIS = 0;
    static final int CPU_LOCAL = 1;
    static final int LIMIT = 2;
    static final int ENTRY = 4;
    static final int RSP = 4;
    /** Entries that a block which ends early adds to the flow where the region is left. */
    private static final int ROOM = 2;

    final RegionPlan plan;
    final CodeBuilder code;
    final boolean logged;
    /** Those whose definitions want them, in the order of {@link Region#instructions}. */
    final List<Instruction> instructions;

    final Label[] labels;
    /** The flow is noted. */
    final boolean recorded;

    private final int count;
    /** Operands of the comparison right before, still in their locals; null where there is none. */
    Emitter compared;

    final RegionLoops loops;

    /** @param quiet blocks that may be part of loops which the flow is told of as a whole */
    PlanEmitter(
            RegionPlan plan,
            CodeBuilder code,
            boolean recorded,
            boolean logged,
            List<Instruction> instructions,
            Predicate<Block> quiet) {
        this.plan = plan;
        this.code = code;
        this.recorded = recorded;
        this.logged = logged;
        this.instructions = instructions;
        loops = new RegionLoops(plan, quiet);
        labels = new Label[plan.blocks.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = code.newLabel();
        }
        count = code.allocateLocal(TypeKind.INT);
    }

    abstract void emit();

    /** Pushes how many instructions have retired. */
    abstract void retired();

    /** Pushes the target of the branch that has been executed. */
    abstract void target();

    /** Leaves the region before code that it does not hold. */
    abstract void exitTo(long target);

    /** The same before the code at {@link #target}. */
    abstract void exit();

    /** Begins a block: leaves before it if the page it is on may have moved. */
    final void begin(int n) {
        Block block = plan.blocks.get(n);
        code.labelBinding(labels[n]);
        entered(n);
        compared = null;
        if (plan.guarded[n]) {
            Label here = code.newLabel();
            code.aload(THIS).getfield(REGION, "places", PLACE.arrayType());
            code.loadConstant(plan.place(block)).aaload().getfield(PLACE, "epoch", INT);
            code.aload(CPU_LOCAL).getfield(CPU, "epoch", INT).if_icmpeq(here);
            exitTo(block.pc);
            code.labelBinding(here);
        }
    }

    /**
     * Jumps if {@link Region#disturbed} would say so. Not by a call: C1 makes a number of the boolean that a method
     * gives back, and then compares it.
     */
    final void ifDisturbed(Label out) {
        ifEnded(out);
        code.aload(CPU_LOCAL)
                .getfield(CPU, "attention", ConstantDescs.CD_boolean)
                .ifne(out);
    }

    /** Jumps if the block ends early, or the region must be left behind the instruction. */
    final void ifEnded(Label out) {
        code.aload(CPU_LOCAL).getfield(CPU, "end", INT);
        code.loadConstant(Cpu.UNDISTURBED).if_icmpne(out);
    }

    /** Right behind the label of a block. */
    void entered(int n) {}

    /** Notes that the block has been executed. */
    final void note(Block block) {
        if (recorded) {
            note(() -> code.loadConstant(block.id));
        }
    }

    /** Its length stays in memory: in a local it would take one of the processor's registers from the guest. */
    final void note(Runnable entry) {
        flowCount();
        code.istore(count);
        constant(RegionConstants.ENTRIES);
        code.iload(count);
        entry.run();
        code.iastore();
        constant(RegionConstants.FLOW);
        code.iload(count).iconst_1().iadd().putfield(FLOW, "count", INT);
    }

    final void constant(RegionConstants constant) {
        constant.push(code, plan.grade.type);
    }

    private void flowCount() {
        constant(RegionConstants.FLOW);
        code.getfield(FLOW, "count", INT);
    }

    /** Jumps if the flow has no room for what a block and those behind it add. */
    final void ifFull(int n, Label full) {
        flowCount();
        code.loadConstant(BlockFlow.CAPACITY - ROOM - loops.room(n)).if_icmpgt(full);
    }

    /** For a branch from a block to another or itself. */
    Label label(Block from, Block to) {
        return labels[plan.number(to)];
    }

    /**
     * Jumps to a block of the region; leaves before it if it is a branch back and there is no room for what follows.
     */
    void jump(Block from, Block to) {
        int n = plan.number(to);
        Label label = label(from, to);
        if (n > plan.number(from)) {
            code.goto_(label);
            return;
        }
        Label out = code.newLabel();
        retired();
        code.loadConstant((long) plan.reach[n]).ladd();
        code.lload(LIMIT).lcmp();
        code.ifgt(out);
        if (recorded && loops.of(to) == null) { // where a loop is entered it is asked, and to go round adds nothing
            ifFull(n, out);
        }
        code.goto_(label); // a conditional branch back keeps what it compared: HotSpot may stop the thread there
        code.labelBinding(out);
        exitTo(to.pc);
    }

    /** Whether the region holds the code at a target that a block leads to. */
    final boolean holds(Block from, long target) {
        for (Block follower : plan.followers.get(plan.number(from))) {
            if (follower.pc == target) {
                return true;
            }
        }
        return false;
    }

    /** Whether a block leads to another of the region. */
    final boolean followed(Block from) {
        return !plan.followers.get(plan.number(from)).isEmpty();
    }

    /** To a target that is known: in the region if it holds it. */
    final void go(Block from, long target) {
        for (Block follower : plan.followers.get(plan.number(from))) {
            if (follower.pc == target) {
                jump(from, follower);
                return;
            }
        }
        exitTo(target);
    }

    /** To {@link #target}. */
    final void dispatch(Block from) {
        for (Block follower : plan.followers.get(plan.number(from))) {
            Label other = code.newLabel();
            target();
            code.loadConstant(follower.pc).lcmp().ifne(other);
            jump(from, follower);
            code.labelBinding(other);
        }
        exit();
    }

    static boolean drives(Def def) {
        return def.takesInstruction || def.takesInstructionOnly() && !def.idle() || def.takesCpu || def.takesMxcsr;
    }

    /** The instruction jumps, in 64-bit code, as {@link Role} says. */
    static boolean branches(Instruction i) {
        return i.def != null && i.def.role.ordinal() >= Role.JUMP_IF.ordinal() && i.operandSize == 8;
    }

    /** A branch of fixed target goes to an address that is not canonical, and faults. */
    static boolean leadsNowhere(Instruction i) {
        Role role = i.def.role;
        boolean known = role == Role.JUMP_IF || role == Role.JUMP || role == Role.CALL;
        return known && i.imm << 16 >> 16 != i.imm;
    }

    /** A conditional branch; {@code finish} is emitted on either side and given where it leads. */
    final void branchIf(Homes homes, Block block, Instruction i, LongConsumer finish) {
        Label untaken = code.newLabel();
        Conditions.unless(homes, compared, i.opcode & 15, untaken);
        finish.accept(i.imm);
        go(block, i.imm);
        code.labelBinding(untaken);
        finish.accept(block.next);
        go(block, block.next);
    }

    /** Whether the operands of an instruction that has just been emitted may serve a conditional branch. */
    static boolean compares(Instruction i) {
        return i.def.flags().equals("sub") && i.def.uses.size() == 2;
    }
}
