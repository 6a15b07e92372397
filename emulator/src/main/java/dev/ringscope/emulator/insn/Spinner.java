package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.insn.Shape.Slot;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the interpreter's operations: for each kind of instruction (definition, widths, where the operands are) one
 * hidden subclass of {@link Op} whose {@code exec} is emitted around a call of the definition, and for each instruction
 * an instance of it. Kinds are few (a Linux boot meets about two thousand), so they are spun when first met, and all
 * machines of the process share them: what the JVM has compiled for one is compiled for the others. Safe for several
 * threads.
 */
public final class Spinner {
    private static final ClassDesc OP = Op.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc VOID = MethodTypeDesc.of(ConstantDescs.CD_void);

    private static final MethodTypeDesc EXEC = MethodTypeDesc.of(ConstantDescs.CD_void, Homes.CPU);

    private final MethodHandles.Lookup lookup;
    private final Map<Shape, MethodHandle> constructors = new ConcurrentHashMap<>();

    /** @param lookup of a class in the package of the definitions */
    public Spinner(MethodHandles.Lookup lookup) {
        this.lookup = lookup;
    }

    /**
     * The operation for an instruction that has a definition.
     *
     * @param logged its data accesses go to the processor's {@link dev.ringscope.emulator.AccessLog}
     */
    public Op spin(Instruction i, boolean logged) {
        Shape shape = Shape.of(i, logged);
        Op op;
        try {
            op = (Op) constructors.computeIfAbsent(shape, this::define).invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot instantiate " + shape, e);
        }
        op.insn = i;
        op.disp = i.disp;
        op.imm = i.imm;
        op.b = Math.max(i.base, 0);
        op.x = Math.max(i.index, 0);
        for (Slot slot : shape.slots()) {
            if (slot.place() == Shape.Place.FIRST) {
                op.d = slot.register(i);
            } else if (slot.place() == Shape.Place.SECOND) {
                op.s = slot.register(i);
            }
        }
        return op;
    }

    private MethodHandle define(Shape shape) {
        ClassDesc self = ClassDesc.of(
                lookup.lookupClass().getPackageName(), "Op$" + shape.def().name());
        byte[] bytes = ClassFile.of()
                .build(
                        self,
                        builder -> builder.withSuperclass(OP)
                                .withFlags(ClassFile.ACC_FINAL)
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        VOID,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aload(0)
                                                .invokespecial(OP, ConstantDescs.INIT_NAME, VOID)
                                                .return_())
                                .withMethodBody("exec", EXEC, ClassFile.ACC_PUBLIC, code -> {
                                    new Emitter(shape, new OpHomes(code, self, shape.logged())).emit();
                                    code.return_();
                                }));
        try {
            MethodHandles.Lookup hidden = lookup.defineHiddenClass(bytes, true);
            return hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Op.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot define the operation " + shape, e);
        }
    }
}
