package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;
import dev.ringscope.trace.explain.TaskStateFields;
import dev.ringscope.trace.explain.TaskStateFields.Field;
import java.util.List;
import java.util.Optional;

/** {@code monitor info tss}: the stacks that the present task's TSS names (Intel SDM vol. 3A, 7.2.1 and 7.7). */
record InfoTss(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "info tss";
    }

    @Override
    public String summary() {
        return "the present TSS: stacks of the inner rings, IST, I/O permission bitmap";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        X86Cpu cpu = guest.machine().cpu();
        Segment tr = cpu.seg[X86Cpu.TR];
        if (!TaskStateFields.present(guest.machine())) {
            return "TR is null: there is no TSS\n";
        }
        StringBuilder text = new StringBuilder("TSS %04x at 0x%x, limit 0x%x, %s%n"
                .formatted(tr.selector, tr.base, tr.limit, DescriptorText.type(tr.access, cpu.longMode())));
        List<Field> fields = TaskStateFields.of(guest.machine());
        fields.stream()
                .filter(f -> f.name().startsWith("RSP") || f.name().startsWith("IST"))
                .forEach(f -> text.append(wide(f)));
        for (int ring = 0; ring < 3; ring++) {
            narrow(fields, ring, text);
        }
        find(fields, "I/O map base")
                .flatMap(f -> value(f))
                .ifPresent(map -> text.append(
                        map > tr.limit
                                ? "I/O bitmap at 0x%x: beyond the limit, so no port is allowed%n".formatted(map)
                                : "I/O bitmap at 0x%x, 0x%x ports%n"
                                        .formatted(map, Math.min(65536, (tr.limit - map) * 8))));
        return text.toString();
    }

    private static Optional<Field> find(List<Field> fields, String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    private static Optional<Long> value(Field field) {
        return field.value().isPresent() ? Optional.of(field.value().getAsLong()) : Optional.empty();
    }

    private static String wide(Field field) {
        return value(field)
                .map(v -> "%s  %016x%s%n"
                        .formatted(field.name(), v, DescriptorTables.canonical(v) ? "" : "  ! not canonical"))
                .orElse("%s  beyond the limit, or not mapped%n".formatted(field.name()));
    }

    private static void narrow(List<Field> fields, int ring, StringBuilder text) {
        Optional<Field> pointer = find(fields, "ESP" + ring).or(() -> find(fields, "SP" + ring));
        if (pointer.isEmpty()) {
            return;
        }
        Optional<Long> segment = find(fields, "SS" + ring).flatMap(InfoTss::value);
        text.append(
                segment.isEmpty() || value(pointer.get()).isEmpty()
                        ? "SS%d:ESP%d  beyond the limit, or not mapped%n".formatted(ring, ring)
                        : "SS%d:ESP%d  %04x:%08x%n"
                                .formatted(
                                        ring,
                                        ring,
                                        segment.get(),
                                        value(pointer.get()).orElseThrow()));
    }
}
