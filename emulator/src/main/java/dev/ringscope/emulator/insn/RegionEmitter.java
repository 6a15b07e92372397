package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits a region's method: its blocks one after the other, each instruction by {@link Emitter} with operands in
 * {@link RegionHomes}, the branches between them as jumps. Registers, flags and position are locals; they go back to
 * the processor where the region is left: by a branch to code that it does not hold ({@code exit}), behind an
 * instruction that drove the processor itself and changed what the region relies on ({@code leave}), or in front of an
 * instruction that faults or is left to the interpreter (the handler).
 */
final class RegionEmitter {
    private static final ClassDesc REGION = RegionHomes.REGION;
    private static final ClassDesc CPU = Homes.CPU;
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc BLOCK = Block.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOW = BlockFlow.class.describeConstable().orElseThrow();
    private static final ClassDesc BAIL = Bail.class.describeConstable().orElseThrow();
    private static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();

    private final RegionPlan plan;
    private final CodeBuilder code;
    private final RegionHomes homes;
    private final boolean logged;
    private final boolean recorded;
    private final List<Instruction> instructions;
    private final Label[] labels;
    private final Label exit;
    private final Label leave;
    private final Label handler;
    private final int pc;
    private final int flow;
    private final int entries;
    private final int count;
    private final int thrown;
    /** Where the handler's range goes on. */
    private Label protectedFrom;

    /** Start, end and handler. */
    private final List<Label[]> ranges = new ArrayList<>();

    private final PendingFlags pending;
    private Label protectedBy;
    /** Operands of the comparison right before, still in their locals; null where there is none. */
    private Emitter compared;

    RegionEmitter(
            RegionPlan plan,
            CodeBuilder code,
            RegionHomes homes,
            boolean recorded,
            boolean logged,
            List<Instruction> instructions) {
        this.plan = plan;
        this.code = code;
        this.homes = homes;
        this.recorded = recorded;
        this.logged = logged;
        this.instructions = instructions;
        labels = new Label[plan.blocks.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = code.newLabel();
        }
        exit = code.newLabel();
        leave = code.newLabel();
        handler = code.newLabel();
        pc = code.allocateLocal(TypeKind.LONG);
        flow = code.allocateLocal(TypeKind.REFERENCE);
        entries = code.allocateLocal(TypeKind.REFERENCE);
        count = code.allocateLocal(TypeKind.INT);
        thrown = code.allocateLocal(TypeKind.REFERENCE);
        pending = new PendingFlags(code, homes, i -> direct(i, Shape.of(i, logged)));
    }

    void emit() {
        homes.enter();
        code.lconst_0().lstore(pc);
        code.aload(RegionHomes.THIS).getfield(REGION, "flow", FLOW).astore(flow);
        code.aload(flow).getfield(FLOW, "entries", INT.arrayType()).astore(entries);
        protect(handler);
        code.aload(RegionHomes.CPU_LOCAL);
        code.invokestatic(REGION, "admit", MethodTypeDesc.of(ConstantDescs.CD_void, CPU));
        for (int n = 0; n < labels.length; n++) {
            block(n);
        }
        unprotect();
        code.labelBinding(exit);
        homes.spill();
        code.aload(RegionHomes.CPU_LOCAL).lload(pc).putfield(CPU, "pc", LONG);
        code.aload(RegionHomes.CPU_LOCAL).lload(homes.retired).putfield(CPU, "retired", LONG);
        code.aload(RegionHomes.CPU_LOCAL).iconst_0().putfield(CPU, "index", INT);
        code.aload(RegionHomes.CPU_LOCAL).aconst_null().putfield(CPU, "block", BLOCK);
        code.return_();
        code.labelBinding(leave);
        code.aload(RegionHomes.CPU_LOCAL).dup().getfield(CPU, "index", INT);
        code.iconst_1().iadd().putfield(CPU, "index", INT).return_();
        catchAll();
    }

    private void catchAll() {
        Label spill = code.newLabel();
        pending.handlers(thrown, spill);
        code.labelBinding(handler).astore(thrown);
        code.labelBinding(spill);
        homes.spill();
        Label fault = code.newLabel();
        code.aload(thrown).instanceOf(BAIL).ifeq(fault).return_();
        code.labelBinding(fault).aload(thrown).athrow();
        for (Label[] range : ranges) {
            code.exceptionCatch(range[0], range[1], range[2], ConstantDescs.CD_Throwable);
        }
    }

    private void protect(Label by) {
        protectedBy = by;
        protectedFrom = code.newLabel();
        code.labelBinding(protectedFrom).nop(); // a range must not be empty
    }

    private void unprotect() {
        Label end = code.newLabel();
        code.labelBinding(end);
        ranges.add(new Label[] {protectedFrom, end, protectedBy});
    }

    // ---- blocks -----------------------------------------------------------------------------------------------------

