package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.SS;

import dev.ringscope.emulator.BlockLog;
import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.GuestFault;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.insn.Access;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import dev.ringscope.emulator.x86.fpu.Mxcsr;

/**
 * The state of an x86-64 processor (Intel SDM vol. 1, ch. 3; vol. 3A, ch. 2), and what instruction definitions use to
 * reach registers and memory. Mechanisms that fill chapters of their own are classes beside it: {@link Paging},
 * {@link Segmentation}, {@link Interrupts}, {@link SystemRegisters}.
 */
public final class X86Cpu extends Cpu {
    public static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;
    /** Segment numbers behind the six of {@link Instruction}. */
    public static final int LDTR = 6, TR = 7;

    public static final int TF = 0x100, IF = 0x200, DF = 0x400, IOPL = 0x3000, NT = 0x4000, RF = 0x10000, VM = 0x20000;
    public static final int AC = 0x40000, VIF = 0x80000, VIP = 0x100000, ID = 0x200000;
    public static final long CR0_PE = 1, CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_ET = 16, CR0_NE = 32, CR0_WP = 1 << 16;
    public static final long CR0_AM = 1 << 18, CR0_NW = 1 << 29, CR0_CD = 1 << 30, CR0_PG = 1L << 31;
    public static final long CR4_VME = 1,
            CR4_PVI = 2,
            CR4_TSD = 4,
            CR4_DE = 8,
            CR4_PSE = 16,
            CR4_PAE = 32,
            CR4_MCE = 64;
    public static final long CR4_PGE = 128, CR4_PCE = 256, CR4_OSFXSR = 512, CR4_OSXMMEXCPT = 1024, CR4_UMIP = 2048;
    public static final long CR4_FSGSBASE = 1 << 16, CR4_PCIDE = 1 << 17, CR4_OSXSAVE = 1 << 18, CR4_SMEP = 1 << 20;
    public static final long CR4_SMAP = 1 << 21;
    public static final long EFER_SCE = 1, EFER_LME = 256, EFER_LMA = 1024, EFER_NXE = 2048;

    /**
     * EFLAGS without the six arithmetic flags, which {@link #fr} and {@link #fc} hold. Bit 1 is always set; RF may be
     * when it no longer holds ({@link Interrupts#resumed}).
     */
    public int systemFlags = 2;
    /** Current privilege level, 0..3. */
    public int cpl;

    public final Segment[] seg = new Segment[8];
    public long gdtrBase, idtrBase;
    public int gdtrLimit, idtrLimit;
    public long cr0, cr2, cr3, cr4, efer;
    public final long[] dr = new long[8];
    public long star, lstar, cstar, syscallMask, kernelGsBase, tscAux;
    public long sysenterCs, sysenterEsp, sysenterEip;

    /** XMM registers: low half of XMMn at 2n, high half at 2n + 1. */
    public final long[] xmm = new long[32];

    public final Mxcsr mxcsr = new Mxcsr();

    /**
     * No external interrupt, and no trap where {@link #shadowTraps}, before this position: the shadow of STI and MOV
     * SS.
     */
    public long shadowEnd;
    /** The shadow also holds back debug traps (MOV SS, POP SS). */
    public boolean shadowTraps;
    /** HLT was executed and nothing has woken the processor since. */
    public boolean halted;

    public final Ports ports;
    public final VirtualTime time;
    public Recorder recorder = Recorder.NONE;

    private final RegisterDifferences differences = new RegisterDifferences(this);

    public final Paging paging;
    public final Segmentation segmentation;
    public final Interrupts interrupts;
    public final SystemRegisters system;
    public final Fpu fpu;

    public X86Cpu(PhysicalMemory memory, Ports ports) {
        super(17, memory);
        this.ports = ports;
        for (int i = 0; i < seg.length; i++) {
            seg[i] = new Segment();
        }
        time = new VirtualTime(this::position, this::call);
        paging = new Paging(this);
        segmentation = new Segmentation(this);
        interrupts = new Interrupts(this);
        system = new SystemRegisters(this);
        fpu = new Fpu(this);
        Reset.powerOn(this);
    }

    // ---- flags ------------------------------------------------------------------------------------------------------

    /** All of RFLAGS. */
    public int eflags() {
        int system = (systemFlags & RF) != 0 && interrupts.resumed() ? systemFlags & ~RF : systemFlags;
        return system | Flags.eflags(fr, fc);
    }

    /** Replaces RFLAGS as it stands (no privilege checks); reserved bits are forced. */
    public void setEflags(int value) {
        setArithmetic(value);
        int before = systemFlags;
        systemFlags = value & (TF | IF | DF | IOPL | NT | RF | VM | AC | VIF | VIP | ID) | 2;
        if (((before ^ systemFlags) & (AC | VM)) != 0) {
            modeChanged();
        }
        attention |= flag(TF) || flag(IF) && interrupts.waiting();
    }

