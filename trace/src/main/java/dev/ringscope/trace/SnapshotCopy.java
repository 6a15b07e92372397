package dev.ringscope.trace;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.format.Bytes;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.format.PageGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Takes from a snapshot what the encoder needs after the machine has gone on. */
final class SnapshotCopy {
    private final Snapshot snapshot;
    private final List<byte[]> processors;
    private final List<Snapshot.DeviceState> devices;

    SnapshotCopy(Snapshot snapshot) {
        this.snapshot = snapshot;
        processors = snapshot.processors();
        devices = snapshot.devices();
    }

    /** The end of a chunk, or of the recording; the machine's lists of pages written and read begin anew. */
    ChunkEncoder.Boundary boundary(boolean closing) {
        ChunkPages pages = ChunkPages.take(snapshot);
        return new ChunkEncoder.Boundary(
                snapshot.time(), snapshot.contexts().getFirst(), digest(pages.written()), pages, closing);
    }

    /** @param written the pages that count */
    StateDigest digest(long[] written) {
        StateDigest.Builder digest = StateDigest.newBuilder();
        processors.forEach(state -> digest.addProcessors(Bytes.crc32c(state)));
        devices.forEach(device -> digest.addDevices(Bytes.crc32c(device.state())));
        CRC32C memory = new CRC32C();
        for (long page : written) {
            memory.update(snapshot.memory(), snapshot.pageIndex(page), PageGroups.PAGE);
        }
        return digest.setMemory((int) memory.getValue()).build();
    }

    /** Copies what has changed since the last checkpoint. */
    void checkpoint(boolean full, EncoderThread out) {
        out.put(new Work.CheckpointStart(snapshot.position(), full));
        long[] changed = snapshot.takeChangedPages();
        for (int from = 0; from < changed.length; from += PageGroups.PAGES) {
            Work.PageBatch batch = out.takePages();
            batch.count = Math.min(changed.length - from, PageGroups.PAGES);
            for (int i = 0; i < batch.count; i++) {
                batch.numbers[i] = changed[from + i];
                System.arraycopy(
                        snapshot.memory(),
                        snapshot.pageIndex(changed[from + i]),
                        batch.bytes,
                        i * PageGroups.PAGE,
                        PageGroups.PAGE);
            }
            out.put(batch);
        }
        List<long[]> registers = new ArrayList<>();
        for (int i = 0; i < processors.size(); i++) {
            registers.add(snapshot.registers(i));
        }
        out.put(new Work.CheckpointEnd(new CheckpointEncoder.State(
                snapshot.position(),
                snapshot.time(),
                full,
                snapshot.contexts(),
                registers,
                processors,
                devices,
                snapshot.machine())));
    }
}
