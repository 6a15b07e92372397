package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/** Makes the class of a region: hidden, and unloaded when its only instance is gone. */
public final class RegionSpinner {
    private static final ClassDesc REGION = PlanEmitter.REGION;
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(ConstantDescs.CD_void, Homes.CPU, ConstantDescs.CD_long, ConstantDescs.CD_int);
    private static final MethodTypeDesc VOID = MethodTypeDesc.of(ConstantDescs.CD_void);
    /** HotSpot never compiles a method of more bytecodes. */
    private static final int HUGE = 8_000;

    /** Calls after which HotSpot compiles a method with its best compiler. */
    private static final int CALLS = 2_000;
    /** Calls after which HotSpot knows a method's habits. */
    private static final int LESSONS = 20_000;
    /** Kinds of accesses to be learnt. */
    private static final int KINDS = 10;
    /** One in so many is refused: each kind before HotSpot has seen enough, and compiles what it is. */
    private static final int RARE = 300;

    private static final long CROSSING = 4095;
    /** Not canonical: one byte crosses no page. */
    private static final long NOWHERE = 1L << 63;

    private final MethodHandles.Lookup lookup;
    private final boolean logged;

    /**
     * @param lookup of a class in the package of the definitions
     * @param logged data accesses go to the processor's {@link dev.ringscope.emulator.AccessLog}
     */
    public RegionSpinner(MethodHandles.Lookup lookup, boolean logged) {
        this.lookup = lookup;
        this.logged = logged;
    }

    /**
     * @param cpu the processor it is for: its registers become constants of the code
     * @param flow where executed blocks are noted
     * @param recorded whether they are
     * @return null if it would be too large
     */
    public Region spin(RegionPlan plan, Cpu cpu, BlockFlow flow, boolean recorded) {
        BitSet used = new BitSet();
        BitSet written = new BitSet();
        if (plan.grade == Grade.BEST) {
            bytes(plan, recorded, used, written, new ArrayList<>()); // learns which registers it touches
        }
        List<Instruction> instructions = new ArrayList<>();
        byte[] bytes = bytes(plan, recorded, used, written, instructions);
        if (bytes.length > HUGE && codeSize(bytes) > HUGE) {
            return null;
        }
        Region.Birth birth = new Region.Birth(plan, cpu, flow);
        try {
            lookup.defineHiddenClassWithClassData(bytes, birth, true);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot define the region at 0x%x".formatted(plan.blocks.getFirst().pc), e);
        }
        Region region = birth.region;
        region.blocks = plan.blocks.toArray(Block[]::new);
        region.places = plan.places.toArray(CodePlace[]::new);
        region.instructions = instructions.toArray(Instruction[]::new);
        return region;
    }

