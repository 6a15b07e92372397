package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;

/** {@code monitor info idt}: every gate that is not zero, decoded; in real mode the vectors. */
record InfoIdt(Guest guest, GuestSymbols symbols) implements GuestCommand {
    @Override
    public String name() {
        return "info idt";
    }

    @Override
    public String summary() {
        return "[VECTOR]: the IDT decoded, and what is wrong with its entries";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        boolean all = words.isEmpty();
        int first = all ? 0 : (int) words.number("a vector") & 255;
        words.end();
        Machine machine = guest.machine();
        StringBuilder text = new StringBuilder(
                "IDT at 0x%x, limit 0x%x%n".formatted(machine.cpu().idtrBase, machine.cpu().idtrLimit));
        DescriptorTables tables = new DescriptorTables(machine);
        if (all) {
            tables.vectors().forEach(v -> text.append(line(tables, v)));
        } else {
            text.append(tables.vector(first)
                    .map(v -> line(tables, v))
                    .orElse("%02x: beyond the IDT's limit, or not mapped%n".formatted(first)));
        }
        return text.toString();
    }

    private String line(DescriptorTables tables, DescriptorTables.Vector vector) {
        if (vector.bytes() == 4) {
            return "%02x: %04x:%04x%n".formatted(vector.number(), vector.selector(), vector.offset());
        }
        String name = symbols.at(vector.offset()).map(s -> " <" + s + ">").orElse("");
        StringBuilder text = new StringBuilder("%02x: %s%s%n"
                .formatted(vector.number(), DescriptorText.describe(vector.gate(), tables.ia32e()), name));
        tables.faults(vector).forEach(fault -> text.append("      ! %s%n".formatted(fault)));
        return text.toString();
    }
}
