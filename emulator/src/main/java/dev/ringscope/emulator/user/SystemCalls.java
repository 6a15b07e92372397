package dev.ringscope.emulator.user;

import java.util.HashMap;
import java.util.Map;

/**
 * The system calls that are built, by number and name: x86-64 (Linux arch/x86/entry/syscalls/syscall_64.tbl) and i386
 * (syscall_32.tbl), whose names are the same where the calls are.
 */
final class SystemCalls {
    private static final SystemCalls WIDE = new SystemCalls();
    private static final SystemCalls NARROW = new SystemCalls();

    static {
        FileCalls.enter(WIDE);
        PathCalls.enter(WIDE);
        WaitCalls.enter(WIDE);
        MemoryCalls.enter(WIDE);
        SignalCalls.enter(WIDE);
        TimeCalls.enter(WIDE);
        IdentityCalls.enter(WIDE);
        SchedulingCalls.enter(WIDE);
        ThreadCalls.enter(WIDE);
        FutexCalls.enter(WIDE);
        NarrowCalls.enter(NARROW, WIDE);
    }

    private final Map<Long, SystemCall> byNumber = new HashMap<>();
    private final Map<String, SystemCall> byName = new HashMap<>();

    private SystemCalls() {}

    /** @return the call, or null if it is not built */
    static SystemCall find(long number, boolean wide) {
        return (wide ? WIDE : NARROW).byNumber.get(number & 0xffff_ffffL);
    }

    /** Enters a call. Neither its number nor its name may be taken. */
    void add(int number, String name, SystemCall call) {
        if (byNumber.put((long) number, call) != null || byName.put(name, call) != null) {
            throw new IllegalStateException("system call %d, %s, is there twice".formatted(number, name));
        }
    }

    SystemCall named(String name) {
        SystemCall call = byName.get(name);
        if (call == null) {
            throw new IllegalStateException("no system call is named " + name);
        }
        return call;
    }
}
