package dev.ringscope.emulator.user;

import java.util.HashMap;
import java.util.Map;

/** The system calls that are built, by number: x86-64 (Linux arch/x86/entry/syscalls/syscall_64.tbl) and i386 (syscall_32.tbl). */
final class SystemCalls {
    private static final Map<Integer, SystemCall> WIDE = new HashMap<>();
    private static final Map<Integer, SystemCall> NARROW = new HashMap<>();

    static {
        FileCalls.enter(WIDE);
        MemoryCalls.enter(WIDE);
        SignalCalls.enter(WIDE);
        TimeCalls.enter(WIDE);
        IdentityCalls.enter(WIDE);
        NarrowCalls.enter(NARROW);
    }

    private SystemCalls() {}

    /** @return the call, or null if it is not built */
    static SystemCall find(long number, boolean wide) {
        return (wide ? WIDE : NARROW).get((int) number);
    }
}
