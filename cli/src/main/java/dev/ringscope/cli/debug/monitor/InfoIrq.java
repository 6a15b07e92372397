package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.TrapCounts;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.device.LocalApic;
import dev.ringscope.emulator.device.Pic;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.ExceptionName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code monitor info irq}: how often each interrupt and exception was taken, from power-on up to the present moment.
 * What is counted are vectors; their lines are those that have the vectors now.
 */
record InfoIrq(Guest guest) implements GuestCommand {
    private static final int CASCADE = 2;
    private static final int MASKED = 1 << 16;
    /** The APIC refuses the vectors below. */
    private static final int LOWEST = 16;

    private static final Map<String, Integer> LOCAL = new TreeMap<>(Map.of(
            "timer", 0x320, "thermal", 0x330, "performance", 0x340, "LINT0", 0x350, "LINT1", 0x360, "error", 0x370));

    @Override
    public String name() {
        return "info irq";
    }

    @Override
    public String summary() {
        return "how often each interrupt and exception was taken since power-on";
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        new Words(guest.machine(), arguments).end();
        TrapCounts counts = guest.history().trapCounts();
        SortedMap<Integer, Long> external = counts.of(Event.Cause.EXTERNAL_INTERRUPT);
        StringBuilder text = new StringBuilder();
        pic(external, text);
        localApic(external, text);
        if (!external.isEmpty()) {
            text.append("interrupts by vectors that no line has now, so that who raised them cannot be told:\n");
            external.forEach((vector, count) -> text.append(" vector 0x%02x: %d%n".formatted(vector, count)));
        }
        long nmi =
                counts.of(Event.Cause.NMI).values().stream().mapToLong(n -> n).sum();
        text.append("NMI: %d%n".formatted(nmi));
        text.append("exceptions:\n");
        counts.of(Event.Cause.EXCEPTION)
                .forEach((vector, count) -> text.append(" %s: %d%n".formatted(ExceptionName.of(vector), count)));
        text.append("software interrupts:\n");
        counts.of(Event.Cause.SOFTWARE_INTERRUPT)
                .forEach((vector, count) -> text.append(" INT 0x%02x: %d%n".formatted(vector, count)));
        return text.toString();
    }

    private void pic(SortedMap<Integer, Long> external, StringBuilder text) {
        Optional<Pic> pic = Parts.find(guest, Pic.class);
        if (pic.isEmpty()) {
            return;
        }
        text.append("IRQ statistics for isa-i8259:\n");
        for (int irq = 0; irq < 16; irq++) {
            int base = (irq < 8 ? pic.get().masterState() : pic.get().slaveState()).vectorBase();
            int vector = base | irq & 7;
            Long count = irq == CASCADE ? null : external.remove(vector);
            if (count != null) {
                text.append("%2d: %d (vector 0x%02x)%n".formatted(irq, count, vector));
            }
        }
    }

    private void localApic(SortedMap<Integer, Long> external, StringBuilder text) {
        Optional<LocalApic> apic = Parts.find(guest, LocalApic.class);
        if (apic.isEmpty()) {
            return;
        }
        text.append("IRQ statistics for the local APIC:\n");
        LOCAL.forEach((name, offset) -> {
            int lvt = apic.get().peek(offset);
            Long count = (lvt & 0xff) >= LOWEST ? external.remove(lvt & 0xff) : null;
            if (count != null) {
                String masked = (lvt & MASKED) != 0 ? ", masked now" : "";
                text.append(" %s: %d (vector 0x%02x%s)%n".formatted(name, count, lvt & 0xff, masked));
            }
        });
        Long spurious = external.remove(apic.get().peek(0xf0) & 0xff);
        if (spurious != null) {
            text.append(" spurious: %d (vector 0x%02x)%n"
                    .formatted(spurious, apic.get().peek(0xf0) & 0xff));
        }
    }
}
