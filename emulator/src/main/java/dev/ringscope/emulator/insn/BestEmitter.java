package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Emits a region's method: its blocks one after the other, each instruction by {@link Emitter} with operands in
 * {@link LocalHomes}, the branches between them as jumps. Registers, flags and position are locals; they go back to the
 * processor where the region is left: by a branch to code that it does not hold ({@code exit}), behind an instruction
 * that drove the processor itself and changed what the region relies on ({@code leave}), or in front of an instruction
 * that faults or is left to the interpreter (the handler).
 */
final class BestEmitter extends PlanEmitter {
    private static final ClassDesc BAIL = Bail.class.describeConstable().orElseThrow();
    /** Bytecodes of slow paths that a region may have in loops. */
    private static final int MOST_SLOW = 2_500;

    private final LocalHomes homes;
    private final Label leave;
    /** Outside loops. */
    private final Way plain;

    /** For each loop. */
    private final List<Way> ways = new ArrayList<>();

    private final int pc;
    private final int thrown;
    /** Where the handler's range goes on. */
    private Label protectedFrom;

    /** Start, end and handler. */
    private final List<Label[]> ranges = new ArrayList<>();

    /** For each block that is in a loop, where it goes on if it comes from within; else null. */
    private final Label[] again;
    /** The position at which the present loop was entered. */
    private final int loopStart;
    /** Its {@link BlockFlow#shape}, with the number of the block that it was entered at. */
    private final int loopShape;
    /** Where execution goes on behind a loop: 0 outside the region, else one of its ways out, numbered from 1. */
    private final int onward;
    /** How the region is left from what is emitted at present. */
    private Way way;
    /** Where the exits of the block that is emitted come together; null in front of its first instruction. */
    private Label tail;

    private final List<Tail> tails = new ArrayList<>();
    /** Blocks of loops, whose accesses are emitted at length: see {@link LocalHomes#slowly}. */
    private final Set<Block> spacious = new HashSet<>();

    private final PendingFlags pending;
    private final FlagLife flagLife;
    private Label protectedBy;
    /** For instructions that drive the processor themselves, with the registers spilled. */
    private final ConstantHomes spilled;

    /**
     * How the region, or one of its loops, is left.
     *
     * @param exit before other code
     * @param handler where an exception is caught
     * @param caught the same when it is in its local
     * @param slow where one is caught while registers and flags are the processor's
     * @param onward edges from a loop to blocks of the region
     */
    private record Way(Label exit, Label handler, Label caught, Label slow, List<Edge> onward) {}

    private record Edge(Block from, Block to) {}

    /**
     * The exits of one block, joined: what only they need is then computed behind them. HotSpot computes it in front of
     * the first, in each iteration of a loop, if they go separate ways.
     */
    private record Tail(Label start, Way way) {}

    BestEmitter(
            RegionPlan plan,
            CodeBuilder code,
            LocalHomes homes,
            boolean recorded,
            boolean logged,
            List<Instruction> instructions) {
        super(plan, code, recorded, logged, instructions, block -> quiet(block, logged));
        this.homes = homes;
        spilled = new ConstantHomes(code, plan.grade.type, logged, homes.x86);
        plain = newWay();
        way = plain;
        if (recorded) {
            loops.loops.forEach(_ -> ways.add(newWay()));
        }
        leave = code.newLabel();
        pc = code.allocateLocal(TypeKind.LONG);
        thrown = code.allocateLocal(TypeKind.REFERENCE);
        again = new Label[labels.length];
        loopStart = code.allocateLocal(TypeKind.LONG);
        loopShape = code.allocateLocal(TypeKind.INT);
        onward = code.allocateLocal(TypeKind.INT);
        pending = new PendingFlags(code, homes);
        flagLife = new FlagLife(i -> direct(i, Shape.of(i, logged), logged));
        if (!logged) {
            giveRoom();
        }
    }

    private void giveRoom() {
        int room = MOST_SLOW;
        for (RegionLoops.Loop loop : loops.loops) {
            int size = homes.slowSize()
                    * loop.blocks().stream().mapToInt(BestEmitter::accesses).sum();
            if (size <= room) {
                room -= size;
                spacious.addAll(loop.blocks());
            }
        }
    }

