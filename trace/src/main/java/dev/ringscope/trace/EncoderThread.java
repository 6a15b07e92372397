package dev.ringscope.trace;

import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.Pages;
import dev.ringscope.trace.Work.Batch;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.TraceOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Encodes, compresses and writes what the guest's thread hands over, in that order; data accesses it leaves to a
 * {@link WriterThread}, and with them writing. The queues are bounded: a guest that is faster waits. After a failure
 * everything further is dropped, so that the guest's thread never waits in vain; it learns of the failure with its next
 * call.
 */
final class EncoderThread implements Runnable {
    /** What the encoder can be behind: some 15 ms of a fast guest's flow. */
    private static final int BATCHES = 48;

    /** Copies of pages that the guest was about to write: 64 MiB, which take the encoder a tenth of a second. */
    private static final int COPIES = 256;

    /** Not all work comes out of pools, but each piece comes with a batch. */
    private final BlockingQueue<Work> work = new ArrayBlockingQueue<>(4 * BATCHES);

    private final Pool<Batch> batches;
    private final Pool<byte[]> copies = new Pool<>(COPIES, () -> new byte[PageCopy.BYTES]);
    /** Where the encoder's thread copies pages itself. */
    private final byte[] ownCopy = new byte[PageCopy.BYTES];

    private final ChunkEncoder chunks;
    private final CheckpointEncoder checkpoints;
    private final TraceOutput out;
    /** Null: this thread writes itself, since encoding takes it little time. */
    private final WriterThread writer;

    private final Thread thread;
    private final long groupInstructions;
    /** Position of the first chunk of the present group. */
    private long groupStart;

    /** Nanoseconds that the guest's thread waited. */
    private long waiting;

    private volatile Throwable failure;
    private boolean running = true;

    EncoderThread(TraceOutput out, ChunkEncoder chunks, CheckpointEncoder checkpoints, RecordingOptions options) {
        this.out = out;
        this.chunks = chunks;
        this.checkpoints = checkpoints;
        groupInstructions = options.groupInstructions();
        groupStart = chunks.position();
        writer = options.detail() == Detail.FLOW ? null : new WriterThread();
        batches = new Pool<>(BATCHES, () -> new Batch(options.detail()));
        thread = Thread.ofPlatform().name("trace-encoder").daemon().start(this);
    }

    /** Hands over; waits while the queue is full. */
    void put(Work item) {
        check();
        if (!work.offer(item)) {
            waitFor(() -> {
                work.put(item);
                return null;
            });
        }
    }

    /** An empty batch; waits until there is one. */
    Batch take() {
        check();
        return take(batches);
    }

    /** Room for copies that the guest's thread makes. */
    PageCopy.Room room() {
        return new PageCopy.Room() {
            @Override
            public byte[] take() {
                return EncoderThread.this.take(copies);
            }

            @Override
            public void give(byte[] bytes) {
                copies.give(bytes);
            }
        };
    }

    /** In a recording that has failed there is room as well: what is not encoded any more is given back. */
    private <T> T take(Pool<T> pool) {
        T item = pool.poll();
        return item == null ? waitFor(pool::take) : item;
    }

    private <T> T waitFor(Waiting<T> what) {
        long start = System.nanoTime();
        T result = uninterruptibly(what);
        waiting += System.nanoTime() - start;
        return result;
    }

    /** For how long the guest's thread waited, in nanoseconds; asked on that thread. */
    long waiting() {
        return waiting;
    }

    /** Waits for the end of the thread, after {@link Work.Finish} or {@link Work.Abandon}. */
    void join() {
        uninterruptibly(() -> {
            thread.join();
            return null;
        });
        check();
    }

    /** Ends the thread without a word about what failed. */
    void abandon() {
        uninterruptibly(() -> {
            work.put(new Work.Abandon());
            thread.join();
            return null;
        });
    }

    /** @throws RuntimeException what went wrong on the encoder's thread */
    void check() {
        Throwable cause = failure;
        switch (cause) {
            case null -> {}
            case IOException io -> throw new UncheckedIOException(io);
            case UncheckedIOException io -> throw new UncheckedIOException(io.getCause());
            default -> throw new IllegalStateException("recording failed: " + cause, cause);
        }
    }

