package dev.ringscope.emulator;

import dev.ringscope.emulator.x86.DataWatch;
import java.util.ArrayList;
import java.util.List;

/** Addresses whose accesses stop the machine, for a debugger: by linear or by physical address. */
public final class Watchpoints implements DataWatch {
    /** Which accesses count. */
    public enum Kind {
        WRITE,
        READ,
        ACCESS;

        boolean covers(boolean write) {
            return this == ACCESS || this == (write ? WRITE : READ);
        }
    }

    /** A watched range. @param physical the address is a physical one */
    public record Watch(long address, long size, Kind kind, boolean physical) {
        private boolean touches(long linear, long physicalAddress, int length, boolean write) {
            long at = physical ? physicalAddress : linear;
            return kind.covers(write) && at - address < size && address - at < length;
        }
    }

    /** An access that met a watchpoint. */
    public record Hit(Watch watch, long linear, long physical, int size, boolean write, long value) {}

    private final Cpu cpu;
    private List<Watch> watches = List.of();
    private Hit hit;

    Watchpoints(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Replaces all; the caller marks the physical pages and flushes the TLBs. */
    void set(List<Watch> replacements) {
        watches = List.copyOf(replacements);
    }

    List<Watch> physicalOnes() {
        List<Watch> found = new ArrayList<>(watches);
        found.removeIf(w -> !w.physical);
        return found;
    }

    /** The first access that met one since the last call, or null. */
    public Hit takeHit() {
        Hit taken = hit;
        hit = null;
        return taken;
    }

    boolean wasHit() {
        return hit != null;
    }

    @Override
    public boolean watches(long linearPage) {
        for (Watch watch : watches) {
            if (!watch.physical && linearPage + 4095 - watch.address >= 0 && linearPage - watch.address < watch.size) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void accessed(long linear, long physical, int size, boolean write, long value) {
        for (Watch watch : watches) {
            if (hit == null && watch.touches(linear, physical, size, write)) {
                hit = new Hit(watch, linear, physical, size, write, value);
                cpu.call();
                cpu.endBlock();
            }
        }
    }
}
