package dev.ringscope.trace;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.EventBatch;
import dev.ringscope.trace.format.FlowBatch;
import dev.ringscope.trace.format.IndexBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** What the guest's thread hands to the encoder's. */
sealed interface Work {
    /** The recording begins at position 0. */
    record Start(long time, Snapshot.Context context) implements Work {}

    /** What happened; goes back to the guest's thread when it is encoded. */
    final class Batch implements Work {
        static final int FLOW = 1 << 15;
        static final int BLOCKS = 1 << 12;
        static final int EVENTS = 1 << 12;
        /** Those that repeat earlier ones, too. */
        static final int ALL_EVENTS = 1 << 15;

        final FlowBatch flow = new FlowBatch(FLOW);
        /**
         * Every access and register write before this position has been handed over, with this batch at the latest; and
         * every event in front of where the flow ends.
         */
        long known;

        final List<BlockDefinition> blocks = new ArrayList<>();
        final EventBatch events = new EventBatch(EVENTS / 16);
        /** Null where the detail has none. Changes places with the guest's and with those of the encoder. */
        AccessLog accesses;

        final RegisterLog registers;

        Batch(Detail detail) {
            accesses = detail == Detail.FLOW ? null : new AccessLog();
            registers = detail == Detail.FULL ? new RegisterLog() : null;
        }

        void clear() {
            flow.clear();
            blocks.clear();
            events.clear();
            if (accesses != null) {
                accesses.count = 0;
            }
            if (registers != null) {
                registers.count = 0;
            }
        }
    }

    /** A chunk ends. */
    record Cut(long position, SnapshotCopy.Boundary boundary) implements Work {}

    /** @param pages ascending, each to be released */
    record Checkpoint(CheckpointEncoder.State state, List<PageCopy> pages) implements Work {}

    /** Everything handed over before is to be in the file. */
    record Flush(CountDownLatch done) implements Work {}

    /** A chunk ends without the machine's knowing, if anything has come since the last one; then as {@link Flush}. */
    record Look(long position, AtomicReference<IndexBuilder.Written> written, CountDownLatch done) implements Work {}

    /** The recording is over: index, trailer. */
    record Finish(Index ending) implements Work {}

    /** The recording is given up: the file stays as it is. */
    record Abandon() implements Work {}
}
