package dev.ringscope.trace.query;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.PageGroups;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Compares a machine with the checkpoint that was taken where it stands: what it stores, page by page. */
final class CheckpointComparison {
    private final TraceReader trace;
    private final TraceMap.CheckpointPlace place;
    private final CheckpointEncoder.State stored;

    CheckpointComparison(TraceReader trace, int number) throws IOException {
        this.trace = trace;
        place = trace.map().checkpoints().get(number);
        stored = trace.checkpoint(number).state(trace.machine().registers());
    }

    /** @throws DivergenceException at the first difference */
    void compare(Snapshot machine) throws IOException {
        require(
                stored.position() == machine.position()
                        && stored.time() == machine.time()
                        && Arrays.equals(stored.machine(), machine.machine()),
                machine,
                "clock");
        require(same(stored.processors(), machine.processors()), machine, "processor");
        compareDevices(machine);
        for (TraceMap.PagesPlace packet : place.packets()) {
            trace.pages(packet)
                    .forEach(
                            _ -> true,
                            (page, bytes, at) -> require(
                                    holds(machine, page, bytes, at), machine, "memory at 0x%x".formatted(page << 12)));
        }
    }

    private void compareDevices(Snapshot machine) {
        var devices = machine.devices();
        require(stored.devices().size() == devices.size(), machine, "list of devices");
        for (int i = 0; i < devices.size(); i++) {
            require(
                    Arrays.equals(
                            stored.devices().get(i).state(), devices.get(i).state()),
                    machine,
                    devices.get(i).name());
        }
    }

    private static boolean same(List<byte[]> a, List<byte[]> b) {
        return a.size() == 1 && b.size() == 1 && Arrays.equals(a.getFirst(), b.getFirst());
    }

    private static boolean holds(Snapshot machine, long page, byte[] bytes, int at) {
        int index = machine.pageIndex(page);
        return index >= 0
                && Arrays.equals(machine.memory(), index, index + PageGroups.PAGE, bytes, at, at + PageGroups.PAGE);
    }

    private void require(boolean same, Snapshot machine, String what) {
        if (!same) {
            throw new DivergenceException(
                    trace.file(), machine.position(), "the checkpoint there holds another state of the " + what);
        }
    }
}