    /** Sets CF, PF, AF, ZF, SF, OF from EFLAGS bits. */
    public void setArithmetic(int eflags) {
        fr = Flags.resultOf(eflags);
        fc = Flags.carriesOf(eflags);
    }

    public boolean flag(int bit) {
        return (systemFlags & bit) != 0;
    }

    public int iopl() {
        return systemFlags >> 12 & 3;
    }

    // ---- modes ------------------------------------------------------------------------------------------------------

    public boolean protectedMode() {
        return (cr0 & CR0_PE) != 0;
    }

    /** IA-32e mode is active: 64-bit or compatibility. */
    public boolean longMode() {
        return (efer & EFER_LMA) != 0;
    }

    public boolean v86() {
        return (systemFlags & VM) != 0;
    }

    /** Real-address or virtual-8086 mode: segments are paragraphs. */
    public boolean realOrV86() {
        return !protectedMode() || v86();
    }

    /** Code runs in 64-bit mode. */
    public boolean code64() {
        return longMode() && seg[CS].longMode();
    }

    /** Bytes of the default code size: 2, 4 or 8. */
    @Override
    public int codeSize() {
        return code64() ? 8 : seg[CS].big() ? 4 : 2;
    }

    /** Bytes of the stack pointer in use: 2, 4 or 8. */
    public int stackSize() {
        return code64() ? 8 : seg[SS].big() ? 4 : 2;
    }

    public Event.Mode mode() {
        if (!protectedMode()) {
            return Event.Mode.REAL;
        }
        if (v86()) {
            return Event.Mode.V86;
        }
        if (longMode()) {
            return seg[CS].longMode()
                    ? Event.Mode.LONG64
                    : seg[CS].big() ? Event.Mode.COMPATIBILITY32 : Event.Mode.COMPATIBILITY16;
        }
        return seg[CS].big() ? Event.Mode.PROTECTED32 : Event.Mode.PROTECTED16;
    }

    /**
     * To be called after anything that decides how code is fetched, decoded or translated has changed: CS, SS.B, CPL,
     * CR0, CR4, EFER, EFLAGS.VM or AC. Chooses the TLB and the code key, and ends the running block.
     */
    public void modeChanged() {
        codeKey = segmentation.codeKey();
        paging.chooseTlb();
        endBlock();
    }

    @Override
    public long codeLinear(long offset) {
        return code64() ? offset : seg[CS].base + offset & 0xffff_ffffL;
    }

    /** Linear address of the instruction that is executing, or would be next between blocks. */
    public long pcLinear() {
        return codeLinear(currentPc());
    }

    /** Offset in CS of the instruction that is executing, or would be next between blocks. */
    public long currentPc() {
        Block running = running();
        return running == null ? pc : running.ops[index].instruction().address;
    }

    // ---- registers --------------------------------------------------------------------------------------------------

    /** General register n of {@code w} bytes (2, 4, 8), sign-extended. */
    public long reg(int n, int w) {
        return switch (w) {
            case 2 -> (short) r[n];
            case 4 -> (int) r[n];
            default -> r[n];
        };
    }

    /** Writes a general register of {@code w} bytes (2, 4, 8); 4 clears the upper half, 2 keeps the rest. */
    public void setReg(int n, int w, long value) {
        switch (w) {
            case 2 -> r[n] = r[n] & ~0xffffL | value & 0xffff;
            case 4 -> r[n] = value & 0xffff_ffffL;
            default -> r[n] = value;
        }
    }

    /** Byte register n, sign-extended; without REX 4..7 are AH, CH, DH, BH. */
    public long reg8(int n, boolean rex) {
        return !rex && n >= 4 && n < 8 ? (byte) (r[n - 4] >> 8) : (byte) r[n];
    }

    public void setReg8(int n, boolean rex, long value) {
        if (!rex && n >= 4 && n < 8) {
            r[n - 4] = r[n - 4] & ~0xff00L | (value & 0xff) << 8;
        } else {
            r[n] = r[n] & ~0xffL | value & 0xff;
        }
    }

