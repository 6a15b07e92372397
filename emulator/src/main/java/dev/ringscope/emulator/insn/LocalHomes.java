package dev.ringscope.emulator.insn;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** General registers and flags are locals of the region's method, all else is constant. */
final class LocalHomes extends Homes {
    private static final ClassDesc ACCESS =
            RegionAccess.class.describeConstable().orElseThrow();
    private static final ClassDesc REGION = PlanEmitter.REGION;
    private static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();
    private static final int REGISTERS = 16;
    private static final int THIS = PlanEmitter.THIS;
    private static final int CPU_LOCAL = PlanEmitter.CPU_LOCAL;

    /** General registers that the region reads or writes, and those that it writes. */
    final BitSet used;

    final BitSet written;

    final int x86;
    final int retired;
    final int fr;
    final int fc;
    private final int tlb;
    private final ClassDesc self;
    private final int[] home = new int[REGISTERS];
    private final List<Integer> pool = new ArrayList<>();
    private final boolean logged;

    private int taken;
    private Instruction instruction;
    private Shape shape;
    private int site;
    /** The flags of this instruction need not be made. */
    boolean flagsDropped;
    /**
     * What calls the slow path of an access with everything in the processor, and takes it back from there; null: the
     * locals live on across the call. HotSpot has no register that outlives a call, and would keep them in memory for
     * it, wherever they are used.
     */
    Consumer<Runnable> slowly;

    /** @param self the region's class, which has {@link RegionConstants} */
    LocalHomes(CodeBuilder code, ClassDesc self, BitSet used, BitSet written, boolean logged) {
        super(code);
        this.self = self;
        this.used = used;
        this.written = written;
        this.logged = logged;
        x86 = code.allocateLocal(TypeKind.REFERENCE);
        tlb = code.allocateLocal(TypeKind.REFERENCE);
        retired = code.allocateLocal(TypeKind.LONG);
        fr = code.allocateLocal(TypeKind.LONG);
        fc = code.allocateLocal(TypeKind.LONG);
        for (int n = 0; n < REGISTERS; n++) {
            home[n] = code.allocateLocal(TypeKind.LONG);
        }
    }

    /** How many bytecodes {@link #slowly} takes for an access, about. */
    int slowSize() {
        return 60 + 6 * (used.cardinality() + written.cardinality());
    }

    /**
     * The instruction to emit now.
     *
     * @param newSite see {@link Region#at}
     */
    void begin(Instruction newInstruction, Shape newShape, int newSite) {
        instruction = newInstruction;
        shape = newShape;
        site = newSite;
        taken = 0;
    }

    /** Everything that lives in locals is loaded; of the general registers, those used. */
    void enter() {
        code.aload(CPU_LOCAL).checkcast(X86).astore(x86);
        code.aload(CPU_LOCAL).getfield(CPU, "retired", LONG).lstore(retired);
        reload();
    }

    /** What an instruction that drives the processor may have changed; the TLB is another after STAC or CLAC. */
    void reload() {
        chooseTlb();
        reloadRegisters();
    }

    /** Registers and flags. */
    void reloadRegisters() {
        registers();
        used.stream().forEach(n -> code.dup().loadConstant(n).laload().lstore(home[n]));
        code.pop();
        code.aload(CPU_LOCAL).getfield(CPU, "fr", LONG).lstore(fr);
        code.aload(CPU_LOCAL).getfield(CPU, "fc", LONG).lstore(fc);
    }

    /** Not loaded, but one of two constants: so it has a length that is known. */
    private void chooseTlb() {
        Label chosen = code.newLabel();
        RegionConstants.TLB.push(code, self);
        code.dup().astore(tlb).aload(CPU_LOCAL).getfield(CPU, "tlb", LONGS).if_acmpeq(chosen);
        RegionConstants.OTHER_TLB.push(code, self);
        code.astore(tlb);
        code.labelBinding(chosen);
    }

    private void registers() {
        RegionConstants.REGISTERS.push(code, self);
    }

    void spill() {
        registers();
        written.stream().forEach(n -> code.dup().loadConstant(n).lload(home[n]).lastore());
        code.pop();
        code.aload(CPU_LOCAL).lload(fr).putfield(CPU, "fr", LONG);
        code.aload(CPU_LOCAL).lload(fc).putfield(CPU, "fc", LONG);
    }

    /** Tells the processor which instruction is executing. */
    void at() {
        code.aload(THIS).aload(CPU_LOCAL).lload(retired).loadConstant(site);
        code.invokevirtual(REGION, "at", MethodTypeDesc.of(VOID, CPU, LONG, INT));
    }

    /** Every register may be read and written. */
    void useAll() {
        used.set(0, REGISTERS);
        written.set(0, REGISTERS);
    }

    void get(int n) {
        used.set(n);
        code.lload(home[n]);
    }

    void put(int n) {
        used.set(n);
        written.set(n);
        code.lstore(home[n]);
    }

    @Override
    int local() {
        if (taken == pool.size()) {
            pool.add(code.allocateLocal(TypeKind.LONG));
        }
        return pool.get(taken++);
    }

    @Override
    void needX86() {
        // it is there from the start
    }

    @Override
    void x86() {
        code.aload(x86);
    }

    @Override
    void number(String field) {
        code.loadConstant(shape.number(field, instruction));
    }

    @Override
    void get(String field) {
        get(shape.number(field, instruction));
    }

    @Override
    void put(String field, Runnable value) {
        value.run();
        put(shape.number(field, instruction));
    }

    @Override
    void immediate() {
        code.loadConstant(instruction.imm);
    }

