package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * The program's registers as the guest kernel has saved them; changes go back with the answer. Offsets as in
 * {@code guest/kernel.S}.
 */
final class Frame {
    static final int R15 = 0x00, R14 = 0x08, R13 = 0x10, R12 = 0x18, RBP = 0x20, RBX = 0x28, R11 = 0x30, R10 = 0x38;
    static final int R9 = 0x40,
            R8 = 0x48,
            RAX = 0x50,
            RCX = 0x58,
            RDX = 0x60,
            RSI = 0x68,
            RDI = 0x70,
            CAUSE = 0x78,
            FLAGS = 0x7c;
    static final int ERROR = 0x80, RIP = 0x88, CS = 0x90, RFLAGS = 0x98, RSP = 0xa0, SS = 0xa8;
    /** In the flags. */
    static final int RETURNED = 1, WHOLE = 2;

    static final long USER_CS = 0x33, USER32_CS = 0x23, USER_SS = 0x2b;

    static final int PLACE = 0x10_1f50;
    static final int SIZE = 0xb0;

    private final byte[] bytes = new byte[SIZE];
    private final long place;
    private boolean changed;

    /** @param place physical address: {@link #PLACE} for the running thread, else in its slot */
    Frame(PhysicalMemory memory, long place) {
        this.place = place;
        memory.need((int) place, SIZE);
        System.arraycopy(memory.bytes, (int) place, bytes, 0, SIZE);
    }

    /** A copy that belongs nowhere yet. */
    Frame(Frame other) {
        place = 0;
        System.arraycopy(other.bytes, 0, bytes, 0, SIZE);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Whether it is that of a system call of i386. */
    boolean narrowCall() {
        return (int) get(CAUSE) == LinuxProcess.INT80;
    }

    /** The system call has not returned yet, or again not. */
    void notReturned() {
        set(CAUSE, get(CAUSE) & ~((long) RETURNED << 32));
    }

    /** There is no return for a debugger to see: the thread starts in the middle of a system call. */
    void returned() {
        set(CAUSE, get(CAUSE) | (long) RETURNED << 32);
    }

    long get(int register) {
        return (long) PhysicalMemory.LONG.get(bytes, register);
    }

    void set(int register, long value) {
        PhysicalMemory.LONG.set(bytes, register, value);
        changed = true;
    }

    /** The program resumes with all of the frame (IRET), not with what SYSRET restores. */
    void resumeWhole() {
        set(CAUSE, get(CAUSE) | (long) WHOLE << 32);
    }

    void save(Answer answer) {
        if (changed) {
            answer.add(new Answer.Store(place, bytes.clone()));
        }
    }
}