    /** The number keeps only what an address of {@code size} bytes (2, 4, 8) has. */
    public static long truncate(long value, int size) {
        return switch (size) {
            case 2 -> value & 0xffff;
            case 4 -> value & 0xffff_ffffL;
            default -> value;
        };
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    /** Offset of the memory operand in its segment. */
    public long effective(Instruction i) {
        long sum = i.disp;
        if (i.base >= 0 && i.base < 16) {
            sum += r[i.base];
        }
        if (i.index >= 0) {
            sum += r[i.index] << i.scale;
        }
        return truncate(sum, i.addressSize);
    }

    /** Linear address of the memory operand, its segment checked for an access of {@code size} bytes. */
    public long linear(Instruction i, int size, boolean write) {
        return linear(i.segment, effective(i), size, write);
    }

    /**
     * Linear address of an offset in a segment, checked for limit, type and canonical form: #SS(0) for SS, else #GP(0).
     * With 64-bit code only FS and GS have a base.
     */
    public long linear(int segment, long offset, int size, boolean write) {
        if (codeKey < 0) { // 64-bit code: see Segmentation.codeKey
            return segment >= Instruction.FS ? offset + seg[segment].base : offset;
        }
        return segmentation.check(segment, offset, size, write);
    }

    /** Reads 1, 2, 4 or 8 bytes at a linear address with the privilege of CPL; sign-extended. */
    public long load(long linear, int size) {
        return switch (size) {
            case 1 -> log == null ? done(Access.load1(this, linear)) : Access.load1Logged(this, linear);
            case 2 -> log == null ? done(Access.load2(this, linear)) : Access.load2Logged(this, linear);
            case 4 -> log == null ? done(Access.load4(this, linear)) : Access.load4Logged(this, linear);
            default -> log == null ? done(Access.load8(this, linear)) : Access.load8Logged(this, linear);
        };
    }

    /** Writes 1, 2, 4 or 8 bytes at a linear address with the privilege of CPL. */
    public void store(long linear, int size, long value) {
        switch (size) {
            case 1 -> {
                if (log == null) {
                    Access.store1(this, linear, value);
                    done();
                } else {
                    Access.store1Logged(this, linear, value);
                }
            }
            case 2 -> {
                if (log == null) {
                    Access.store2(this, linear, value);
                    done();
                } else {
                    Access.store2Logged(this, linear, value);
                }
            }
            case 4 -> {
                if (log == null) {
                    Access.store4(this, linear, value);
                    done();
                } else {
                    Access.store4Logged(this, linear, value);
                }
            }
            default -> {
                if (log == null) {
                    Access.store8(this, linear, value);
                    done();
                } else {
                    Access.store8Logged(this, linear, value);
                }
            }
        }
    }

    /**
     * Makes sure that the next {@code size} bytes (at most 4096) can be written, faulting as a write would, without
     * writing: for instructions whose stores must all succeed or none happen.
     */
    @Override
    public void probeWrite(long linear, int size) {
        paging.probeWrite(linear, size);
    }

    @Override
    public void logFull() {
        log = recorder.exchange(log);
        log.base = retired;
        log.count = 0;
    }

    /** Reads with supervisor privilege whatever CPL is: descriptor tables, TSS. Sign-extended. */
    public long loadSystem(long linear, int size) {
        return paging.loadSystem(linear, size);
    }

    public void storeSystem(long linear, int size, long value) {
        paging.storeSystem(linear, size, value);
    }

    @Override
    public long loadSlow(long linear, int size) {
        return paging.load(linear, size);
    }

    @Override
    public boolean prepare(long linear, boolean write) {
        return paging.prepare(linear, write);
    }

    @Override
    public long[][] tlbsOf(int key) {
        return paging.tlbsOf(Segmentation.user(key));
    }

    @Override
    public boolean storeQuietly(long linear, int size, long value) {
        return paging.storeQuietly(linear, size, value);
    }

    @Override
    public void storeSlow(long linear, int size, long value) {
        paging.store(linear, size, value);
    }

    // ---- operands of definitions that take the whole instruction
    // -------------------------------------------------------

    /** The ModRM.rm operand as an integer of {@code w} bytes, sign-extended. */
    public long readE(Instruction i, int w) {
        if (i.memory) {
            return load(linear(i, w, false), w);
        }
        return w == 1 ? reg8(i.rm, i.rex != 0) : reg(i.rm, w);
    }

    public void writeE(Instruction i, int w, long value) {
        if (i.memory) {
            store(linear(i, w, true), w, value);
        } else if (w == 1) {
            setReg8(i.rm, i.rex != 0, value);
        } else {
            setReg(i.rm, w, value);
        }
    }

    /** The ModRM.reg operand as an integer of {@code w} bytes, sign-extended. */
    public long readG(Instruction i, int w) {
        return w == 1 ? reg8(i.reg, i.rex != 0) : reg(i.reg, w);
    }

    public void writeG(Instruction i, int w, long value) {
        if (w == 1) {
            setReg8(i.reg, i.rex != 0, value);
        } else {
            setReg(i.reg, w, value);
        }
    }

    // ---- stack ------------------------------------------------------------------------------------------------------

    /** Pushes {@code w} bytes (2, 4, 8) on the current stack. Nothing changes if it faults. */
    public void push(int w, long value) {
        int size = stackSize();
        long sp = truncate(r[RSP] - w, size);
        store(linear(SS, sp, w, true), w, value);
        setReg(RSP, size, sp);
    }

    /** Pops {@code w} bytes (2, 4, 8), sign-extended. */
    public long pop(int w) {
        int size = stackSize();
        long value = load(linear(SS, truncate(r[RSP], size), w, false), w);
        setReg(RSP, size, truncate(r[RSP] + w, size));
        return value;
    }

    /** Reads {@code w} bytes at {@code depth} bytes above the stack pointer without popping. */
    public long peek(int w, int depth) {
        return load(linear(SS, truncate(r[RSP] + depth, stackSize()), w, false), w);
    }

    // ---- checks -----------------------------------------------------------------------------------------------------

    /** #GP(0) unless CPL is 0. */
    public void requireRing0() {
        if (cpl != 0) {
            throw Fault.gp(Reason.PRIVILEGE);
        }
    }

    /** A near branch: #GP(0) if the target is beyond the CS limit or not canonical, else it becomes {@link #pc}. */
    public void jump(long target) {
        checkFetch(target);
        pc = target;
    }

    @Override
    public void checkFetch(long offset) {
        if (codeKey < 0 ? offset << 16 >> 16 != offset : offset > seg[CS].limit) {
            throw Fault.gp(0, codeKey < 0 ? Reason.NON_CANONICAL : Reason.SEGMENT_LIMIT, offset);
        }
    }

    @Override
    public long fetch(long linear) {
        return paging.fetch(linear);
    }

    @Override
    public void codeMarked(long physicalPage) {
        paging.forgetWrites(physicalPage);
    }

    @Override
    public boolean stepping() {
        return (systemFlags & TF) != 0;
    }

    @Override
    public void stepped() {
        interrupts.stepped();
    }

    @Override
    public void service() {
        called = false;
        interrupts.service();
    }

    @Override
    public void deliver(GuestFault fault) {
        interrupts.deliver((Fault) fault);
    }

    @Override
    public void noteRegisters(RegisterLog registerLog, boolean known) {
        differences.note(registerLog, known);
    }

    @Override
    public void note(BlockLog blocks) {
        blocks.enter(retired, stackLinear(), cr3, cpl);
    }

    @Override
    public long stackLinear() {
        long sp = truncate(r[RSP], stackSize());
        return code64() ? sp : seg[SS].base + sp & 0xffff_ffffL;
    }

    @Override
    public boolean halted() {
        return halted;
    }

    /** #UD or #NM unless SSE instructions may run (SDM vol. 3A, 13.1). */
    public void requireSse() {
        if ((cr0 & (CR0_EM | CR0_TS)) != 0 || (cr4 & CR4_OSFXSR) == 0) {
            refuseSse();
        }
    }

    private void refuseSse() {
        throw (cr0 & CR0_EM) != 0 || (cr4 & CR4_OSFXSR) == 0
                ? Fault.of(Fault.UD, Reason.SSE_DISABLED)
                : Fault.of(Fault.NM, Reason.FPU_DISABLED);
    }

    /**
     * #XM, or #UD without CR4.OSXMMEXCPT, if the running instruction has raised an unmasked exception in
     * {@link #mxcsr}.
     */
    public void requireNoSimdException() {
        if (!mxcsr.quiet() && mxcsr.takeUnmasked() != 0) {
            throw Fault.of((cr4 & CR4_OSXMMEXCPT) != 0 ? Fault.XM : Fault.UD, Reason.SIMD_EXCEPTION);
        }
    }

    /** #UD, #NM or #MF unless MMX instructions may run. */
    public void checkMmx() {
        fpu.checkMmx();
    }

    /** An MMX instruction's memory operand has not faulted: the x87 stack is now the MMX registers. */
    public void enterMmx() {
        fpu.enterMmx();
    }

    /** {@link #checkMmx} and {@link #enterMmx}. */
    public void requireMmx() {
        fpu.requireMmx();
    }

    /** MMX register 0..7. */
    public long mm(int n) {
        return fpu.mm(n);
    }

    public void setMm(int n, long value) {
        fpu.setMm(n, value);
    }

    /** #GP(0) unless the address is a multiple of 16. */
    public void requireAligned(long linear) {
        if ((linear & 15) != 0) {
            throw Fault.gp(Reason.ALIGNMENT);
        }
    }
}
