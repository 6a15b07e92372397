package dev.ringscope.emulator.insn;

import java.util.HashSet;
import java.util.Set;

/**
 * Addresses at which the debugger wants execution to stop, by linear or by physical address of an instruction's first
 * byte.
 */
public final class Breakpoints {
    private final Set<Long> linear = new HashSet<>();
    private final Set<Long> physical = new HashSet<>();

    public boolean isEmpty() {
        return linear.isEmpty() && physical.isEmpty();
    }

    /** Replaces all. Whoever calls this has the block cache forget its blocks. */
    public void set(Set<Long> linearAddresses, Set<Long> physicalAddresses) {
        linear.clear();
        linear.addAll(linearAddresses);
        physical.clear();
        physical.addAll(physicalAddresses);
    }

    boolean at(long linearAddress, long physicalAddress) {
        return linear.contains(linearAddress) || physical.contains(physicalAddress);
    }
}
