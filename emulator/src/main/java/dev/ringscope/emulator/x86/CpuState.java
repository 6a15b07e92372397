package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.x86.fpu.Mxcsr;

/**
 * The whole state of a processor between two instructions, as a checkpoint holds it: what it does next depends on
 * nothing else but memory and devices. Fields in the order below, each as {@link StateOutput} writes it.
 */
public final class CpuState {
    private CpuState() {}

    public static void save(X86Cpu cpu, StateOutput out) {
        saveRegisters(cpu, out);
        cpu.paging.tables.save(out);
    }

    /** All but which pages are known as tables. */
    static void saveRegisters(X86Cpu cpu, StateOutput out) {
        out.put(cpu.retired)
                .put(cpu.pc)
                .put(cpu.r)
                .put(cpu.fr)
                .put(cpu.fc)
                .put(cpu.interrupts.savedFlags())
                .put(cpu.cpl);
        for (Segment segment : cpu.seg) {
            segment.save(out);
        }
        out.put(cpu.gdtrBase).put(cpu.gdtrLimit).put(cpu.idtrBase).put(cpu.idtrLimit);
        out.put(cpu.cr0).put(cpu.cr2).put(cpu.cr3).put(cpu.cr4).put(cpu.efer).put(cpu.dr);
        out.put(cpu.star)
                .put(cpu.lstar)
                .put(cpu.cstar)
                .put(cpu.syscallMask)
                .put(cpu.kernelGsBase)
                .put(cpu.tscAux);
        out.put(cpu.sysenterCs).put(cpu.sysenterEsp).put(cpu.sysenterEip);
        out.put(cpu.xmm).put(cpu.mxcsr.value);
        out.put(cpu.shadowEnd).put(cpu.shadowTraps).put(cpu.halted);
        cpu.fpu.save(out);
        cpu.system.save(out);
        cpu.interrupts.save(out);
        cpu.paging.save(out);
    }

    /**
     * Restores what {@link #save} wrote; memory must have been restored before.
     *
     * @throws IllegalArgumentException if it is no such state
     */
    public static void load(X86Cpu cpu, StateInput in) {
        loadRegisters(cpu, in);
        cpu.paging.tables.load(in);
        settle(cpu);
    }

    /** What {@link #saveRegisters} wrote; the tables come next, then {@link #settle}. */
    static void loadRegisters(X86Cpu cpu, StateInput in) {
        cpu.block = null;
        cpu.members = null;
        cpu.index = 0;
        cpu.retired = in.next();
        cpu.pc = in.next();
        in.next(cpu.r);
        cpu.fr = in.next();
        cpu.fc = in.next();
        cpu.systemFlags = in.nextInt();
        cpu.cpl = in.nextInt() & 3;
        for (Segment segment : cpu.seg) {
            segment.load(in);
        }
        loadSystem(cpu, in);
        in.next(cpu.xmm);
        cpu.mxcsr.value = in.nextInt() & Mxcsr.WRITABLE;
        cpu.shadowEnd = in.next();
        cpu.shadowTraps = in.nextBoolean();
        cpu.halted = in.nextBoolean();
        cpu.fpu.load(in);
        cpu.system.load(in);
        cpu.interrupts.load(in);
        cpu.paging.load(in);
    }

    /** Everything that is derived from the state is made anew. */
    static void settle(X86Cpu cpu) {
        cpu.paging.flushAll();
        cpu.paging.chooseTlb();
        cpu.paging.debugRegisters.changed();
        cpu.modeChanged();
        cpu.call();
    }

    private static void loadSystem(X86Cpu cpu, StateInput in) {
        cpu.gdtrBase = in.next();
        cpu.gdtrLimit = in.nextInt();
        cpu.idtrBase = in.next();
        cpu.idtrLimit = in.nextInt();
        cpu.cr0 = in.next();
        cpu.cr2 = in.next();
        cpu.cr3 = in.next();
        cpu.cr4 = in.next();
        cpu.efer = in.next();
        in.next(cpu.dr);
        cpu.star = in.next();
        cpu.lstar = in.next();
        cpu.cstar = in.next();
        cpu.syscallMask = in.next();
        cpu.kernelGsBase = in.next();
        cpu.tscAux = in.next();
        cpu.sysenterCs = in.next();
        cpu.sysenterEsp = in.next();
        cpu.sysenterEip = in.next();
    }
}
