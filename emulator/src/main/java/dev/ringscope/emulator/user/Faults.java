package dev.ringscope.emulator.user;

import dev.ringscope.emulator.x86.Fault;
import dev.ringscope.emulator.x86.X86Cpu;

/** The program's faults become pages or signals (Linux arch/x86/kernel/traps.c and mm/fault.c). */
final class Faults {
    private static final int PRESENT = 1, WRITE = 2, FETCH = 16;
    private static final int SINGLE_STEP = 1 << 14;
    private static final int BUS_ADRERR = 2;

    private final LinuxProcess p;
    private int vector;
    private long errorCode;
    private long address;

    Faults(LinuxProcess process) {
        p = process;
    }

    /** Of the last fault that became a signal, as a handler finds it in its frame. */
    int vector() {
        return vector;
    }

    long errorCode() {
        return errorCode;
    }

    long address() {
        return address;
    }

    void take(int newVector, long newErrorCode, long faultAddress) {
        if (newVector == Fault.PF && serve(newErrorCode, faultAddress)) {
            return;
        }
        vector = newVector;
        errorCode = newErrorCode;
        long rip = p.frame().get(Frame.RIP);
        X86Cpu cpu = p.cpu();
        switch (newVector) {
            case Fault.PF -> pageFault(faultAddress);
            case Fault.DE -> signal(SignalNumber.SIGFPE, 1, rip, "divide error"); // FPE_INTDIV
            case Fault.MF ->
                signal(SignalNumber.SIGFPE, floatCode(cpu.fpu.status() & ~cpu.fpu.control()), rip, "x87 error");
            case Fault.XM ->
                signal(SignalNumber.SIGFPE, floatCode(cpu.mxcsr.value & ~(cpu.mxcsr.value >> 7)), rip, "SSE exception");
            case Fault.DB -> // TRAP_TRACE, TRAP_BRKPT
                signal(SignalNumber.SIGTRAP, (cpu.dr[6] & SINGLE_STEP) != 0 ? 2 : 1, rip, "debug exception");
            case Fault.BP -> signal(SignalNumber.SIGTRAP, Signals.SI_KERNEL, 0, "breakpoint");
            case Fault.UD -> signal(SignalNumber.SIGILL, 2, rip, "invalid instruction"); // ILL_ILLOPN
            case Fault.AC -> signal(SignalNumber.SIGBUS, 1, 0, "unaligned access"); // BUS_ADRALN
            case Fault.SS, Fault.NP -> signal(SignalNumber.SIGBUS, Signals.SI_KERNEL, 0, "stack or segment fault");
            default -> signal(SignalNumber.SIGSEGV, Signals.SI_KERNEL, 0, "general protection");
        }
    }

    private void signal(int signal, int code, long about, String what) {
        String where = "%s at 0x%x".formatted(what, p.frame().get(Frame.RIP));
        p.signals().fault(signal, code, about, where);
    }

    /** FPE_FLTINV, FPE_FLTDIV, FPE_FLTOVF, FPE_FLTUND or FPE_FLTRES, in the order in which Linux looks. */
    private static int floatCode(int raised) {
        if ((raised & 1) != 0) {
            return 7;
        } else if ((raised & 4) != 0) {
            return 3;
        } else if ((raised & 8) != 0) {
            return 4;
        } else if ((raised & 0x12) != 0) {
            return 5;
        }
        return (raised & 0x20) != 0 ? 6 : 0;
    }

    // ---- page faults
    // --------------------------------------------------------------------------------------------------

    private static int access(long error) {
        return (error & FETCH) != 0 ? Mapping.EXECUTE : (error & WRITE) != 0 ? Mapping.WRITE : Mapping.READ;
    }

    /**
     * Gives the page its memory. A page that is there has the rights of its mapping: then the fault is the program's
     * error.
     */
    private boolean serve(long error, long at) {
        boolean there = (error & PRESENT) != 0 || p.space().isResident(at);
        try {
            return !there && p.space().touch(at, access(error)) >= 0;
        } catch (Errno outOfMemory) {
            return false;
        }
    }

    private void pageFault(long at) {
        address = at;
        Mapping mapping = p.space().find(at);
        if (at < 0 || at >= AddressSpace.TOP) {
            errorCode |= PRESENT; // nothing of the kernel's half is told
        }
        boolean allowed = mapping != null && (mapping.protection() & access(errorCode)) == access(errorCode);
        if (allowed && !p.space().isResident(at)) {
            signal(SignalNumber.SIGBUS, BUS_ADRERR, at, "the machine's memory is full, access");
            return;
        }
        String what = (errorCode & FETCH) != 0 ? "jump to" : (errorCode & WRITE) != 0 ? "write to" : "read of";
        String target = "%s %s 0x%x".formatted(what, mapping == null ? "unmapped" : "protected", at);
        signal(SignalNumber.SIGSEGV, mapping == null ? 1 : 2, at, target); // SEGV_MAPERR, SEGV_ACCERR
    }
}
