package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import java.io.IOException;

/** Which data was read and written? Stored in traces of detail memory and full, derived for others. */
public final class Accesses {
    /**
     * A data access.
     *
     * @param position of the instruction that was being executed
     * @param address linear
     * @param size bytes: 1, 2, 4 or 8
     * @param value as read or written, zero-extended
     */
    public record Access(long position, long address, int size, boolean write, long value) {}

    private Accesses() {}

    public static void list(TraceReader trace, Range range, Answers<Access> answers) throws IOException {
        if (trace.detail() == Detail.FLOW) {
            derive(trace, range, range.limit(answers));
        } else {
            stored(trace, range, range.limit(answers));
        }
    }

    private static void stored(TraceReader trace, Range range, Answers<Access> answers) throws IOException {
        ChunkWalker chunks = trace.chunks();
        for (int i = trace.map().firstChunkReaching(range.from()); i < trace.chunkCount(); i++) {
            if (trace.summary(i).getAccessCount() == 0) {
                continue;
            }
            AccessCursor a = chunks.decode(i).accesses();
            while (a.next()) {
                if (a.position() >= range.from()
                        && !answers.take(new Access(a.position(), a.address(), a.size(), a.write(), a.value()))) {
                    return;
                }
            }
        }
    }

    private static void derive(TraceReader trace, Range range, Answers<Access> answers) throws IOException {
        new Derivation<>(trace, Detail.MEMORY, range.from(), answers) {
            @Override
            public void accesses(AccessLog log) {
                for (int i = 0; i < log.count; i++) {
                    answer(
                            log.base + log.instruction[i],
                            new Access(
                                    log.base + log.instruction[i],
                                    log.address[i],
                                    log.kind[i] & 0xf,
                                    (log.kind[i] & AccessLog.WRITE) != 0,
                                    log.value[i]));
                }
            }
        }.run();
    }
}
