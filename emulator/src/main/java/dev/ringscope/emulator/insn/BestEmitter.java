package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Emits a region's method: its blocks one after the other, each instruction by {@link Emitter} with operands in
 * {@link LocalHomes}, the branches between them as jumps. Registers, flags and position are locals; they go back to the
 * processor where the region is left: by a branch to code that it does not hold ({@code exit}), behind an instruction
 * that drove the processor itself and changed what the region relies on ({@code leave}), or in front of an instruction
 * that faults or is left to the interpreter (the handler).
 */
final class BestEmitter extends PlanEmitter {
    private static final ClassDesc BAIL = Bail.class.describeConstable().orElseThrow();

    private final LocalHomes homes;
    private final Label exit;
    private final Label leave;
    private final Label handler;
    private final int pc;
    private final int thrown;
    /** Where the handler's range goes on. */
    private Label protectedFrom;

    /** Start, end and handler. */
    private final List<Label[]> ranges = new ArrayList<>();

    /** For each block that is a loop of its own, where its next iteration begins; else null. */
    private final Label[] again;
    /**
     * Number of the block that is such a loop and has been entered, or -1; its length; the position it was entered at.
     */
    private final int loop;

    private final int loopLength;
    private final int loopStart;

    private final PendingFlags pending;
    private final FlagLife flagLife;
    private Label protectedBy;
    /** For instructions that drive the processor themselves, with the registers spilled. */
    private final ConstantHomes spilled;

    BestEmitter(
            RegionPlan plan,
            CodeBuilder code,
            LocalHomes homes,
            boolean recorded,
            boolean logged,
            List<Instruction> instructions) {
        super(plan, code, recorded, logged, instructions);
        this.homes = homes;
        spilled = new ConstantHomes(code, plan.grade.type, logged, homes.x86);
        exit = code.newLabel();
        leave = code.newLabel();
        handler = code.newLabel();
        pc = code.allocateLocal(TypeKind.LONG);
        thrown = code.allocateLocal(TypeKind.REFERENCE);
        again = new Label[labels.length];
        loop = code.allocateLocal(TypeKind.INT);
        loopLength = code.allocateLocal(TypeKind.INT);
        loopStart = code.allocateLocal(TypeKind.LONG);
        pending = new PendingFlags(code, homes);
        flagLife = new FlagLife(i -> direct(i, Shape.of(i, logged)));
    }

    void emit() {
        homes.enter();
        code.lconst_0().lstore(pc);
        openFlow();
        if (recorded) {
            openLoops();
        }
        protect(handler);
        code.aload(CPU_LOCAL).invokestatic(REGION, "admit", MethodTypeDesc.of(VOID, CPU));
        for (int n = 0; n < labels.length; n++) {
            block(n);
        }
        unprotect();
        code.labelBinding(exit);
        endAnyLoop();
        homes.spill();
        code.aload(CPU_LOCAL).lload(pc).putfield(CPU, "pc", LONG);
        code.aload(CPU_LOCAL).lload(homes.retired).putfield(CPU, "retired", LONG);
        code.aload(CPU_LOCAL).iconst_0().putfield(CPU, "index", INT);
        code.aload(CPU_LOCAL).aconst_null().putfield(CPU, "block", BLOCK);
        code.return_();
        code.labelBinding(leave);
        code.aload(CPU_LOCAL).dup().getfield(CPU, "index", INT);
        code.iconst_1().iadd().putfield(CPU, "index", INT).return_();
        catchAll();
    }

    private void catchAll() {
        Label spill = code.newLabel();
        pending.handlers(thrown, spill);
        code.labelBinding(handler).astore(thrown);
        code.labelBinding(spill);
        endAnyLoop();
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
        begin(n);
        int last = block.ops.length - 1;
        for (int i = 0; i < last; i++) {
            instruction(block, n << 6 | i, block.ops[i].insn, false);
        }
        Instruction end = block.ops[last].insn;
        if (branches(end)) {
            branch(block, n << 6 | last, end, end.def.role);
        } else if (instruction(block, n << 6 | last, end, true)) {
            finish(block);
            go(block, block.next);
        }
    }

    /** All of the block's instructions have retired. */
    private void finish(Block block) {
        if (again[plan.number(block)] == null) {
            note(block);
        }
        code.lload(homes.retired).loadConstant((long) block.length()).ladd().lstore(homes.retired);
    }

    /** The same behind a conditional branch. */
    private void finish(Block block, long target) {
        finish(block);
        if (again[plan.number(block)] != null && target != block.pc) {
            noteLoop(() -> code.loadConstant(block.id), () -> code.loadConstant(block.length()));
            code.iconst_m1().istore(loop);
        }
    }

    @Override
    void retired() {
        code.lload(homes.retired);
    }

    @Override
    void target() {
        code.lload(pc);
    }

    @Override
    void exitTo(long target) {
        code.loadConstant(target).lstore(pc).goto_(exit);
    }

    @Override
    void exit() {
        code.goto_(exit);
    }

    // ---- loops of one block: the flow is told where they end --------------------------------------------------------

    private void openLoops() {
        code.iconst_m1().istore(loop).iconst_0().istore(loopLength).lconst_0().lstore(loopStart);
        for (int n = 0; n < again.length; n++) {
            again[n] = isLoop(plan.blocks.get(n)) ? code.newLabel() : null;
        }
    }