    /** At most so many. */
    private static int accesses(Block block) {
        int most = 0;
        for (Op op : block.ops) {
            Instruction i = op.insn;
            boolean stack = i.def != null && i.def.role != Role.PLAIN && i.def.role != Role.JUMP_IF;
            most += (i.memory ? 2 : 0) + (stack ? 1 : 0);
        }
        return most;
    }

    private Way newWay() {
        return new Way(code.newLabel(), code.newLabel(), code.newLabel(), code.newLabel(), new ArrayList<>());
    }

    void emit() {
        protect(plain.slow); // while registers are the processor's: those in locals would live on across the call
        code.aload(CPU_LOCAL).invokestatic(REGION, "admit", MethodTypeDesc.of(VOID, CPU));
        unprotect();
        homes.enter();
        code.lconst_0().lstore(pc);
        code.lconst_0()
                .lstore(loopStart)
                .iconst_0()
                .istore(loopShape)
                .iconst_0()
                .istore(onward);
        protect(plain.handler);
        for (int n = 0; n < labels.length; n++) {
            block(n);
        }
        unprotect();
        for (Tail each : tails) {
            code.labelBinding(each.start);
            leaveBy(each.way);
        }
        for (int n = 0; n < ways.size(); n++) {
            endLoop(loops.loops.get(n), ways.get(n));
        }
        code.labelBinding(plain.exit);
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
        Label end = code.newLabel();
        pending.handlers(thrown);
        for (int n = 0; n < ways.size(); n++) {
            RegionLoops.Loop loop = loops.loops.get(n);
            Way of = ways.get(n);
            code.labelBinding(of.handler).astore(thrown).labelBinding(of.caught);
            note(loop);
            code.goto_(plain.caught);
            if (catches(of.slow)) {
                code.labelBinding(of.slow).astore(thrown);
                takeRetired();
                note(loop);
                code.goto_(end);
            }
        }
        code.labelBinding(plain.handler).astore(thrown).labelBinding(plain.caught);
        homes.spill();
        code.goto_(end);
        Label fault = code.newLabel();
        code.labelBinding(plain.slow).astore(thrown);
        code.labelBinding(end);
        code.aload(thrown).instanceOf(BAIL).ifeq(fault).return_();
        code.labelBinding(fault).aload(thrown).athrow();
        for (Label[] range : ranges) {
            code.exceptionCatch(range[0], range[1], range[2], ConstantDescs.CD_Throwable);
        }
    }

    private boolean catches(Label handler) {
        return ranges.stream().anyMatch(r -> r[2] == handler);
    }

    /** See {@link LocalHomes#slowly}. */
    private void slowly(Runnable call) {
        Label before = protectedBy;
        pending.make(before);
        homes.spill();
        unprotect();
        protect(way.slow);
        call.run();
        unprotect();
        protect(before);
        takeRetired();
        homes.reloadRegisters();
    }

