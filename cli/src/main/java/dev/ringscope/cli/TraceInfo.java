package dev.ringscope.cli;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.VectorCount;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.symbols.Vectors;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** All that {@code info} says. */
final class TraceInfo {
    private TraceInfo() {}

    static String text(TraceReader trace) {
        MachineDescription machine = trace.machine();
        StringBuilder out = new StringBuilder(new TraceSummary(trace).text());
        row(
                out,
                "recorded",
                "%s by %s",
                Instant.ofEpochSecond(trace.header().getCreatedUnixSeconds()),
                trace.header().getTool());
        row(
                out,
                "machine",
                "%s, %d processor, %,d bytes of RAM, %,d of ROM",
                machine.instructionSet(),
                machine.processors(),
                machine.ramBytes(),
                machine.romBytes());
        row(
                out,
                "devices",
                "%s",
                String.join(
                        " ",
                        machine.devices().stream()
                                .map(MachineDescription.Device::name)
                                .toList()));
        Sizes sizes = Sizes.of(trace);
        row(
                out,
                "chunks",
                "%,d, %,d bytes, %s",
                trace.chunkCount(),
                sizes.chunks,
                TraceSummary.perInstruction(sizes.chunks, trace.endPosition()));
        row(
                out,
                "checkpoints",
                "%,d, %,d bytes, %s",
                trace.map().checkpoints().size(),
                sizes.checkpoints,
                TraceSummary.perInstruction(sizes.checkpoints, trace.endPosition()));
        row(out, "index", "%,d bytes with the header", trace.size() - sizes.chunks - sizes.checkpoints);
        List<VectorCount> vectors = trace.index().getTotals().getVectorsList();
        for (VectorCount count : vectors) {
            row(
                    out,
                    "vector 0x%02x".formatted(count.getVector()),
                    "%,15d  %s",
                    count.getCount(),
                    Vectors.name(count.getVector()));
        }
        return out.toString();
    }

    /** Bytes by what they hold: a packet goes up to where the next one begins. */
    private record Sizes(long chunks, long checkpoints) {
        static Sizes of(TraceReader trace) {
            TreeMap<Long, Boolean> isChunk = new TreeMap<>();
            for (TraceMap.ChunkPlace chunk : trace.map().chunks()) {
                isChunk.put(chunk.offset(), true);
            }
            for (TraceMap.CheckpointPlace checkpoint : trace.map().checkpoints()) {
                isChunk.put(checkpoint.offset(), false);
                checkpoint.packets().forEach(pages -> isChunk.put(pages.offset(), false));
            }
            long chunks = 0;
            long checkpoints = 0;
            for (var entry : isChunk.entrySet()) {
                Long next = isChunk.higherKey(entry.getKey());
                long size = (next == null ? trace.size() : next) - entry.getKey();
                if (entry.getValue()) {
                    chunks += size;
                } else {
                    checkpoints += size;
                }
            }
            return new Sizes(chunks, checkpoints);
        }
    }

    static String json(TraceReader trace) {
        MachineDescription machine = trace.machine();
        ChunkSummary totals = trace.index().getTotals();
        EventCounts counts = totals.getEventCounts();
        Json json = new Json()
                .put("file", trace.file())
                .put("guest", machine.guest())
                .put("boot", machine.boot())
                .put("arguments", machine.arguments())
                .put("instruction_set", machine.instructionSet())
                .put("ram_bytes", machine.ramBytes())
                .put("detail", trace.detail().text())
                .put("tool", trace.header().getTool())
                .put("created_unix_seconds", trace.header().getCreatedUnixSeconds())
                .put("instructions", trace.endPosition())
                .put("virtual_nanoseconds", trace.index().getEndTime())
                .put("ring_instructions", totals.getRingInstructionsList())
                .put("ring_changes", counts.getRingChanges())
                .put("traps", counts.getTraps())
                .put("table_updates", counts.getTableUpdates())
                .put("translation_flushes", counts.getTranslationFlushes())
                .put("system_register_writes", counts.getSystemRegisterWrites())
                .put("port_accesses", counts.getPortAccesses())
                .put("device_accesses", counts.getDeviceAccesses())
                .put("inputs", counts.getInputs())
                .put("halts", counts.getHalts());
        Json vectors = new Json();
        totals.getVectorsList().forEach(count -> vectors.put(Integer.toString(count.getVector()), count.getCount()));
        json.put("vectors", vectors)
                .put("chunks", trace.chunkCount())
                .put("checkpoints", trace.map().checkpoints().size())
                .put("file_bytes", trace.size())
                .put("damage", trace.damage())
                .put("cut_short", trace.index().getCutShort());
        if (trace.index().hasEnd()) {
            json.put(
                    "end",
                    trace.index()
                            .getEnd()
                            .getReason()
                            .name()
                            .substring("STOP_REASON_".length())
                            .toLowerCase(Locale.ROOT));
            json.put("explanation", trace.index().getEnd().getExplanation());
        }
        if (trace.index().hasExitStatus()) {
            json.put("exit_status", trace.index().getExitStatus());
        }
        return json + "\n";
    }

    private static void row(StringBuilder out, String name, String format, Object... values) {
        out.append(String.format(Locale.ROOT, "  %-13s %s%n", name, String.format(Locale.ROOT, format, values)));
    }
}
