package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Float80;
import dev.ringscope.emulator.x86.fpu.X87Context;

/**
 * The x87 state (Intel SDM vol. 1, ch. 8) and its second face, the MMX registers (ch. 9.2): eight registers addressed
 * as a stack by x87 and by number by MMX, control, status and tag words, and where the last non-control instruction and
 * its operand were.
 *
 * <p>Of the tags only "empty" is kept; valid, zero and special are read off the contents when a full tag word is
 * stored.
 */
public final class Fpu {
    /** Stack fault, in the status word. */
    public static final int SF = 0x40;

    private static final int EXCEPTIONS = 0x3f;
    private static final int CONDITIONS = X87Context.C0 | X87Context.C1 | X87Context.C2 | X87Context.C3;
    private static final int ERROR_SUMMARY = 0x80;
    private static final int BUSY = 0x8000;
    /** Bits of the control word that exist; bit 6 reads as 1. */
    private static final int CONTROL_BITS = 0x1f3f;

    private static final int CONTROL_FIXED = 0x40;

    private final X86Cpu cpu;
    /** Physical registers. */
    private final int[] se = new int[8];

    private final long[] significand = new long[8];
    /** Bit n: physical register n is not empty. */
    private int used;

    private int top;
    /** The status word but for TOP, ES and B. */
    private int status;

    /** Control word and the results of the running operation. */
    final X87Context x87 = new X87Context();

    /**
     * The last non-control instruction: selector and offset, its memory operand's, and the low 11 bits of its opcode.
     */
    public int instructionSelector;

    public long instructionOffset;
    public int dataSelector;
    public long dataOffset;
    public int opcode;

    /** What FERR# drives: called when an unmasked exception is met with CR0.NE clear. A PC raises IRQ 13. */
    public Runnable ferr = () -> {};

    Fpu(X86Cpu cpu) {
        this.cpu = cpu;
        reset();
    }

    /** The state after power-on or RESET (SDM vol. 3A, table 10-1): unlike FNINIT's, all registers hold +0. */
    public void reset() {
        init();
        setControl(CONTROL_FIXED);
        for (int n = 0; n < 8; n++) {
            se[n] = 0;
            significand[n] = 0;
        }
        used = 0xff;
    }

    /** FNINIT. */
    void init() {
        setControl(0x37f);
        status = 0;
        top = 0;
        used = 0;
        instructionSelector = 0;
        instructionOffset = 0;
        dataSelector = 0;
        dataOffset = 0;
        opcode = 0;
    }

    // ---- control, status and tag words
    // ----------------------------------------------------------------------------------

    public int control() {
        return x87.control;
    }

    /** Reserved bits are forced. */
    public void setControl(int word) {
        x87.control = word & CONTROL_BITS | CONTROL_FIXED;
    }

    /** The status word with TOP, ES and B. */
    public int status() {
        return status | top << 11 | (pending() ? ERROR_SUMMARY | BUSY : 0);
    }

    /** TOP, exceptions, stack fault and condition codes; ES and B follow from them and the control word. */
    public void setStatus(int word) {
        status = word & (EXCEPTIONS | SF | CONDITIONS);
        top = word >> 11 & 7;
    }

    /** An unmasked exception waits for the next waiting instruction. */
    boolean pending() {
        return (status & ~x87.control & EXCEPTIONS) != 0;
    }

    void clearExceptions() {
        status &= CONDITIONS;
    }

    /** FXSAVE's tag byte: bit n is set if physical register n is not empty. */
    public int abridgedTag() {
        return used;
    }

    public void setAbridgedTag(int tag) {
        used = tag & 0xff;
    }

    /** The 16-bit tag word: for each physical register 00 valid, 01 zero, 10 special, 11 empty. */
    public int fullTag() {
        int tag = 0;
        for (int n = 0; n < 8; n++) {
            tag |= tagOf(n) << 2 * n;
        }
        return tag;
    }

    private int tagOf(int n) {
        if ((used >> n & 1) == 0) {
            return 3;
        }
        if (Float80.isZero(se[n], significand[n])) {
            return 1;
        }
        return Float80.isNormal(se[n], significand[n]) ? 0 : 2;
    }

    public void setFullTag(int tag) {
        used = 0;
        for (int n = 0; n < 8; n++) {
            used |= (tag >> 2 * n & 3) != 3 ? 1 << n : 0;
        }
    }

    // ---- the register stack
    // ---------------------------------------------------------------------------------------------

    private int physical(int st) {
        return top + st & 7;
    }

    /** Sign and exponent of ST(st), empty or not. */
    public int se(int st) {
        return se[physical(st)];
    }

    /** Significand of ST(st), empty or not. */
    public long significand(int st) {
        return significand[physical(st)];
    }

    /** Replaces the contents of ST(st); its tag stays. */
    public void setRegister(int st, int se, long significand) {
        int n = physical(st);
        this.se[n] = se & 0xffff;
        this.significand[n] = significand;
    }

    boolean isEmpty(int st) {
        return (used >> physical(st) & 1) == 0;
    }