    @Override
    void displacement() {
        code.loadConstant(instruction.disp);
    }

    @Override
    void instruction() {
        throw new IllegalStateException(instruction + " is left to its definition"); // see BestEmitter.direct
    }

    @Override
    void flagWord(String name) {
        code.lload(name.equals("fr") ? fr : fc);
    }

    @Override
    void setFlags(Runnable carries, Runnable result) {
        if (!flagsDropped) {
            carries.run();
            code.lstore(fc);
            result.run();
            code.lstore(fr);
        }
    }

    private void beginAccess() {
        code.aload(THIS).aload(CPU_LOCAL).aload(tlb);
        RegionConstants.RAM.push(code, self);
    }

    private void whereabouts() {
        code.lload(retired).loadConstant(site);
    }

    @Override
    void load(int bytes, Runnable linear) {
        if (slowly != null) {
            loadSlowly(bytes, linear);
            return;
        }
        beginAccess();
        linear.run();
        whereabouts();
        code.invokestatic(ACCESS, "load" + bytes, MethodTypeDesc.of(LONG, REGION, CPU, LONGS, BYTES, LONG, LONG, INT));
        if (logged) {
            int value = local();
            code.lstore(value);
            note("noteLoad", linear, () -> code.lload(value), bytes);
            code.lload(value);
        }
    }

    private void note(String method, Runnable linear, Runnable value, int bytes) {
        code.aload(CPU_LOCAL);
        linear.run();
        value.run();
        code.loadConstant(bytes);
        whereabouts();
        code.invokestatic(ACCESS, method, MethodTypeDesc.of(VOID, CPU, LONG, LONG, INT, LONG, INT));
    }

    private void loadSlowly(int bytes, Runnable linear) {
        int at = local();
        int value = local();
        linear.run();
        code.lstore(at);
        Label done = ifServed("missesLoad", bytes, at, () -> {
            code.aload(THIS).aload(CPU_LOCAL).lload(at);
            whereabouts();
            code.invokestatic(ACCESS, "loadMissed" + bytes, MethodTypeDesc.of(LONG, REGION, CPU, LONG, LONG, INT));
            code.lstore(value);
        });
        code.aload(tlb);
        RegionConstants.RAM.push(code, self);
        code.lload(at).invokestatic(ACCESS, "get" + bytes, MethodTypeDesc.of(LONG, LONGS, BYTES, LONG));
        code.lstore(value);
        code.labelBinding(done).lload(value);
    }

    private void storeSlowly(int bytes, Runnable linear, Runnable value) {
        int at = local();
        linear.run();
        code.lstore(at);
        Label done = ifServed("missesStore", bytes, at, () -> {
            code.aload(THIS).aload(CPU_LOCAL).lload(at);
            value.run();
            whereabouts();
            code.invokestatic(
                    ACCESS, "storeMissed" + bytes, MethodTypeDesc.of(VOID, REGION, CPU, LONG, LONG, LONG, INT));
        });
        code.aload(tlb);
        RegionConstants.RAM.push(code, self);
        RegionConstants.LINES.push(code, self);
        code.lload(at);
        value.run();
        code.invokestatic(ACCESS, "put" + bytes, MethodTypeDesc.of(VOID, LONGS, BYTES, BYTES, LONG, LONG));
        code.labelBinding(done);
    }

    /** @return where it goes on if the TLB does not serve the access; if it does, behind this */
    private Label ifServed(String misses, int bytes, int at, Runnable missed) {
        Label served = code.newLabel();
        Label done = code.newLabel();
        code.aload(tlb).lload(at).loadConstant(bytes - 1);
        code.invokestatic(ACCESS, misses, MethodTypeDesc.of(ConstantDescs.CD_boolean, LONGS, LONG, INT));
        code.ifeq(served);
        slowly.accept(missed);
        code.goto_(done).labelBinding(served);
        return done;
    }

    @Override
    void store(int bytes, Runnable linear, Runnable value) {
        if (slowly != null) {
            storeSlowly(bytes, linear, value);
            return;
        }
        beginAccess();
        RegionConstants.LINES.push(code, self);
        linear.run();
        value.run();
        whereabouts();
        code.invokestatic(
                ACCESS,
                "store" + bytes,
                MethodTypeDesc.of(VOID, REGION, CPU, LONGS, BYTES, BYTES, LONG, LONG, LONG, INT));
        if (logged) {
            note("noteStore", linear, value, bytes);
        }
    }

    @Override
    void store16(Runnable linear, Runnable low, Runnable high) {
        require("whole", CPU, linear, LONG);
        store(8, linear, low);
        store(
                8,
                () -> {
                    linear.run();
                    code.loadConstant(8L).ladd();
                },
                high);
    }

    private void require(String method, ClassDesc processor, Runnable value, ClassDesc... type) {
        code.aload(THIS).aload(x86);
        value.run();
        whereabouts();
        ClassDesc[] all = new ClassDesc[type.length + 4];
        all[0] = REGION;
        all[1] = processor;
        System.arraycopy(type, 0, all, 2, type.length);
        all[type.length + 2] = LONG;
        all[type.length + 3] = INT;
        code.invokestatic(ACCESS, method, MethodTypeDesc.of(VOID, all));
    }

    @Override
    void requireSse() {
        require("requireSse", X86, () -> {});
    }

    @Override
    void requireAligned(int linear) {
        require("requireAligned", CPU, () -> code.lload(linear), LONG);
    }

    void requireCanonical(int target) {
        require("requireCanonical", CPU, () -> code.lload(target), LONG);
    }
}
