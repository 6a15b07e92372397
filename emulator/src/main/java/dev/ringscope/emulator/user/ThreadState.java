package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.X86Cpu;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * All registers of a thread of the program, as a slot of the guest's memory holds them.
 *
 * @param fpu as FXSAVE64 writes it
 * @param areas the descriptors of the three GDT slots for TLS segments, little-endian
 */
record ThreadState(Frame frame, byte[] fpu, long fsBase, long gsBase, int fs, int gs, byte[] areas) {
    private static final int AREAS_SIZE = 24;

    /** That of the running thread. */
    static ThreadState of(X86Cpu cpu, Frame frame, byte[] fpu) {
        cpu.memory.need(Mailbox.THREAD_AREAS, AREAS_SIZE);
        byte[] areas = Arrays.copyOfRange(cpu.memory.bytes, Mailbox.THREAD_AREAS, Mailbox.THREAD_AREAS + AREAS_SIZE);
        return new ThreadState(
                frame, fpu, cpu.seg[4].base, cpu.seg[5].base, cpu.seg[4].selector, cpu.seg[5].selector, areas);
    }

    ThreadState withFrame(Frame newFrame) {
        return new ThreadState(newFrame, fpu, fsBase, gsBase, fs, gs, areas);
    }

    ThreadState withFsBase(long base) {
        return new ThreadState(frame, fpu, base, gsBase, fs, gs, areas);
    }

    ThreadState withArea(ThreadArea area) {
        byte[] changed = areas.clone();
        int entry = Math.max(area.entry(), ThreadArea.FIRST);
        PhysicalMemory.LONG.set(changed, 8 * (entry - ThreadArea.FIRST), area.descriptor());
        return new ThreadState(frame, fpu, fsBase, gsBase, fs, gs, changed);
    }

    /** Puts it into a slot that becomes that thread's. */
    void store(Answer answer, long slot, int tid) {
        ByteBuffer b = UserMemory.zeros(ProcessPage.AREAS + AREAS_SIZE);
        b.put(ProcessPage.FXSAVE, fpu).put(ProcessPage.FRAME, frame.bytes());
        b.putLong(ProcessPage.FS_BASE, fsBase).putLong(ProcessPage.GS_BASE, gsBase);
        b.putInt(ProcessPage.TID, tid);
        b.putShort(ProcessPage.FS, (short) fs).putShort(ProcessPage.GS, (short) gs);
        b.put(ProcessPage.AREAS, areas);
        answer.add(new Answer.Store(slot, b.array()));
    }
}
