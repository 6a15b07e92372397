package dev.ringscope.emulator.insn;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * What is a constant of a region's class: HotSpot then knows the arrays' lengths, checks few indices, and needs none of
 * the processor's registers to keep them in.
 */
enum RegionConstants {
    REGISTERS("registers", Homes.LONGS),
    FLOW("flow", PlanEmitter.FLOW),
    ENTRIES("entries", ConstantDescs.CD_int.arrayType()),
    /** One of the two is the processor's while code of the region's key is executed. */
    TLB("tlb", Homes.LONGS),
    OTHER_TLB("otherTlb", Homes.LONGS),
    /** These two in the {@linkplain Grade#BEST best} regions alone: they are entered when memory is complete. */
    RAM("ram", ConstantDescs.CD_byte.arrayType()),
    LINES("lines", ConstantDescs.CD_byte.arrayType());

    private static final ClassDesc BIRTH =
            Region.Birth.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc VOID = MethodTypeDesc.of(ConstantDescs.CD_void);

    /** In {@link Region.Birth}. */
    private final String field;

    final ClassDesc type;

    RegionConstants(String field, ClassDesc type) {
        this.field = field;
        this.type = type;
    }

    /** Pushes it. */
    void push(CodeBuilder code, ClassDesc self) {
        code.getstatic(self, name(), type);
    }

    /**
     * Adds the fields and what initializes them; the class makes its instance, too: to find its constructor costs more.
     */
    static void define(ClassBuilder builder, ClassDesc self) {
        for (RegionConstants each : values()) {
            builder.withField(each.name(), each.type, ClassFile.ACC_STATIC | ClassFile.ACC_FINAL);
        }
        builder.withMethodBody(
                ConstantDescs.CLASS_INIT_NAME, VOID, ClassFile.ACC_STATIC, code -> initialize(code, self));
    }

    private static void initialize(CodeBuilder code, ClassDesc self) {
        ClassDesc lookup = ConstantDescs.CD_MethodHandles_Lookup;
        code.invokestatic(ConstantDescs.CD_MethodHandles, "lookup", MethodTypeDesc.of(lookup));
        code.loadConstant(ConstantDescs.DEFAULT_NAME).loadConstant(BIRTH);
        code.invokestatic(
                ConstantDescs.CD_MethodHandles,
                "classData",
                MethodTypeDesc.of(ConstantDescs.CD_Object, lookup, ConstantDescs.CD_String, ConstantDescs.CD_Class));
        code.checkcast(BIRTH);
        for (RegionConstants each : values()) {
            code.dup().getfield(BIRTH, each.field, each.type).putstatic(self, each.name(), each.type);
        }
        code.new_(self).dup().invokespecial(self, ConstantDescs.INIT_NAME, VOID);
        code.putfield(BIRTH, "region", PlanEmitter.REGION);
        code.return_();
    }
}