    private void block(int n) {
        Block block = plan.blocks.get(n);
        code.labelBinding(labels[n]);
        compared = null;
        if (plan.guarded[n]) {
            Label here = code.newLabel();
            code.aload(RegionHomes.THIS).aload(RegionHomes.CPU_LOCAL).loadConstant(plan.place(block));
            code.invokevirtual(REGION, "away", MethodTypeDesc.of(ConstantDescs.CD_boolean, CPU, INT));
            code.ifeq(here);
            exitTo(block.pc);
            code.labelBinding(here);
        }
        int last = block.ops.length - 1;
        for (int i = 0; i < last; i++) {
            instruction(block, n << 6 | i, block.ops[i].insn, false);
        }
        Instruction end = block.ops[last].insn;
        Role role = end.def == null ? Role.PLAIN : end.def.role;
        if (role.ordinal() >= Role.JUMP_IF.ordinal() && end.operandSize == 8) {
            branch(block, n << 6 | last, end, role);
        } else if (instruction(block, n << 6 | last, end, true)) {
            finish(block);
            go(block, block.next);
        }
    }

    /**
     * Jumps to a block of the region; leaves before it if it is a branch back and there is no room for what follows.
     */
    private void jump(Block from, Block to) {
        int n = plan.number(to);
        if (n <= plan.number(from)) {
            Label out = code.newLabel();
            code.lload(homes.retired).loadConstant((long) plan.reach[n]).ladd();
            code.lload(RegionHomes.LIMIT).lcmp();
            if (recorded) {
                code.ifgt(out).aload(flow).getfield(FLOW, "count", INT);
                code.loadConstant(BlockFlow.CAPACITY - 2 - plan.reachBlocks[n]).if_icmple(labels[n]);
            } else {
                code.ifle(labels[n]);
            }
            code.labelBinding(out);
            exitTo(to.pc);
        } else {
            code.goto_(labels[n]);
        }
    }

    private void exitTo(long target) {
        code.loadConstant(target).lstore(pc).goto_(exit);
    }

    /** All of the block's instructions have retired. */
    private void finish(Block block) {
        if (recorded) {
            code.aload(flow).getfield(FLOW, "count", INT).istore(count);
            code.aload(entries).iload(count).loadConstant(block.id).iastore();
            code.aload(flow).iload(count).iconst_1().iadd().putfield(FLOW, "count", INT);
        }
        code.lload(homes.retired).loadConstant((long) block.length()).ladd().lstore(homes.retired);
    }

    /** To a target that is known: in the region if it holds it. */
    private void go(Block from, long target) {
        for (Block follower : plan.followers.get(plan.number(from))) {
            if (follower.pc == target) {
                jump(from, follower);
                return;
            }
        }
        exitTo(target);
    }

    /** To the target in {@link #pc}. */
    private void dispatch(Block from) {
        for (Block follower : plan.followers.get(plan.number(from))) {
            Label other = code.newLabel();
            code.lload(pc).loadConstant(follower.pc).lcmp().ifne(other);
            jump(from, follower);
            code.labelBinding(other);
        }
        code.goto_(exit);
    }

    // ---- instructions -----------------------------------------------------------------------------------------------

    /** @return whether execution goes on behind it */
    private boolean instruction(Block block, int site, Instruction i, boolean last) {
        compared = null;
        if (i.def == null) {
            leaveBefore(site);
            return false;
        }
        Shape shape = Shape.of(i, logged);
        homes.begin(i, shape, site, instructions.size());
        boolean wide = i.operandSize == 8;
        if (i.def.role == Role.PUSH && wide && !(logged && shape.memory())) {
            Emitter emitter = new Emitter(shape, homes);
            emitter.readFirst();
            push(() -> code.lload(emitter.first()));
        } else if (i.def.role == Role.POP && wide) {
            Emitter emitter = new Emitter(shape, homes);
            homes.load(8, () -> homes.get(RegionHomes.RSP));
            code.lstore(emitter.result());
            grow();
            emitter.writeResult();
        } else if (!direct(i, shape)) {
            Emitter emitter = new Emitter(shape, homes);
            emit(emitter, i.def, shape, pending.life(block, site & 63));
            compared = i.def.flags().equals("sub") && i.def.uses.size() == 2 ? emitter : null;
        } else {
            return callDefinition(i, shape, last && i.encoding.has("end"));
        }
        return true;
    }

    private void emit(Emitter emitter, Def def, Shape shape, PendingFlags.Life life) {
        homes.flagsDropped = life != PendingFlags.Life.LIVE;
        emitter.emit();
        homes.flagsDropped = false;
        if (def.flags().isEmpty()) {
            return;
        }
        if (life == PendingFlags.Life.PENDING) {
            Label by = pending.keep(emitter, def, shape.width());
            unprotect();
            protect(by);
        } else if (protectedBy != handler) {
            unprotect();
            protect(handler);
        }
    }