    private void takeRetired() {
        code.aload(CPU_LOCAL).getfield(CPU, "retired", LONG).lstore(homes.retired);
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
        RegionLoops.Loop in = notedLoop(block);
        way = in == null ? plain : ways.get(in.number());
        tail = null;
        unprotect();
        protect(way.handler);
        begin(n);
        tail = code.newLabel();
        homes.slowly = spacious.contains(block) ? this::slowly : null;
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

    /** The loop of a block, if the flow is told of it. */
    private RegionLoops.Loop notedLoop(Block block) {
        return recorded ? loops.of(block) : null;
    }

    /** All of the block's instructions have retired. */
    private void finish(Block block) {
        if (notedLoop(block) == null) {
            note(block);
        }
        code.lload(homes.retired).loadConstant((long) block.length()).ladd().lstore(homes.retired);
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
        code.loadConstant(target).lstore(pc);
        exit();
    }

    @Override
    void exit() {
        if (tail == null) {
            leaveBy(way);
            return;
        }
        if (tails.isEmpty() || tails.getLast().start != tail) {
            tails.add(new Tail(tail, way));
        }
        code.goto_(tail);
    }

    private void leaveBy(Way out) {
        if (out != plain) {
            code.iconst_0().istore(onward);
        }
        code.goto_(out.exit);
    }

    // ---- loops: the flow is told where they are left ----------------------------------------------------------------

    /**
     * The region is left from within the block by a {@link Way} alone: none of its instructions is called directly or
     * left to the interpreter.
     */
    private static boolean quiet(Block block, boolean logged) {
        int last = block.ops.length - 1;
        for (int n = 0; n <= last; n++) {
            Instruction i = block.ops[n].insn;
            boolean left = n == last && branches(i)
                    ? leftToInterpreter(i, Shape.of(i, logged), logged)
                    : i.def == null || direct(i, Shape.of(i, logged), logged);
            if (left) {
                return false;
            }
        }
        return true;
    }

    @Override
    void entered(int n) {
        Block block = plan.blocks.get(n);
        RegionLoops.Loop entered = notedLoop(block);
        if (entered == null) {
            return;
        }
        Label room = code.newLabel();
        Label full = code.newLabel();
        ifFull(n, full);
        code.goto_(room);
        code.labelBinding(full).loadConstant(block.pc).lstore(pc).goto_(plain.exit);
        code.labelBinding(room);
        code.loadConstant(entered.shape(block)).istore(loopShape);
        code.lload(homes.retired).lstore(loopStart);
        code.labelBinding(again(n));
    }

    private Label again(int n) {
        return again[n] == null ? again[n] = code.newLabel() : again[n];
    }

    @Override
    void jump(Block from, Block to) {
        RegionLoops.Loop left = notedLoop(from);
        if (left == null || loops.inside(from, to)) {
            super.jump(from, to);
            return;
        }
        way.onward.add(new Edge(from, to));
        code.loadConstant(way.onward.size()).istore(onward).goto_(way.exit);
    }

    /** Where it is left for what follows it. */
    private void endLoop(RegionLoops.Loop loop, Way out) {
        code.labelBinding(out.exit);
        note(loop);
        way = plain;
        tail = null;
        for (int n = 0; n < out.onward.size(); n++) {
            Label other = code.newLabel();
            code.iload(onward).loadConstant(n + 1).if_icmpne(other);
            super.jump(out.onward.get(n).from, out.onward.get(n).to);
            code.labelBinding(other);
        }
        code.goto_(plain.exit);
    }

    @Override
    Label label(Block from, Block to) {
        return recorded && loops.inside(from, to) ? again(plan.number(to)) : super.label(from, to);
    }

    private void note(RegionLoops.Loop loop) {
        note(() -> code.iload(loopShape).loadConstant(BlockFlow.LOOP).ior());
        note(() -> code.lload(loopStart).l2i());
        note(() -> code.lload(homes.retired).l2i());
        loop.blocks().forEach(this::note);
        constant(RegionConstants.FLOW);
        code.iconst_1().putfield(FLOW, "loops", ConstantDescs.CD_boolean);
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
        } else if (!direct(i, shape, logged)) {
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
            Label by = pending.keep(emitter, def, shape.width(), way.caught);
            unprotect();
            protect(by);
        } else if (protectedBy != way.handler) {
            unprotect();
            protect(way.handler);
        }
    }

    private void leaveBefore(int site) {
        homes.begin(null, null, site);
        homes.spill();
        homes.at();
        code.return_();
    }

    /** Registers must be in the processor for it. */
    private static boolean direct(Instruction i, Shape shape, boolean logged) {
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
            protect(way.handler);
            return false;
        }
        ifDisturbed(leave);
        homes.reload();
        protect(way.handler);
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

    /** It would fault; or its load, which would be noted again after a bail-out. */
    private static boolean leftToInterpreter(Instruction branch, Shape shape, boolean logged) {
        return leadsNowhere(branch) || logged && branch.def.role == Role.CALL_TO && shape.memory();
    }

    private void branch(Block block, int site, Instruction i, Role role) {
        Shape shape = Shape.of(i, logged);
        boolean known = role == Role.JUMP_IF || role == Role.JUMP || role == Role.CALL;
        if (leftToInterpreter(i, shape, logged)) {
            leaveBefore(site);
            return;
        }
        if (role == Role.JUMP_IF) {
            branchIf(homes, block, i, target -> finish(block));
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
