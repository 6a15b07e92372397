package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * Flags that nobody reads because the same block sets all of them anew. They are not made; where an instruction in
 * between may leave the region, their operands are kept, and a handler of its own makes them.
 */
final class PendingFlags {
    private static final MethodTypeDesc RULE = MethodTypeDesc.of(
            ConstantDescs.CD_long,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long);

    private record Handler(Label label, String rule, int width, Label next) {}

    private final CodeBuilder code;
    private final LocalHomes homes;
    private final int a;
    private final int b;
    private final int result;
    private final List<Handler> handlers = new ArrayList<>();

    PendingFlags(CodeBuilder code, LocalHomes homes) {
        this.code = code;
        this.homes = homes;
        a = code.allocateLocal(TypeKind.LONG);
        b = code.allocateLocal(TypeKind.LONG);
        result = code.allocateLocal(TypeKind.LONG);
    }

    /**
     * Keeps what flags are made of.
     *
     * @param next where the handler goes on, with the exception in a local
     * @return the handler for the instructions that follow
     */
    Label keep(Emitter emitter, Def def, int width, Label next) {
        emitter.pushOperand(0);
        code.lstore(a);
        emitter.pushOperand(1);
        code.lstore(b).lload(emitter.result()).lstore(result);
        Handler handler = new Handler(code.newLabel(), def.flags(), width, next);
        handlers.add(handler);
        return handler.label;
    }

    /** Emits the handlers: each puts the exception into a local and makes its flags. */
    void handlers(int thrown) {
        for (Handler handler : handlers) {
            code.labelBinding(handler.label).astore(thrown);
            make(handler);
            code.goto_(handler.next);
        }
    }

    /** Makes the flags that a handler would make, if it is one of these. */
    void make(Label handler) {
        if (!handlers.isEmpty() && handlers.getLast().label == handler) {
            make(handlers.getLast());
        }
    }

    private void make(Handler handler) {
        code.loadConstant(handler.width).lload(a).lload(b).lload(result).lconst_0();
        code.invokestatic(FlagRule.of(handler.rule).owner(), handler.rule, RULE).lstore(homes.fc);
        code.lload(result).lstore(homes.fr);
    }
}
