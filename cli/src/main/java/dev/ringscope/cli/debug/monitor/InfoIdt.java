package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;
import dev.ringscope.trace.explain.View;
import java.util.Optional;

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
        for (int vector = first; vector <= (all ? 255 : first); vector++) {
            text.append(machine.cpu().protectedMode() ? gate(vector, all) : realMode(vector));
        }
        return text.toString();
    }

    private String gate(int vector, boolean all) {
        DescriptorTables tables = new DescriptorTables(guest.machine());
        Optional<Descriptor> found = tables.gate(vector);
        if (found.isEmpty()) {
            return all ? "" : "%02x: beyond the IDT's limit, or not mapped%n".formatted(vector);
        }
        Descriptor gate = found.get();
        if (all && gate.low() == 0 && gate.high() == 0) {
            return "";
        }
        String name = symbols.at(gate.gateOffset()).map(s -> " <" + s + ">").orElse("");
        StringBuilder text = new StringBuilder(
                "%02x: %s%s%n".formatted(vector, DescriptorText.describe(gate, tables.ia32e()), name));
        boolean fits = switch (gate.type()) {
            case Descriptor.INTERRUPT_GATE, Descriptor.TRAP_GATE -> true;
            case Descriptor.TASK_GATE, Descriptor.INTERRUPT_GATE16, Descriptor.TRAP_GATE16 -> !tables.ia32e();
            default -> false;
        };
        if (!fits) {
            text.append("      ! no interrupt, trap or task gate: taking this vector is #GP\n");
        }
        tables.faults(gate).forEach(fault -> text.append("      ! %s%n".formatted(fault)));
        return text.toString();
    }

    private String realMode(int vector) {
        byte[] entry = new byte[4];
        if (View.linear(guest.machine()).read(guest.machine().cpu().idtrBase + 4L * vector, entry) < 4) {
            return "";
        }
        int offset = entry[0] & 0xff | (entry[1] & 0xff) << 8;
        int segment = entry[2] & 0xff | (entry[3] & 0xff) << 8;
        return offset == 0 && segment == 0 ? "" : "%02x: %04x:%04x%n".formatted(vector, segment, offset);
    }
}
