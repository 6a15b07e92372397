package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import dev.ringscope.gdbstub.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code monitor info mtree}: what answers at physical addresses and at ports, in QEMU's layout. */
record InfoMtree(Guest guest) implements GuestCommand {
    private record Row(long first, long last, int priority, String kind, String name) {
        String text() {
            return "    %016x-%016x (prio %d, %s): %s%n".formatted(first, last, priority, kind, name);
        }
    }

    @Override
    public String name() {
        return "info mtree";
    }

    @Override
    public String summary() {
        return "what answers at physical addresses and at ports";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        PhysicalMemory memory = guest.machine().memory();
        StringBuilder text = new StringBuilder("address-space: memory\n");
        text.append("  0000000000000000-ffffffffffffffff (prio 0, i/o): system%s%n"
                .formatted(memory.a20() ? "" : ", with A20 closed: bit 20 of every address is 0"));
        rows(memory).forEach(row -> text.append(row.text()));
        text.append("\naddress-space: I/O\n  0000000000000000-000000000000ffff (prio 0, i/o): io\n");
        for (Ports.Range range : guest.machine().cpu().ports.ranges()) {
            text.append(new Row(range.first(), range.last(), 0, "i/o", device(range.device())).text());
        }
        return text.toString();
    }

    private static List<Row> rows(PhysicalMemory memory) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(0, memory.ramSize() - 1L, 0, "ram", "ram"));
        memory.regions().forEach(r -> rows.add(new Row(r.start(), r.end() - 1, 1, "i/o", device(r.device()))));
        if (memory.romStart() < 1L << 32) {
            rows.add(new Row(memory.romStart(), (1L << 32) - 1, 0, "rom", "rom"));
        }
        rows.sort(Comparator.comparingLong(Row::first));
        return rows;
    }

    private static String device(Object part) {
        return part instanceof Device device ? device.name() : part.getClass().getSimpleName();
    }
}
