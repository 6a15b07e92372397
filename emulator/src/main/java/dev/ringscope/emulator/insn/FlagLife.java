package dev.ringscope.emulator.insn;

import java.util.Set;
import java.util.function.Predicate;

/** Which flags of a block nobody reads, because an instruction behind them in the same block sets all anew. */
final class FlagLife {
    /** What becomes of an instruction's flags. */
    enum Life {
        LIVE,
        DEAD,
        /** Dead unless the region is left before they are set anew. */
        PENDING
    }

    /** Rules that set every flag from operands and result alone. */
    private static final Set<String> WHOLE = Set.of("add", "sub", "logic", "neg", "imul");

    /** The instruction is executed with registers and flags in the processor. */
    private final Predicate<Instruction> direct;

    FlagLife(Predicate<Instruction> direct) {
        this.direct = direct;
    }

    /** What becomes of the flags of a block's n-th instruction. */
    Life of(Block block, int n) {
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
        return def.readsFlags
                || !def.flags().isEmpty() && !WHOLE.contains(def.flags())
                || !onStack && (def.role != Role.PLAIN || direct.test(i))
                || onStack && (i.memory || i.operandSize != 8);
    }

    static boolean mayLeave(Instruction i) {
        if (i.memory || i.def.role != Role.PLAIN) {
            return true;
        }
        for (Operand operand : i.encoding.operands) {
            if (operand.kind().xmm() || operand.kind() == Operand.Kind.O) {
                return true;
            }
        }
        return false;
    }
}
