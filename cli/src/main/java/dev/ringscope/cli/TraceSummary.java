package dev.ringscope.cli;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.VectorCount;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.symbols.Vectors;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What is in a trace, on one screen, from its index alone. */
final class TraceSummary {
    private static final int VECTORS = 8;

    private final TraceReader trace;
    private final StringBuilder out = new StringBuilder();

    TraceSummary(TraceReader trace) {
        this.trace = trace;
    }

    /** The summary, and what a newcomer may try next. */
    String withNextSteps() {
        text();
        String file = trace.file();
        line("");
        line("Next:  ringscope info %s", file);
        line("       ringscope query %s rings --count 20   (or traps, page-tables, instructions, memory)", file);
        line("       ringscope gdb %s                      (then, in gdb: target remote :1234)", file);
        return out.toString();
    }

    String text() {
        MachineDescription machine = trace.machine();
        ChunkSummary totals = trace.index().getTotals();
        long instructions = trace.endPosition();
        line("%s", trace.file());
        row("guest", "%s", guest(machine));
        row(
                "instructions",
                "%,d in %.3f ms of virtual time",
                instructions,
                trace.index().getEndTime() / 1e6);
        row("ended by", "%s", ending());
        rings(totals, instructions);
        traps(totals);
        EventCounts counts = totals.getEventCounts();
        row("ring changes", "%,d", counts.getRingChanges());
        row(
                "page tables",
                "%,d updates, %,d flushes, %,d address spaces",
                counts.getTableUpdates(),
                counts.getTranslationFlushes(),
                totals.getTranslationRootsCount());
        row(
                "devices",
                "%,d port and %,d memory accesses, %,d inputs",
                counts.getPortAccesses(),
                counts.getDeviceAccesses(),
                counts.getInputs());
        row(
                "file",
                "%,d bytes, %s, detail %s",
                trace.size(),
                perInstruction(trace.size(), instructions),
                trace.detail().text());
        if (!trace.damage().isEmpty()) {
            row("damage", "%s", trace.damage());
        }
        if (!trace.cutShort().isEmpty()) {
            row("cut short", "its recorder did not close it: the guest may have run on");
        }
        return out.toString();
    }

    private static String guest(MachineDescription machine) {
        String arguments = String.join(
                " ",
                machine.boot().equals("program")
                        ? machine.arguments().subList(1, machine.arguments().size())
                        : machine.arguments());
        return "%s (%s)%s, %d MiB of memory"
                .formatted(
                        machine.guest(),
                        machine.boot(),
                        arguments.isBlank() ? "" : " " + arguments,
                        machine.ramBytes() >> 20);
    }

    private String ending() {
        if (!trace.index().hasEnd()) {
            return "the end of the recording";
        }
        String why = trace.index().getEnd().getExplanation();
        String reason = trace.index().getEnd().getReason().name().substring("STOP_REASON_".length());
        String status = trace.index().hasExitStatus()
                ? ", exit status " + (trace.index().getExitStatus() & 0xff)
                : "";
        return reason.toLowerCase(Locale.ROOT).replace('_', ' ') + (why.isEmpty() ? "" : " (" + why + ")") + status;
    }

    private void rings(ChunkSummary totals, long instructions) {
        List<Long> rings = totals.getRingInstructionsList();
        for (int ring = 0; ring < rings.size(); ring++) {
            if (rings.get(ring) > 0) {
                row(
                        "ring " + ring,
                        "%,15d instructions, %5.1f %%",
                        rings.get(ring),
                        100.0 * rings.get(ring) / instructions);
            }
        }
    }

    private void traps(ChunkSummary totals) {
        row("traps", "%,d", totals.getEventCounts().getTraps());
        List<VectorCount> mostFirst = totals.getVectorsList().stream()
                .sorted(Comparator.comparingLong(VectorCount::getCount).reversed())
                .toList();
        for (VectorCount count : mostFirst.subList(0, Math.min(VECTORS, mostFirst.size()))) {
            line("    %,15d  %s", count.getCount(), Vectors.describe(count));
        }
        if (mostFirst.size() > VECTORS) {
            line("    %15s  %d more vectors: ringscope info", "...", mostFirst.size() - VECTORS);
        }
    }

    static String perInstruction(long bytes, long instructions) {
        return instructions == 0
                ? "no instructions"
                : String.format(Locale.ROOT, "%.4f bytes an instruction", (double) bytes / instructions);
    }

    private void row(String name, String format, Object... values) {
        line("  %-13s %s", name, String.format(Locale.ROOT, format, values));
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
