package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;
import dev.ringscope.trace.explain.TaskStateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What did GDT, IDT, LDT and the task's TSS hold at a position? */
public final class DescriptorContents {
    /** The tables. */
    public enum Table {
        GDT,
        LDT,
        IDT,
        TSS
    }

    /**
     * Where a table lies.
     *
     * @param base linear address
     * @param limit last valid offset
     * @param selector of LDT and TSS
     * @param type of the TSS, like {@code TSS64-busy}; empty for the others
     */
    public record Place(Table table, long base, long limit, OptionalInt selector, String type) {}

    /**
     * An entry of GDT, LDT or IDT that is not zero.
     *
     * @param number its selector with RPL 0, or its vector
     * @param address linear address
     * @param bytes that it has: 8, 16, or 4 in real mode's vector table
     * @param low its first eight bytes, little-endian
     * @param high the next eight
     * @param type {@code CS64 [-RA]}, {@code IntGate64}; {@code vector} in real mode
     * @param gate it leads to a handler or entry point: selector and offset count, else base and limit
     * @param base linear address of the segment
     * @param limit last valid offset of the segment, in bytes
     * @param ist 1 to 7, 0 for none
     * @param faults what is wrong with it, each a clause
     */
    public record Entry(
            Table table,
            int number,
            long address,
            int bytes,
            long low,
            long high,
            String type,
            int dpl,
            boolean present,
            boolean gate,
            long base,
            long limit,
            int selector,
            long offset,
            int ist,
            List<String> faults) {}

    /**
     * All of it.
     *
     * @param places the tables that there are
     * @param entries table by table, by ascending number
     * @param task fields of the TSS, by ascending offset
     */
    public record Contents(long position, List<Place> places, List<Entry> entries, List<TaskStateFields.Field> task) {}

    private final Machine machine;
    private final X86Cpu cpu;
    private final DescriptorTables tables;
    private final List<Place> places = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    private DescriptorContents(Machine machine) {
        this.machine = machine;
        cpu = machine.cpu();
        tables = new DescriptorTables(machine);
    }

    /** Reads them without any effect on the machine. */
    public static Contents at(Recording recording, long position, Asker asker) throws IOException {
        return recording
                .replays()
                .at(
                        Detail.FLOW,
                        position,
                        asker,
                        timeline -> new DescriptorContents(timeline.machine()).contents(position));
    }

    private Contents contents(long position) {
        places.add(new Place(Table.GDT, cpu.gdtrBase, cpu.gdtrLimit, OptionalInt.empty(), ""));
        Segment ldt = cpu.seg[X86Cpu.LDTR];
        boolean local = ldt.present() && (ldt.selector & ~3) != 0;
        if (cpu.protectedMode()) {
            tables.descriptors(false).forEach(d -> segment(Table.GDT, d));
        }
        if (cpu.protectedMode() && local) {
            places.add(new Place(Table.LDT, ldt.base, ldt.limit, OptionalInt.of(ldt.selector), ""));
            tables.descriptors(true).forEach(d -> segment(Table.LDT, d));
        }
        places.add(new Place(Table.IDT, cpu.idtrBase, cpu.idtrLimit, OptionalInt.empty(), ""));
        tables.vectors().forEach(this::vector);
        if (TaskStateFields.present(machine)) {
            Segment tr = cpu.seg[X86Cpu.TR];
            places.add(new Place(
                    Table.TSS,
                    tr.base,
                    tr.limit,
                    OptionalInt.of(tr.selector),
                    DescriptorText.type(tr.access, cpu.longMode())));
        }
        return new Contents(position, List.copyOf(places), List.copyOf(entries), TaskStateFields.of(machine));
    }

    private void segment(Table table, Descriptor d) {
        int bytes = tables.ia32e() && !d.codeOrData() ? 16 : 8;
        add(
                table,
                d.selector(),
                d,
                bytes,
                DescriptorText.isGate(d),
                d.gateSelector(),
                d.gateOffset(),
                tables.faults(d));
    }

    private void vector(DescriptorTables.Vector v) {
        add(Table.IDT, v.number(), v.gate(), v.bytes(), true, v.selector(), v.offset(), tables.faults(v));
    }

    private void add(
            Table table,
            int number,
            Descriptor d,
            int bytes,
            boolean gate,
            int selector,
            long offset,
            List<String> faults) {
        boolean real = bytes == 4;
        boolean stack = table == Table.IDT && bytes == 16;
        entries.add(new Entry(
                table,
                number,
                d.address(),
                bytes,
                d.low(),
                d.high(),
                real ? "vector" : DescriptorText.type(d.access(), tables.ia32e()),
                real ? 0 : d.dpl(),
                real || d.present(),
                gate,
                gate ? 0 : d.base(),
                gate ? 0 : d.limit(),
                gate ? selector : 0,
                gate ? offset : 0,
                stack ? d.ist() : 0,
                List.copyOf(faults)));
    }
}
