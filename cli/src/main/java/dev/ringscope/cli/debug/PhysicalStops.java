package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Watchpoints;
import dev.ringscope.emulator.x86.Walk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Breakpoints and watchpoints on physical addresses, which gdb's protocol has no words for: {@code monitor} commands
 * set them, and {@link MachineRunner} puts them into the machine beside gdb's own. They are met through whatever
 * mapping, and with paging off.
 */
public final class PhysicalStops {
    /** One of them. */
    public sealed interface Entry {
        /** What {@code monitor delete-physical} calls it: counted from 1, never used again. */
        int number();
    }

    /** Stops in front of the instruction whose first byte lies there. */
    public record Breakpoint(int number, long address) implements Entry {
        @Override
        public String toString() {
            return "physical breakpoint %d at 0x%x".formatted(number, address);
        }
    }

    /** Stops behind the instruction that touches a byte of the range, or runs through it backwards in front of it. */
    public record Watch(int number, Watchpoints.Watch range) implements Entry {
        @Override
        public String toString() {
            return "physical watchpoint %d: %s of %d bytes at 0x%x"
                    .formatted(number, name(range.kind()), range.size(), range.address());
        }

        private static String name(Watchpoints.Kind kind) {
            return switch (kind) {
                case WRITE -> "writes";
                case READ -> "reads";
                case ACCESS -> "accesses";
            };
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private int lastNumber;
    private long version;

    /** @param address physical */
    public Breakpoint addBreakpoint(long address) {
        return add(new Breakpoint(++lastNumber, address));
    }

    /** @param address physical; @param size bytes, 1 or more */
    public Watch addWatch(long address, long size, Watchpoints.Kind kind) {
        return add(new Watch(++lastNumber, new Watchpoints.Watch(address, size, kind, true)));
    }

    private <E extends Entry> E add(E entry) {
        entries.add(entry);
        version++;
        return entry;
    }

    /** Takes one away; false if there is none of that number. */
    public boolean remove(int number) {
        boolean found = entries.removeIf(e -> e.number() == number);
        version += found ? 1 : 0;
        return found;
    }

    public void clear() {
        entries.clear();
        version++;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Another number whenever the set has changed. */
    long version() {
        return version;
    }

    /** Physical addresses of the breakpoints. */
    Set<Long> breakpoints() {
        Set<Long> addresses = new HashSet<>();
        entries.forEach(e -> {
            if (e instanceof Breakpoint b) {
                addresses.add(b.address);
            }
        });
        return addresses;
    }

    List<Watchpoints.Watch> watches() {
        List<Watchpoints.Watch> ranges = new ArrayList<>();
        entries.forEach(e -> {
            if (e instanceof Watch w) {
                ranges.add(w.range);
            }
        });
        return ranges;
    }

    /** The breakpoint on the instruction that a machine stands in front of. */
    Optional<Breakpoint> at(Machine machine) {
        if (breakpoints().isEmpty()) {
            return Optional.empty();
        }
        Walk walk = machine.cpu().paging.walk(machine.cpu().pcLinear());
        return entries.stream()
                .filter(Breakpoint.class::isInstance)
                .map(Breakpoint.class::cast)
                .filter(b -> walk.mapped() && b.address == walk.physical())
                .findFirst();
    }

    /** The watchpoint that a range stems from. */
    Optional<Watch> of(Watchpoints.Watch range) {
        return entries.stream()
                .filter(Watch.class::isInstance)
                .map(Watch.class::cast)
                .filter(w -> w.range.equals(range))
                .findFirst();
    }
}
