package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * When breakpoints and watchpoints stop, beyond what gdb itself knows: one filter for all of them, and for single
 * addresses any number of others, of which one has to pass.
 */
final class StopFilters {
    private StopFilter everywhere = StopFilter.NONE;
    private final Map<Long, List<StopFilter>> byAddress = new TreeMap<>(Long::compareUnsigned);

    void everywhere(StopFilter filter) {
        everywhere = filter;
    }

    void addAt(long address, StopFilter filter) {
        byAddress.computeIfAbsent(address, a -> new ArrayList<>()).add(filter);
    }

    void removeAt(long address) {
        byAddress.remove(address);
    }

    void clear() {
        everywhere = StopFilter.NONE;
        byAddress.clear();
    }

    /** Whether a thread stops that has come to a breakpoint, or touched a watched byte, at this address. */
    boolean pass(GuestThread thread, long address) {
        if (!everywhere.passes(thread)) {
            return false;
        }
        List<StopFilter> here = byAddress.get(address);
        if (here == null) {
            return true;
        }
        for (StopFilter filter : here) {
            if (filter.passes(thread)) {
                return true;
            }
        }
        return false;
    }

    /** One line for all if there is a filter or none at all, and one for each address. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        boolean none = everywhere.conditions().isEmpty();
        if (!none || byAddress.isEmpty()) {
            text.append("break-if is ").append(none ? "off" : everywhere).append('\n');
        }
        byAddress.forEach((address, filters) -> text.append("break-if *0x")
                .append(Long.toHexString(address))
                .append(' ')
                .append(filters.stream().map(StopFilter::toString).collect(Collectors.joining(" or ")))
                .append('\n'));
        return text.toString();
    }
}