    @Override
    public void run() {
        try (out;
                chunks;
                checkpoints;
                writer) {
            while (running) {
                Work item = uninterruptibly(work::take);
                try {
                    if (failure == null) {
                        encode(item);
                    }
                } catch (Throwable e) { // whatever it is, the guest's thread must hear of it rather than wait
                    failure = e;
                }
                release(item);
            }
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    private void release(Work item) {
        switch (item) {
            case Batch batch -> {
                batch.clear();
                batches.give(batch);
            }
            case Work.Checkpoint checkpoint -> checkpoint.pages().forEach(PageCopy::release);
            case Work.Flush flush -> flush.done().countDown();
            case Work.Look look -> look.done().countDown();
            case Work.Finish _, Work.Abandon _ -> running = false;
            case Work.Start _, Work.Cut _ -> {}
        }
    }

    private void encode(Work item) throws IOException {
        switch (item) {
            case Work.Start start -> chunks.start(start.time(), start.context());
            case Batch batch -> encode(batch);
            case Work.Cut cut -> cut(cut);
            case Work.Checkpoint checkpoint -> checkpoint(checkpoint);
            case Work.Look look -> {
                if (!chunks.empty()) {
                    check(look.position());
                    write(chunks.draft(null));
                }
                settle();
                look.written().set(out.written());
            }
            case Work.Finish finish -> {
                settle();
                out.finish(finish.ending());
            }
            case Work.Flush _, Work.Abandon _ -> settle();
        }
    }

    private void checkpoint(Work.Checkpoint checkpoint) throws IOException {
        CheckpointEncoder.State state = checkpoint.state();
        checkpoints.begin(state.position(), state.full());
        for (PageCopy copy : checkpoint.pages()) {
            checkpoints.pages(copy.pages(), copy.bytes(ownCopy), this::write);
            copy.release();
        }
        Checkpoint end = checkpoints.end(state, this::write);
        write(() -> out.checkpoint(end));
        startGroup();
    }

    /** In a group code is stored once; a checkpoint as such does not need a new one. */
    private void startGroup() {
        if (chunks.position() - groupStart >= groupInstructions) {
            groupStart = chunks.position();
            chunks.startGroup();
        }
    }

    private void encode(Batch batch) throws IOException {
        for (BlockDefinition block : batch.blocks) {
            chunks.define(block);
        }
        chunks.flow(batch.flow);
        chunks.events(batch.events);
        if (batch.accesses != null && batch.accesses.count > 0) {
            batch.accesses = chunks.accesses(batch.accesses);
        }
        if (batch.registers != null && batch.registers.count > 0) {
            chunks.registers(batch.registers);
        }
        for (var full = chunks.draftIfFull(batch.known); full != null; full = chunks.draftIfFull(batch.known)) {
            write(full);
        }
    }

    private void cut(Work.Cut cut) throws IOException {
        check(cut.position());
        write(chunks.draft(cut.boundary().settled()));
    }

    private void check(long position) {
        if (chunks.position() != position) {
            throw new IllegalStateException(
                    "the machine is at position %d, but its flow goes to %d".formatted(position, chunks.position()));
        }
    }

    private void write(ChunkEncoder.Draft chunk) throws IOException {
        write(() -> out.chunk(chunk.finish()));
    }

    private void write(WriterThread.Step step) throws IOException {
        if (writer == null) {
            step.run();
        } else {
            writer.put(step);
        }
    }

    /** Waits until everything so far is in the file, which is this thread's then. */
    private void settle() throws IOException {
        if (writer != null) {
            writer.settle();
        }
    }

    private void write(Pages pages) {
        try {
            write(() -> out.pages(pages));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    interface Waiting<T> {
        T call() throws InterruptedException;
    }

    /** An interrupt meant for the guest's thread must not tear a hole into the recording: it is kept for later. */
    static <T> T uninterruptibly(Waiting<T> waiting) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return waiting.call();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
