package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.StopReason;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits regions of {@link Grade#QUICK}: what the interpreter does, unrolled. Registers, flags and position stay in the
 * processor, so that the code is short, is compiled quickly, can be entered at any block, and an instruction that
 * faults or drives the processor finds everything in its place.
 */
final class QuickEmitter extends PlanEmitter {
    private static final ClassDesc STOP_REASON =
            StopReason.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc CHECK_TARGET = MethodTypeDesc.of(VOID, CPU, LONG);

    private final ConstantHomes homes;
    private final int x86;
    private final int linear;

    private final FlagLife flagLife;
    private final Label exit;
    private final Label leave;
    /** Where the region is left before other code, by its address. */
    private final Map<Long, Label> exits = new LinkedHashMap<>();
    /** Something in the block may have changed what the region relies on. */
    private boolean loud;
    /** The processor's pc is that behind the block, as its instructions expect. */
    private boolean pcSet;

    QuickEmitter(RegionPlan plan, CodeBuilder code, boolean recorded, boolean logged, List<Instruction> instructions) {
        super(plan, code, recorded, logged, instructions, block -> false);
        x86 = code.allocateLocal(TypeKind.REFERENCE);
        linear = code.allocateLocal(TypeKind.LONG);
        homes = new ConstantHomes(code, plan.grade.type, logged, x86);
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
        code.aload(CPU_LOCAL).aload(THIS).getfield(REGION, "blocks", BLOCK.arrayType());
        code.putfield(CPU, "members", BLOCK.arrayType());
        set("end", () -> code.loadConstant(Cpu.UNDISTURBED));
        enter(0, labels.length - 1);
        for (int n = 0; n < labels.length; n++) {
            block(n);
        }
        for (Map.Entry<Long, Label> way : exits.entrySet()) {
            code.labelBinding(way.getValue());
            setPc(() -> code.loadConstant(way.getKey()));
            code.goto_(exit);
        }
        code.labelBinding(exit);
        set("index", code::iconst_0);
        code.aload(CPU_LOCAL).aconst_null().putfield(CPU, "members", BLOCK.arrayType());
        code.return_();
        code.labelBinding(leave);
        set("index", () -> {
            code.aload(CPU_LOCAL).getfield(CPU, "index", INT);
            code.iconst_1().iadd();
        });
        code.return_();
    }

    /** To the block that is wanted, one of two numbers or between them: C1 makes a switch a chain of comparisons. */
    private void enter(int first, int last) {
        if (first == last) {
            code.goto_(labels[first]);
            return;
        }
        int middle = (first + last + 1) / 2;
        Label upper = code.newLabel();
        code.iload(ENTRY).loadConstant(middle).if_icmpge(upper);
        enter(first, middle - 1);
        code.labelBinding(upper);
        enter(middle, last);
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
        pcSet = false;
        set("member", () -> code.loadConstant(n));
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
            if (pcSet) { // and perhaps changed
                finish(block, exit, followed(block));
                dispatch(block);
            } else {
                finish(block, block.next);
                go(block, block.next);
            }
        }
    }

    /** All of the block's instructions have retired; goes out if something has happened meanwhile. */
    private void finish(Block block, long target) {
        finish(block, exitAt(target), holds(block, target));
    }

    /** @param goesOn whether anything follows in the region: else it is left anyway */
    private void finish(Block block, Label out, boolean goesOn) {
        note(block);
        code.aload(CPU_LOCAL).dup().getfield(CPU, "retired", LONG);
        code.loadConstant((long) block.length()).ladd().putfield(CPU, "retired", LONG);
        if (loud && goesOn) {
            ifDisturbed(out);
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

    private Label exitAt(long target) {
        return exits.computeIfAbsent(target, t -> code.newLabel());
    }

    @Override
    void exitTo(long target) {
        code.goto_(exitAt(target));
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
        if (!pcSet && (drives(i.def) || i.encoding.has("end"))) {
            pcSet = true;
            setPc(() -> code.loadConstant(block.next));
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
            ifEnded(leave);
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
                finish(block, i.imm);
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
                finish(block, exit, followed(block));
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
                finish(block, exit, followed(block));
                dispatch(block);
            }
            case PLAIN, PUSH, POP -> throw new IllegalArgumentException(i + " is no branch");
        }
    }

    private void checkTarget(int target) {
        code.aload(CPU_LOCAL).lload(target).invokestatic(REGION, "checkTarget", CHECK_TARGET);
    }
}
