package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.memory.PhysicalMemory.LONG;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

/**
 * A stack that a transfer pushes on before it becomes the current one: RSP, and SS if it is another stack, change only
 * when {@link #commit} is called, so that a fault in between leaves the old stack in place.
 */
final class PendingStack {
    private final X86Cpu cpu;
    private final Segment ss;
    private final boolean otherSegment;
    /** Pushes go with the privilege of the ring to be entered, which is not 3. */
    private final boolean inner;
    /** Error code of #SS: the selector of a stack from the TSS, 0 for the current one. */
    private final int errorCode;

    private final int size;
    private long sp;

    private PendingStack(X86Cpu cpu, Segment ss, boolean otherSegment, boolean inner, int size, long sp) {
        this.cpu = cpu;
        this.ss = ss;
        this.otherSegment = otherSegment;
        this.inner = inner;
        this.size = size;
        this.sp = X86Cpu.truncate(sp, size);
        errorCode = otherSegment ? ss.selector & ~3 : 0;
    }

    /** The stack in use. */
    static PendingStack current(X86Cpu cpu) {
        return new PendingStack(cpu, cpu.seg[SS], false, false, cpu.stackSize(), cpu.r[RSP]);
    }

    /** A stack of another ring outside IA-32e mode. */
    static PendingStack inner(X86Cpu cpu, Descriptor d, int cpl, long sp) {
        cpu.segmentation.markAccessed(d);
        Segment ss = new Segment();
        Segmentation.fill(ss, d.selector(), d);
        return new PendingStack(cpu, ss, true, cpl != 3, d.big() ? 4 : 2, sp);
    }

    /** A stack of 64-bit mode: with a null SS of the new ring if the ring changes. */
    static PendingStack flat(X86Cpu cpu, int cpl, long rsp) {
        if (cpl == cpu.cpl) {
            return new PendingStack(cpu, cpu.seg[SS], false, cpl != 3, 8, rsp);
        }
        Segment ss = new Segment();
        DataSegments.setNull(ss, cpl);
        return new PendingStack(cpu, ss, true, cpl != 3, 8, rsp);
    }

    /** Pushes {@code w} bytes (2, 4, 8). */
    void push(int w, long value) {
        long next = X86Cpu.truncate(sp - w, size);
        long linear = linear(next, w);
        if (inner) {
            cpu.storeSystem(linear, w, value);
        } else {
            cpu.store(linear, w, value);
        }
        sp = next;
    }

    /**
     * Pushes the frame of an interrupt in 64-bit mode: at once where the TLB serves it all.
     *
     * @param errorCode -1: none is pushed
     */
    void pushFrame(long stackSelector, long stackPointer, long flags, long codeSelector, long pc, int errorCode) {
        int bytes = errorCode < 0 ? 40 : 48;
        int index = inner && cpu.log == null ? cpu.paging.supervisor.stores(sp - bytes, bytes) : -1;
        if (index < 0) {
            push(8, stackSelector);
            push(8, stackPointer);
            push(8, flags);
            push(8, codeSelector);
            push(8, pc);
            if (errorCode >= 0) {
                push(8, errorCode);
            }
            return;
        }
        sp -= bytes;
        int top = index + bytes;
        LONG.set(cpu.ram, top - 8, stackSelector);
        LONG.set(cpu.ram, top - 16, stackPointer);
        LONG.set(cpu.ram, top - 24, flags);
        LONG.set(cpu.ram, top - 32, codeSelector);
        LONG.set(cpu.ram, top - 40, pc);
        if (errorCode >= 0) {
            LONG.set(cpu.ram, index, (long) errorCode);
        }
        cpu.memory.markLines(index, bytes);
    }

    private long linear(long offset, int w) {
        if (size == 8) {
            if (!Segmentation.canonical(offset)) {
                throw Fault.ss(errorCode, Reason.NON_CANONICAL, offset);
            }
            return offset;
        }
        Reason reason = cpu.segmentation.refusal(ss, offset, w, true);
        if (reason != Reason.NONE) {
            throw Fault.ss(errorCode, reason, ss.selector);
        }
        return ss.base + offset & 0xffff_ffffL;
    }

    /** #SS unless {@code bytes} more fit below the pointer: so nothing is written of a frame that does not fit. */
    PendingStack need(int bytes) {
        if (size == 8 || X86Cpu.truncate(sp - 1, size) >= bytes - 1) {
            linear(X86Cpu.truncate(sp - bytes, size), bytes);
        }
        return this;
    }

    /** Makes it the current stack; to be called when CS has been loaded. */
    void commit() {
        if (otherSegment) {
            cpu.seg[SS].copyFrom(ss);
        }
        cpu.setReg(RSP, size, sp);
        if (otherSegment) {
            cpu.modeChanged();
        }
    }
}