    /**
     * The block branches to itself, and the region is left from within it through {@link #endAnyLoop} alone: none of
     * its instructions is called directly or left to the interpreter.
     */
    private boolean isLoop(Block block) {
        Instruction end = block.ops[block.ops.length - 1].insn;
        if (!holds(block, block.pc) || !branches(end) || end.def.role != Role.JUMP_IF || end.imm != block.pc) {
            return false;
        }
        for (int n = 0; n < block.ops.length - 1; n++) {
            Instruction i = block.ops[n].insn;
            if (i.def == null || direct(i, Shape.of(i, logged))) {
                return false;
            }
        }
        return true;
    }

    @Override
    void entered(int n) {
        if (again[n] != null) {
            Block block = plan.blocks.get(n);
            code.loadConstant(block.id).istore(loop);
            code.loadConstant(block.length()).istore(loopLength);
            code.lload(homes.retired).lstore(loopStart);
            code.labelBinding(again[n]);
        }
    }

    @Override
    Label label(Block from, Block to) {
        Label next = again[plan.number(to)];
        return from == to && next != null ? next : super.label(from, to);
    }

    private void noteLoop(Runnable block, Runnable length) {
        note(block);
        note(() -> {
            code.lload(homes.retired).lload(loopStart).lsub().l2i();
            code.loadConstant(BlockFlow.TIMES).ior();
        });
        note(length);
        code.aload(flow).iconst_1().putfield(FLOW, "loops", ConstantDescs.CD_boolean);
    }

    /** The region is left, perhaps from within a loop, of which some iterations may be over. */
    private void endAnyLoop() {
        if (Arrays.stream(again).allMatch(Objects::isNull)) {
            return;
        }
        Label none = code.newLabel();
        code.iload(loop).iflt(none);
        code.lload(homes.retired).lload(loopStart).lcmp().ifeq(none);
        noteLoop(() -> code.iload(loop), () -> code.iload(loopLength));
        code.labelBinding(none);
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
        homes.begin(i, shape, site);
        boolean wide = i.operandSize == 8;
        if (i.def.role == Role.PUSH && wide && !(logged && shape.memory())) {
            Emitter emitter = new Emitter(shape, homes);
            emitter.readFirst();
            push(() -> code.lload(emitter.first()));
        } else if (i.def.role == Role.POP && wide) {
            Emitter emitter = new Emitter(shape, homes);
            homes.load(8, () -> homes.get(RSP));
            code.lstore(emitter.result());
            grow();
            emitter.writeResult();
        } else if (!direct(i, shape)) {
            Emitter emitter = new Emitter(shape, homes);
            emit(emitter, i.def, shape, flagLife.of(block, site & 63));
            compared = compares(i) ? emitter : null;
        } else {
            return callDefinition(i, shape, last && i.encoding.has("end"));
        }
        return true;
    }

    private void emit(Emitter emitter, Def def, Shape shape, FlagLife.Life life) {
        homes.flagsDropped = life != FlagLife.Life.LIVE;
        emitter.emit();
        homes.flagsDropped = false;
        if (def.flags().isEmpty()) {
            return;
        }
        if (life == FlagLife.Life.PENDING) {
            Label by = pending.keep(emitter, def, shape.width());
            unprotect();
            protect(by);
        } else if (protectedBy != handler) {
            unprotect();
            protect(handler);
        }
    }

    private void leaveBefore(int site) {
        homes.begin(null, null, site);
        homes.spill();
        homes.at();
        code.return_();
    }

    /** Registers must be in the processor for it. */
    private boolean direct(Instruction i, Shape shape) {
        Def def = i.def;
        boolean mmx = shape.slots().stream().anyMatch(s -> s.operand().kind().mmx());
        return drives(def) || mmx || logged && shape.memory() && notedTwice(def, shape);
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
        spilled.begin(i, shape, instructions.size());
        instructions.add(i);
        homes.useAll();
        homes.spill();
        homes.at();
        unprotect();
        new Emitter(shape, spilled).emit();
        if (ends) {
            code.goto_(leave);
            protect(handler);
            return false;
        }
        ifDisturbed(leave);
        homes.reload();
        protect(handler);
        return true;
    }

    private void push(Runnable value) {
        int linear = homes.local();
        homes.get(RSP);
        code.loadConstant(-8L).ladd().lstore(linear);
        homes.store(8, () -> code.lload(linear), value);
        code.lload(linear);
        homes.put(RSP);
    }

    /** The stack pointer goes up by one entry. */
    private void grow() {
        homes.get(RSP);
        code.loadConstant(8L).ladd();
        homes.put(RSP);
    }

    // ---- branches ---------------------------------------------------------------------------------------------------

    private void branch(Block block, int site, Instruction i, Role role) {
        Shape shape = Shape.of(i, logged);
        boolean known = role == Role.JUMP_IF || role == Role.JUMP || role == Role.CALL;
        boolean noted = logged && role == Role.CALL_TO && shape.memory(); // its load would be noted again after a bail
        if (noted || leadsNowhere(i)) {
            leaveBefore(site);
            return;
        }
        if (role == Role.JUMP_IF) {
            branchIf(homes, block, i, target -> finish(block, target));
            return;
        }
        homes.begin(i, shape, site);
        if (role == Role.RETURN) {
            homes.load(8, () -> homes.get(RSP));
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
}
