package dev.ringscope.trace.query;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.End;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is in the trace? From its header and index; nothing else is read.
 *
 * @param createdUnixSeconds when the recording began
 * @param tool what recorded it
 * @param bytes size of the file
 * @param endPosition instructions retired
 * @param endTime virtual time in nanoseconds
 * @param totals sums over all chunks
 * @param end why the machine stopped; empty if the recording was stopped first
 * @param exitStatus the guest's, if it gave one
 * @param damage what is missing or wrong; "" for a whole file
 * @param cutShort the recorder did not close the file, whose index was made afterwards: the guest may have run on
 */
public record Info(
        MachineDescription machine,
        Detail detail,
        long createdUnixSeconds,
        String tool,
        long bytes,
        long endPosition,
        long endTime,
        int chunks,
        int checkpoints,
        ChunkSummary totals,
        Optional<End> end,
        OptionalInt exitStatus,
        String damage,
        boolean cutShort) {

    public static Info of(TraceReader trace) {
        Index index = trace.index();
        return new Info(
                trace.machine(),
                trace.detail(),
                trace.header().getCreatedUnixSeconds(),
                trace.header().getTool(),
                trace.size(),
                trace.endPosition(),
                index.getEndTime(),
                trace.chunkCount(),
                trace.map().checkpoints().size(),
                index.getTotals(),
                index.hasEnd() ? Optional.of(index.getEnd()) : Optional.empty(),
                index.hasExitStatus() ? OptionalInt.of(index.getExitStatus()) : OptionalInt.empty(),
                trace.damage(),
                index.getCutShort());
    }
}