    private void leaveBefore(int site) {
        homes.begin(null, null, site, 0);
        homes.spill();
        homes.at();
        code.return_();
    }

    /** Registers must be in the processor for it. */
    private boolean direct(Instruction i, Shape shape) {
        Def def = i.def;
        boolean drives = def.takesInstructionOnly() || def.takesCpu || def.takesMxcsr;
        boolean mmx = shape.slots().stream().anyMatch(s -> s.operand().kind().mmx());
        return drives || mmx || logged && shape.memory() && notedTwice(def, shape);
    }

    /** Done again after a bail-out it would note an access again. */
    private static boolean notedTwice(Def def, Shape shape) {
        return def.uses.stream()
                .filter(u -> u.operand() >= 0 && shape.slots().get(u.operand()).place() == Shape.Place.MEMORY)
                .anyMatch(u -> u.read() && u.written()
                        || shape.slots().get(u.operand()).bytes() == 16);
    }

    /** @return whether execution goes on behind it */
    private boolean callDefinition(Instruction i, Shape shape, boolean ends) {
        instructions.add(i);
        homes.useAll();
        homes.spill();
        homes.at();
        unprotect();
        homes.spilled = true;
        new Emitter(shape, homes).emit();
        homes.spilled = false;
        if (ends) {
            code.goto_(leave);
            protect(handler);
            return false;
        }
        code.aload(RegionHomes.CPU_LOCAL)
                .invokestatic(REGION, "disturbed", MethodTypeDesc.of(ConstantDescs.CD_boolean, CPU))
                .ifne(leave);
        homes.reload();
        protect(handler);
        return true;
    }

    private void push(Runnable value) {
        int linear = homes.local();
        homes.get(RegionHomes.RSP);
        code.loadConstant(-8L).ladd().lstore(linear);
        homes.store(8, () -> code.lload(linear), value);
        code.lload(linear);
        homes.put(RegionHomes.RSP);
    }

    /** The stack pointer goes up by one entry. */
    private void grow() {
        homes.get(RegionHomes.RSP);
        code.loadConstant(8L).ladd();
        homes.put(RegionHomes.RSP);
    }

    // ---- branches ---------------------------------------------------------------------------------------------------

    private void branch(Block block, int site, Instruction i, Role role) {
        Shape shape = Shape.of(i, logged);
        boolean known = role == Role.JUMP_IF || role == Role.JUMP || role == Role.CALL;
        boolean noted = logged && role == Role.CALL_TO && shape.memory(); // its load would be noted again after a bail
        if (noted || known && i.imm << 16 >> 16 != i.imm) {
            leaveBefore(site);
            return;
        }
        if (role == Role.JUMP_IF) {
            Label untaken = code.newLabel();
            condition(i.opcode & 15, untaken);
            finish(block);
            go(block, i.imm);
            code.labelBinding(untaken);
            finish(block);
            go(block, block.next);
            return;
        }
        homes.begin(i, shape, site, instructions.size());
        if (role == Role.RETURN) {
            homes.load(8, () -> homes.get(RegionHomes.RSP));
            code.lstore(pc);
            homes.requireCanonical(pc);
            grow();
        } else if (!known) {
            Emitter emitter = new Emitter(shape, homes);
            emitter.readFirst();
            code.lload(emitter.first()).lstore(pc);
            homes.requireCanonical(pc);
        }
        if (role == Role.CALL || role == Role.CALL_TO) {
            push(() -> code.loadConstant(block.next));
        }
        finish(block);
        if (known) {
            go(block, i.imm);
        } else {
            dispatch(block);
        }
    }

    /** Jumps if the condition does not hold. */
    private void condition(int cc, Label untaken) {
        boolean negated = (cc & 1) != 0;
        boolean unsigned = cc >> 1 == 1 || cc >> 1 == 3;
        boolean signed = cc >> 1 == 6 || cc >> 1 == 7;
        if (compared == null || !unsigned && !signed) {
            code.loadConstant(cc).lload(homes.fr).lload(homes.fc);
            code.invokestatic(FLAGS, "condition", MethodTypeDesc.of(ConstantDescs.CD_boolean, INT, LONG, LONG));
            code.ifeq(untaken);
            return;
        }
        ordered(compared.first(), unsigned);
        ordered(compared.second(), unsigned);
        code.lcmp();
        boolean orEqual = cc >> 1 == 3 || cc >> 1 == 7;
        if (negated) {
            if (orEqual) {
                code.ifle(untaken);
            } else {
                code.iflt(untaken);
            }
        } else if (orEqual) {
            code.ifgt(untaken);
        } else {
            code.ifge(untaken);
        }
    }

    /** Pushes a number that compares as a signed one. */
    private void ordered(int local, boolean unsigned) {
        code.lload(local);
        if (unsigned) {
            code.loadConstant(Long.MIN_VALUE).lxor();
        }
    }
}
