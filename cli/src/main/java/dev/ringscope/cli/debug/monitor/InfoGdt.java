package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;

/** {@code monitor info gdt} and {@code info ldt}: every entry that is not zero, decoded. */
record InfoGdt(Guest guest, boolean local) implements GuestCommand {
    @Override
    public String name() {
        return local ? "info ldt" : "info gdt";
    }

    @Override
    public String summary() {
        return "the %s decoded, and what is wrong with its entries".formatted(local ? "LDT" : "GDT");
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        X86Cpu cpu = guest.machine().cpu();
        Segment ldt = cpu.seg[X86Cpu.LDTR];
        if (local && (!ldt.present() || (ldt.selector & ~3) == 0)) {
            return "LDTR is null: there is no LDT\n";
        }
        long base = local ? ldt.base : cpu.gdtrBase;
        long limit = local ? ldt.limit : cpu.gdtrLimit;
        StringBuilder text =
                new StringBuilder("%s at 0x%x, limit 0x%x%n".formatted(local ? "LDT" : "GDT", base, limit));
        entries(text);
        if ((limit + 1) % 8 != 0) {
            text.append("the limit cuts an entry off: limit + 1 is no multiple of 8\n");
        }
        return text.toString();
    }

    private void entries(StringBuilder text) {
        DescriptorTables tables = new DescriptorTables(guest.machine());
        for (Descriptor d : tables.descriptors(local)) {
            text.append("%04x: %s%n".formatted(d.selector(), DescriptorText.describe(d, tables.ia32e())));
            tables.faults(d).forEach(fault -> text.append("      ! %s%n".formatted(fault)));
        }
    }
}
