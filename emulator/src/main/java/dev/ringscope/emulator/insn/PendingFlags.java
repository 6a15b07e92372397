package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Flags that nobody reads because the same block sets all of them anew. They are not made; where an instruction in
 * between may leave the region, their operands are kept, and a handler of its own makes them.
 */
final class PendingFlags {
    /** What becomes of an instruction's flags. */
    enum Life {
        LIVE,
        DEAD,
        /** Dead unless the region is left before they are set anew. */
        PENDING
    }

    /** Rules that set every flag from operands and result alone. */
    private static final Set<String> WHOLE = Set.of("add", "sub", "logic", "neg", "imul");

    private static final MethodTypeDesc RULE = MethodTypeDesc.of(
            ConstantDescs.CD_long,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long);

    private record Handler(Label label, String rule, int width) {}

    private final CodeBuilder code;
    private final RegionHomes homes;
    private final Predicate<Instruction> direct;
    private final int a;
    private final int b;
    private final int result;
    private final List<Handler> handlers = new ArrayList<>();

    /** @param direct the instruction is executed with registers and flags in the processor */
    PendingFlags(CodeBuilder code, RegionHomes homes, Predicate<Instruction> direct) {
        this.direct = direct;
        this.code = code;
        this.homes = homes;
        a = code.allocateLocal(TypeKind.LONG);
        b = code.allocateLocal(TypeKind.LONG);
        result = code.allocateLocal(TypeKind.LONG);
    }

    /** What becomes of the flags of a block's n-th instruction. */
    Life life(Block block, int n) {
        if (!WHOLE.contains(block.ops[n].insn.def.flags())) {
            return Life.LIVE;
        }
        boolean mayLeave = false;
        for (int k = n + 1; k < block.ops.length; k++) {
            Instruction i = block.ops[k].insn;
            if (i.def == null || reads(i)) {
                return Life.LIVE;
            }
            mayLeave |= mayLeave(i);
            if (WHOLE.contains(i.def.flags())) {
                return mayLeave ? Life.PENDING : Life.DEAD;
            }
        }
        return Life.LIVE;
    }

    private boolean reads(Instruction i) {
        Def def = i.def;
        boolean onStack = def.role == Role.PUSH || def.role == Role.POP;
        return def.uses.stream().anyMatch(u -> u.condition() || u.carry())
                || !def.flags().isEmpty() && !WHOLE.contains(def.flags())
                || !onStack && (def.role != Role.PLAIN || direct.test(i))
                || onStack && (i.memory || i.operandSize != 8);
    }

    private static boolean mayLeave(Instruction i) {
        return i.memory
                || i.def.role != Role.PLAIN
                || i.encoding.operands.stream().anyMatch(o -> o.kind().xmm() || o.kind() == Operand.Kind.O);
    }

    /** Keeps what flags are made of. @return the handler for the instructions that follow */
    Label keep(Emitter emitter, Def def, int width) {
        emitter.pushOperand(0);
        code.lstore(a);
        emitter.pushOperand(1);
        code.lstore(b).lload(emitter.result()).lstore(result);
        Handler handler = new Handler(code.newLabel(), def.flags(), width);
        handlers.add(handler);
        return handler.label;
    }

    /** Emits the handlers: each makes its flags and goes on at {@code spill} with the exception in a local. */
    void handlers(int thrown, Label spill) {
        for (Handler handler : handlers) {
            ClassDesc owner =
                    FlagRule.of(handler.rule).owner().describeConstable().orElseThrow();
            code.labelBinding(handler.label).astore(thrown);
            code.loadConstant(handler.width).lload(a).lload(b).lload(result).lconst_0();
            code.invokestatic(owner, handler.rule, RULE).lstore(homes.fc);
            code.lload(result).lstore(homes.fr).goto_(spill);
        }
    }
}