    /** Puts a value into ST(st), which is then not empty. */
    void write(int st, int se, long significand) {
        setRegister(st, se, significand);
        used |= 1 << physical(st);
    }

    void push(int se, long significand) {
        top = top - 1 & 7;
        write(0, se, significand);
    }

    void pop() {
        free(0);
        rotate(1);
    }

    void free(int st) {
        used &= ~(1 << physical(st));
    }

    /** FINCSTP and FDECSTP: moves TOP; no register changes. */
    void rotate(int by) {
        top = top + by & 7;
    }

    // ---- exceptions
    // -----------------------------------------------------------------------------------------------------

    /** Merges what the operation in {@link #x87} raised, and the condition codes that it defines. */
    void finish() {
        finish(x87.defined);
    }

    /** As {@link #finish()} where the instruction defines other condition codes than the operation. */
    void finish(int defined) {
        status = status & ~defined | x87.raised | x87.condition & defined;
    }

    /** Sets C0, C2 and C3 as given, and leaves C1. */
    void setConditions(int conditions) {
        status = status & ~(X87Context.C0 | X87Context.C2 | X87Context.C3) | conditions;
    }

    boolean masksInvalid() {
        return (x87.control & X87Context.IE) != 0;
    }

    void clearC2() {
        status &= ~X87Context.C2;
    }

    /** Clears C1: what instructions do that cannot round. */
    void clearC1() {
        status &= ~X87Context.C1;
    }

    /**
     * An empty register where a value is needed: IE and SF, C1 clear. True if masked: then the result is the
     * indefinite.
     */
    boolean underflow() {
        x87.forgetOperand();
        status = status & ~X87Context.C1 | X87Context.IE | SF;
        return masksInvalid();
    }

    /** A push onto a register that is not empty: IE, SF and C1. True if masked: then the indefinite is pushed. */
    boolean overflow() {
        status |= X87Context.C1 | X87Context.IE | SF;
        return masksInvalid();
    }

    /** #NM if the x87 unit is emulated or not this task's. */
    void require() {
        if ((cpu.cr0 & (X86Cpu.CR0_EM | X86Cpu.CR0_TS)) != 0) {
            throw Fault.of(Fault.NM, Reason.FPU_DISABLED);
        }
    }

    /** #MF for an exception left pending by an earlier instruction; with CR0.NE clear FERR# instead. */
    void checkPending() {
        if (pending()) {
            if ((cpu.cr0 & X86Cpu.CR0_NE) != 0) {
                throw Fault.of(Fault.MF, Reason.FPU_EXCEPTION);
            }
            ferr.run();
        }
    }

    /** How every waiting x87 instruction begins. */
    void enter() {
        require();
        checkPending();
    }

    /** Remembers a non-control instruction without a memory operand. The data pointer stays. */
    void note(Instruction i) {
        instructionSelector = cpu.seg[Instruction.CS].selector;
        instructionOffset = i.address;
        opcode = (i.opcode & 7) << 8 | i.modrm & 0xff;
    }

    /** Remembers a non-control instruction and its memory operand. */
    void noteMemory(Instruction i) {
        note(i);
        dataSelector = cpu.seg[i.segment].selector;
        dataOffset = cpu.effective(i);
    }

    // ---- MMX
    // ------------------------------------------------------------------------------------------------------------

    /** #UD, #NM or #MF unless MMX instructions may run. */
    void checkMmx() {
        if ((cpu.cr0 & X86Cpu.CR0_EM) != 0) {
            throw Fault.of(Fault.UD, Reason.FPU_DISABLED);
        }
        enter();
    }

    /** What an MMX instruction that did not fault leaves: TOP is 0 and no register is empty. */
    void enterMmx() {
        top = 0;
        used = 0xff;
    }

    /** Both: for what uses MMX registers and has no memory operand. */
    void requireMmx() {
        checkMmx();
        enterMmx();
    }

    long mm(int n) {
        return significand[n];
    }

    /** A written MMX register reads as a NaN or infinity to x87. */
    void setMm(int n, long value) {
        significand[n] = value;
        se[n] = 0xffff;
    }

    /** EMMS: every register is empty. {@link #requireMmx} comes first. */
    void emms() {
        used = 0;
    }

    // ---- checkpoints
    // ----------------------------------------------------------------------------------------------------

    public void save(StateOutput out) {
        out.put(significand);
        for (int value : se) {
            out.put(value);
        }
        out.put(control()).put(status()).put(used);
        out.put(instructionSelector)
                .put(instructionOffset)
                .put(dataSelector)
                .put(dataOffset)
                .put(opcode);
    }

    public void load(StateInput in) {
        in.next(significand);
        for (int n = 0; n < 8; n++) {
            se[n] = in.nextInt() & 0xffff;
        }
        setControl(in.nextInt());
        setStatus(in.nextInt());
        setAbridgedTag(in.nextInt());
        instructionSelector = in.nextInt();
        instructionOffset = in.next();
        dataSelector = in.nextInt();
        dataOffset = in.next();
        opcode = in.nextInt();
    }
}
