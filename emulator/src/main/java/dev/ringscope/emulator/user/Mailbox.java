package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.user.AddressSpace.Entry;
import java.nio.ByteBuffer;
import java.util.List;

/** What the guest's kernel shall do itself before the program resumes. The layout is that of {@code guest/kernel.S}. */
final class Mailbox {
    private static final int PLACE = 0x10_2000;
    private static final int CR2 = 0x08, MSR = 0x10, FPU = 0x14, AREA = 0x40, ENTRIES = 0x240;
    private static final int CAPACITY = 146;
    private static final long GDT = 0x10_3000;
    static final int THREAD_AREAS = 0x10_3060;

    private int register;
    private long value;
    private byte[] fpu;
    private Entry threadDescriptor;
    private boolean again;

    /** CR2 at the exception that is being answered. */
    static long faultAddress(PhysicalMemory memory) {
        memory.need(PLACE + CR2, 8);
        return (long) PhysicalMemory.LONG.get(memory.bytes, PLACE + CR2);
    }

    /** WRMSR that register. */
    void writeRegister(int newRegister, long newValue) {
        register = newRegister;
        value = newValue;
    }

    /** FXRSTOR64. */
    void restoreFpu(byte[] state) {
        fpu = FpuState.valid(state);
    }

    /** Ask once more, although nothing waits. */
    void askAgain() {
        again = true;
    }

    /** Store a descriptor into GDT slot 12, 13 or 14. */
    void storeThreadDescriptor(int slot, long descriptor) {
        threadDescriptor = new Entry(GDT + 8L * slot, descriptor, 0);
    }

    /** Adds what is asked for to the answer, with as many page-table entries as there is room for. */
    void send(AddressSpace space, Answer answer) {
        List<Entry> entries = space.takeWaiting(CAPACITY - 1);
        if (threadDescriptor != null) {
            entries.add(threadDescriptor);
            threadDescriptor = null;
        }
        if (!entries.isEmpty() || again) {
            sendEntries(entries, again || space.entriesWait(), answer);
            again = false;
        }
        if (register != 0) {
            ByteBuffer b = UserMemory.zeros(16).putInt(0, register).putLong(8, value);
            answer.add(new Answer.Store(PLACE + MSR, b.array()));
            register = 0;
        }
        if (fpu != null) {
            answer.add(new Answer.Store(PLACE + AREA, fpu));
            answer.add(new Answer.Store(PLACE + FPU, new byte[] {1, 0, 0, 0}));
            fpu = null;
        }
    }

    private static void sendEntries(List<Entry> entries, boolean more, Answer answer) {
        ByteBuffer list = UserMemory.zeros(24 * entries.size());
        for (Entry entry : entries) {
            list.putLong(entry.physical()).putLong(entry.value()).putLong(entry.invalidate());
        }
        ByteBuffer head = UserMemory.zeros(8).putInt(0, entries.size()).putInt(4, more ? 1 : 0);
        answer.add(new Answer.Store(PLACE, head.array()));
        answer.add(new Answer.Store(PLACE + ENTRIES, list.array()));
    }
}
