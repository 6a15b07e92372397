package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Conditional branches: on the flags, or on the operands of a comparison right before, which is quicker. */
final class Conditions {
    private static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc CONDITION = MethodTypeDesc.of(
            ConstantDescs.CD_boolean, ConstantDescs.CD_int, ConstantDescs.CD_long, ConstantDescs.CD_long);

    private Conditions() {}

    /**
     * Jumps if a condition does not hold.
     *
     * @param compared the comparison that has just set the flags, its operands still in locals; null if there was none
     * @param cc as in {@link Flags#condition}
     */
    static void unless(Homes homes, Emitter compared, int cc, Label untaken) {
        CodeBuilder code = homes.code;
        boolean negated = (cc & 1) != 0;
        boolean unsigned = cc >> 1 == 1 || cc >> 1 == 3;
        boolean signed = cc >> 1 == 6 || cc >> 1 == 7;
        if (cc >> 1 == 2) {
            homes.flagWord("fr");
            code.lconst_0().lcmp();
            jump(code, negated ? Test.EQUAL : Test.NOT_EQUAL, untaken);
        } else if (compared != null && (unsigned || signed)) {
            ordered(code, compared.first(), unsigned);
            ordered(code, compared.second(), unsigned);
            code.lcmp();
            boolean orEqual = cc >> 1 == 3 || cc >> 1 == 7;
            if (negated) {
                jump(code, orEqual ? Test.NOT_GREATER : Test.LESS, untaken);
            } else {
                jump(code, orEqual ? Test.GREATER : Test.NOT_LESS, untaken);
            }
        } else {
            code.loadConstant(cc);
            homes.flagWord("fr");
            homes.flagWord("fc");
            code.invokestatic(FLAGS, "condition", CONDITION);
            jump(code, Test.EQUAL, untaken);
        }
    }

    private enum Test {
        EQUAL,
        NOT_EQUAL,
        LESS,
        NOT_LESS,
        GREATER,
        NOT_GREATER
    }

    /** On an int compared with zero. */
    private static void jump(CodeBuilder code, Test test, Label target) {
        switch (test) {
            case EQUAL -> code.ifeq(target);
            case NOT_EQUAL -> code.ifne(target);
            case LESS -> code.iflt(target);
            case NOT_LESS -> code.ifge(target);
            case GREATER -> code.ifgt(target);
            case NOT_GREATER -> code.ifle(target);
        }
    }

    /** Pushes a number that compares as a signed one. */
    private static void ordered(CodeBuilder code, int local, boolean unsigned) {
        code.lload(local);
        if (unsigned) {
            code.loadConstant(Long.MIN_VALUE).lxor();
        }
    }
}
