package dev.ringscope.trace;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.format.Bytes;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.format.Crc32cJoin;
import dev.ringscope.trace.format.PageGroups;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** @param memory the sums of the pages that were written */
    record Boundary(
            long time,
            Snapshot.Context context,
            List<byte[]> processors,
            List<Snapshot.DeviceState> devices,
            List<PageSum> memory,
            ChunkPages pages,
            boolean closing) {
        /** For the encoder's thread. */
        ChunkEncoder.Boundary settled() {
            Crc32cJoin join = new Crc32cJoin();
            memory.forEach(sum -> join.add(sum.crc(), sum.bytes()));
            return new ChunkEncoder.Boundary(
                    time, context, SnapshotCopy.digest(processors, devices, join.value()), pages, closing);
        }
    }

    /** The end of a chunk, or of the recording; the machine's lists of pages written and read begin anew. */
    Boundary boundary(boolean closing) {
        ChunkPages pages = ChunkPages.take(snapshot);
        return new Boundary(
                snapshot.time(),
                snapshot.contexts().getFirst(),
                processors,
                devices,
                PageSum.of(snapshot, pages.written()),
                pages,
                closing);
    }

    /** @param written the pages that count */
    StateDigest digest(long[] written) {
        CRC32C memory = new CRC32C();
        for (long page : written) {
            int index = snapshot.pageIndex(page);
            memory.update(snapshot.memory(), index, PageGroups.PAGE);
        }
        return digest(processors, devices, (int) memory.getValue());
    }

    private static StateDigest digest(List<byte[]> processors, List<Snapshot.DeviceState> devices, int memory) {
        StateDigest.Builder digest = StateDigest.newBuilder().setMemory(memory);
        processors.forEach(state -> digest.addProcessors(Bytes.crc32c(state)));
        devices.forEach(device -> digest.addDevices(Bytes.crc32c(device.state())));
        return digest.build();
    }

    /** What has changed since the last checkpoint, to be copied before the guest changes it again. */
    Work.Checkpoint checkpoint(boolean full, PageCopy.Room room) {
        List<PageCopy> pages = new ArrayList<>();
        long[] changed = snapshot.takeChangedPages();
        for (int from = 0; from < changed.length; from += PageGroups.PAGES) {
            int to = Math.min(changed.length, from + PageGroups.PAGES);
            pages.add(new PageCopy(snapshot, Arrays.copyOfRange(changed, from, to), room));
        }
        List<long[]> registers = new ArrayList<>();
        for (int i = 0; i < processors.size(); i++) {
            registers.add(snapshot.registers(i));
        }
        CheckpointEncoder.State state = new CheckpointEncoder.State(
                snapshot.position(),
                snapshot.time(),
                full,
                snapshot.contexts(),
                registers,
                processors,
                devices,
                snapshot.machine());
        return new Work.Checkpoint(state, pages);
    }
}
