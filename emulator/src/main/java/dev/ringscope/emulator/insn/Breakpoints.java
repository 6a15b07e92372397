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

    /** Those that only one of two sets has. */
    private static Set<Long> difference(Set<Long> one, Set<Long> other) {
        Set<Long> different = new HashSet<>(one);
        other.forEach(address -> {
            if (!different.remove(address)) {
                different.add(address);
            }
        });
        return different;
    }

    /** Linear addresses that are breakpoints now and will not be, or the other way round. */
    public Set<Long> changedLinear(Set<Long> linearAddresses) {
        return difference(linear, linearAddresses);
    }

    /** The same of physical ones. */
    public Set<Long> changedPhysical(Set<Long> physicalAddresses) {
        return difference(physical, physicalAddresses);
    }

    /** Replaces all. Whoever calls this has the block cache forget the blocks that hold changed ones. */
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
