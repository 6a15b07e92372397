package dev.ringscope.gdbstub;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Where a run has to stop: linear code addresses and watched bytes. Immutable. Addresses need not be mapped, now or
 * ever, and nothing of this is ever written into guest memory, so breakpoints outlive loaders and cannot be seen by the
 * guest.
 */
public final class Breakpoints {
    public static final Breakpoints NONE = new Breakpoints(List.of(), List.of());

    private final long[] code;
    private final List<Watchpoint> watchpoints;

    public Breakpoints(Collection<Long> code, Collection<Watchpoint> watchpoints) {
        this.code = sorted(code);
        this.watchpoints = List.copyOf(watchpoints);
    }

    private static long[] sorted(Collection<Long> addresses) {
        long[] all = new long[addresses.size()];
        int n = 0;
        for (long address : addresses) {
            all[n++] = address;
        }
        Arrays.sort(all);
        int different = 0;
        for (int i = 0; i < n; i++) {
            if (different == 0 || all[i] != all[different - 1]) {
                all[different++] = all[i];
            }
        }
        return Arrays.copyOf(all, different);
    }

    /** Whether there is a code breakpoint at this linear address. */
    public boolean at(long address) {
        return Arrays.binarySearch(code, address) >= 0;
    }

    /** All code breakpoints, ascending as signed numbers, each once. */
    public long[] code() {
        return code.clone();
    }

    public List<Watchpoint> watchpoints() {
        return watchpoints;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Breakpoints b && Arrays.equals(code, b.code) && watchpoints.equals(b.watchpoints);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(code) + 31 * watchpoints.hashCode();
    }

    public boolean isEmpty() {
        return code.length == 0 && watchpoints.isEmpty();
    }
}