    private byte[] bytes(
            RegionPlan plan, boolean recorded, BitSet used, BitSet written, List<Instruction> instructions) {
        ClassDesc self = plan.grade.type;
        return ClassFile.of().build(self, builder -> {
            builder.withSuperclass(REGION).withFlags(ClassFile.ACC_FINAL);
            RegionConstants.define(builder, self);
            builder.withMethodBody(
                    ConstantDescs.INIT_NAME,
                    VOID,
                    ClassFile.ACC_PUBLIC,
                    code -> code.aload(0)
                            .invokespecial(REGION, ConstantDescs.INIT_NAME, VOID)
                            .return_());
            builder.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, code -> {
                instructions.clear();
                emitter(plan, code, used, written, recorded, instructions).emit();
            });
        });
    }

    private PlanEmitter emitter(
            RegionPlan plan,
            CodeBuilder code,
            BitSet used,
            BitSet written,
            boolean recorded,
            List<Instruction> instructions) {
        return switch (plan.grade) {
            case QUICK -> new QuickEmitter(plan, code, recorded, logged, instructions);
            case BEST ->
                new BestEmitter(
                        plan,
                        code,
                        new LocalHomes(code, plan.grade.type, used, written, logged),
                        recorded,
                        logged,
                        instructions);
        };
    }

    private static int codeSize(byte[] bytes) {
        return ClassFile.of().parse(bytes).methods().stream()
                .filter(m -> m.methodName().equalsString("run"))
                .map(m -> (CodeAttribute) m.code().orElseThrow())
                .mapToInt(CodeAttribute::codeLength)
                .sum();
    }

    /**
     * Has the region's method compiled before the guest's thread needs it: by asking HotSpot, or, where that is not
     * possible, by calling it as often as HotSpot waits for; it then bails out each time before its first branch. So
     * HotSpot has not seen which branches are taken, and compiles them all: else it would leave out those that were
     * not, and throw the method away when the guest takes one.
     *
     * @param stopped a processor that no region lets in
     */
    public static void warm(Region region, Grade grade, Cpu stopped) {
        if (DirectCompilation.ofHotSpot()
                .filter(hotSpot -> hotSpot.compile(region, grade))
                .isPresent()) {
            return;
        }
        for (int i = 0; i < CALLS; i++) {
            region.run(stopped, 0, 0);
        }
    }

    /**
     * Lets HotSpot see what is usual in code that regions share: processors are admitted, the TLB serves most accesses
     * and not all.
     *
     * @param running a processor that has not stopped, and that nobody needs
     */
    public static void teach(Cpu running) {
        DirectCompilation.ofHotSpot().ifPresent(hotSpot -> hotSpot.count(branching()));
        Arrays.fill(running.tlb, 0);
        Region region = new Region() {
            @Override
            public void run(Cpu cpu, long limit, int entry) {
                Region.admit(cpu);
            }
        };
        region.blocks = new Block[] {new Block(0, 0, 0, 0, -1, 0, new Op[0], new byte[0], 0)};
        for (int i = 0; i < LESSONS; i++) {
            region.run(running, 0, 0);
            try {
                accesses(region, running, i % RARE == RARE - 1 ? i / RARE % KINDS : -1);
            } catch (Bail expected) {
                // the one that was chosen
            }
        }
        Arrays.fill(running.tlb, Cpu.NO_PAGE);
    }

    /** What regions share and where HotSpot is to know which way is usual. */
    private static List<Executable> branching() {
        return Arrays.stream(RegionAccess.class.getDeclaredMethods())
                .filter(m ->
                        Stream.of("misses", "load", "store", "whole", "require").anyMatch(m.getName()::startsWith))
                .map(Executable.class::cast)
                .toList();
    }

    /**
     * One access of each kind.
     *
     * @param bad number of the kind that the TLB does not serve, or that is refused; -1: none
     */
    private static void accesses(Region region, Cpu cpu, int bad) {
        long[] tlb = cpu.tlb;
        byte[] ram = cpu.ram;
        byte[] lines = cpu.lines;
        RegionAccess.load1(region, cpu, tlb, ram, bad == 0 ? NOWHERE : 0, 0, 0);
        RegionAccess.load2(region, cpu, tlb, ram, bad == 1 ? CROSSING : 0, 0, 0);
        RegionAccess.load4(region, cpu, tlb, ram, bad == 2 ? CROSSING : 0, 0, 0);
        RegionAccess.load8(region, cpu, tlb, ram, bad == 3 ? CROSSING : 0, 0, 0);
        RegionAccess.store1(region, cpu, tlb, ram, lines, bad == 4 ? NOWHERE : 0, 0, 0, 0);
        RegionAccess.store2(region, cpu, tlb, ram, lines, bad == 5 ? CROSSING : 0, 0, 0, 0);
        RegionAccess.store4(region, cpu, tlb, ram, lines, bad == 6 ? CROSSING : 0, 0, 0, 0);
        RegionAccess.store8(region, cpu, tlb, ram, lines, bad == 7 ? CROSSING : 0, 0, 0, 0);
        RegionAccess.whole(region, cpu, bad == 8 ? CROSSING : 0, 0, 0);
        RegionAccess.requireAligned(region, cpu, bad == 9 ? CROSSING : 0, 0, 0);
        RegionAccess.requireCanonical(region, cpu, 0, 0, 0);
    }
}
