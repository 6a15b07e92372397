package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.FS;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

/**
 * Interrupts and exceptions through the IDT in protected and IA-32e mode (Intel SDM vol. 3A, 6.11 to 6.14; vol. 2, INT
 * n, whose pseudo-code names the checks in this order). Error codes here are without EXT, which
 * {@link Interruption#blame} adds.
 */
final class InterruptGates {
    private final X86Cpu cpu;

    InterruptGates(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** The gate of a vector, checked as far as it goes by itself. */
    Descriptor gate(Interruption x) {
        boolean ia32e = cpu.longMode();
        int offset = x.vector() * (ia32e ? 16 : 8);
        int error = x.vector() * 8 + 2;
        if (offset + (ia32e ? 15 : 7) > cpu.idtrLimit) {
            throw Fault.gp(error, Reason.IDT_LIMIT, cpu.idtrLimit);
        }
        long address = cpu.segmentation.wrap(cpu.idtrBase + offset);
        long low = cpu.loadSystem(address, 8);
        Descriptor gate = new Descriptor(error, address, low, ia32e ? cpu.loadSystem(address + 8, 8) : 0);
        boolean fits = switch (gate.type()) {
            case Descriptor.INTERRUPT_GATE, Descriptor.TRAP_GATE -> true;
            case Descriptor.TASK_GATE, Descriptor.INTERRUPT_GATE16, Descriptor.TRAP_GATE16 -> !ia32e;
            default -> false;
        };
        if (!fits) {
            throw Fault.gp(error, Reason.GATE_TYPE, low);
        }
        if (x.software() && gate.dpl() < cpu.cpl) {
            throw Fault.gp(error, Reason.GATE_PRIVILEGE, low);
        }
        if (!gate.present()) {
            throw Fault.np(error, Reason.SEGMENT_NOT_PRESENT, low);
        }
        return gate;
    }

    /** Goes through an interrupt or trap gate; nothing but memory below the stack pointer changes if it faults. */
    void enter(Interruption x, Descriptor gate, long returnPc) {
        Descriptor code = code(gate);
        int cpl = code.conforming() ? cpu.cpl : code.dpl();
        int w = cpu.longMode() ? 8 : gate.type() >= Descriptor.INTERRUPT_GATE ? 4 : 2;
        boolean fromV86 = cpu.v86();
        PendingStack stack = stack(x, gate, cpl, w);
        if (w == 8) {
            int flags = cpu.interrupts.pushedFlags(x);
            stack.pushFrame(cpu.seg[SS].selector, cpu.r[RSP], flags, cpu.seg[CS].selector, returnPc, x.errorCode());
        } else {
            push(stack, x, cpl, w, returnPc);
        }
        CodeSegments.checkOffset(cpu, code, gate.gateOffset());
        CodeSegments.enter(cpu, code, cpl, gate.gateOffset());
        boolean interruptGate = (gate.type() & 1) == 0;
        leaveFlags(interruptGate);
        stack.commit();
        if (fromV86) {
            for (int segment : new int[] {GS, FS, DS, ES}) {
                DataSegments.setNull(cpu.seg[segment], 0);
            }
            cpu.modeChanged();
        }
    }

    private void push(PendingStack stack, Interruption x, int cpl, int w, long returnPc) {
        if (cpu.v86()) {
            for (int segment : new int[] {GS, FS, DS, ES}) {
                stack.push(w, cpu.seg[segment].selector);
            }
        }
        if (cpl != cpu.cpl) {
            stack.push(w, cpu.seg[SS].selector);
            stack.push(w, cpu.r[RSP]);
        }
        stack.push(w, cpu.interrupts.pushedFlags(x));
        stack.push(w, cpu.seg[CS].selector);
        stack.push(w, returnPc);
        if (x.errorCode() >= 0) {
            stack.push(w, x.errorCode());
        }
    }

    private void leaveFlags(boolean interruptGate) {
        cpu.systemFlags &= ~(X86Cpu.TF | X86Cpu.NT | X86Cpu.RF | X86Cpu.VM | (interruptGate ? X86Cpu.IF : 0));
    }

    /** The handler's code segment. */
    private Descriptor code(Descriptor gate) {
        int selector = gate.gateSelector();
        Descriptor code = cpu.segmentation.readNonNull(selector, Fault.GP);
        int error = selector & ~3;
        if (!code.code() || code.dpl() > cpu.cpl) {
            Reason reason = code.code() ? Reason.DESCRIPTOR_PRIVILEGE : Reason.DESCRIPTOR_TYPE;
            throw Fault.gp(error, reason, code.low());
        }
        if (cpu.longMode() && (!code.longMode() || code.big())) {
            throw Fault.gp(error, Reason.DESCRIPTOR_TYPE, code.low());
        }
        CodeSegments.checkPresent(code);
        if (cpu.v86() && (code.conforming() || code.dpl() != 0)) {
            throw Fault.gp(error, Reason.DESCRIPTOR_PRIVILEGE, code.low());
        }
        return code;
    }

    private PendingStack stack(Interruption x, Descriptor gate, int cpl, int w) {
        int frame = w * (3 + (x.errorCode() >= 0 ? 1 : 0));
        if (w == 8) {
            return stack64(gate.ist(), cpl).need(frame + 16);
        }
        if (cpl == cpu.cpl) {
            return PendingStack.current(cpu).need(frame);
        }
        return TaskState.innerStack(cpu, cpl, frame + w * (cpu.v86() ? 6 : 2));
    }

    /** SDM vol. 3A, 6.14.2 to 6.14.5: the frame starts at a multiple of 16. */
    private PendingStack stack64(int ist, int cpl) {
        long rsp = ist != 0
                ? TaskState.interruptStack(cpu, ist)
                : cpl != cpu.cpl ? TaskState.stack(cpu, cpl).sp() : cpu.r[RSP];
        // Checked before it is aligned and pushed on, so that a bad value in the TSS is what the fault shows.
        if (!Segmentation.canonical(rsp)) {
            throw Fault.ss(0, Reason.NON_CANONICAL, rsp);
        }
        return PendingStack.flat(cpu, cpl, rsp & -16);
    }
}
