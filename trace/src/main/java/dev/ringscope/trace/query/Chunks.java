package dev.ringscope.trace.query;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.DecodedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Searches what the file itself holds: chunk after chunk, those that can hold an answer, on all cores. */
final class Chunks {
    /** Searches one chunk. */
    @FunctionalInterface
    interface Search<T> {
        /** @return whether more is wanted */
        boolean search(Part part, Answers<T> found) throws IOException;
    }

    /** A chunk that is searched; its packet is read when something of it is asked for. */
    static final class Part {
        private final TraceReader trace;
        private final ChunkWalker walker;
        private final int number;

        private Part(TraceReader trace, ChunkWalker walker, int number) {
            this.trace = trace;
            this.walker = walker;
            this.number = number;
        }

        int number() {
            return number;
        }

        ChunkSummary summary() {
            return trace.summary(number);
        }

        ChunkEnvelope envelope() throws IOException {
            return trace.envelope(number);
        }

        DecodedChunk decode() throws IOException {
            return walker.decode(number);
        }

        /** Behind its last instruction. */
        long endPosition() {
            return trace.map().chunks().get(number).endPosition();
        }

        /**
         * In front of a position, or of the chunk's first instruction if that comes later. It goes on behind the chunk.
         */
        InstructionCursor instructions(long from) throws IOException {
            return trace.instructions(
                    Math.max(from, trace.map().chunks().get(number).firstPosition()), walker);
        }
    }

    private Chunks() {}

    /** @param wanted whether a chunk can hold an answer */
    static <T> void search(TraceReader trace, Range range, IntPredicate wanted, Search<T> search, Answers<T> answers)
            throws IOException {
        List<List<Integer>> groups = groups(trace, range, wanted, answers);
        InOrder.search(
                groups.size(),
                (n, found) -> {
                    ChunkWalker walker = trace.chunks();
                    for (int number : groups.get(n)) {
                        found.check();
                        if (!search.search(new Part(trace, walker, number), found)) {
                            return;
                        }
                    }
                },
                range.limit(answers));
    }

    /** Chunks that share block definitions are searched by the same thread. */
    private static List<List<Integer>> groups(TraceReader trace, Range range, IntPredicate wanted, Asker asker) {
        List<List<Integer>> groups = new ArrayList<>();
        boolean begins = true;
        for (int i = trace.map().firstChunkReaching(range.from()); i < trace.chunkCount(); i++) {
            asker.check(); // what the index says of a chunk is parsed when it is asked for
            var place = trace.map().chunks().get(i);
            if (place.firstPosition() >= range.to()) {
                break;
            }
            begins |= place.firstBlock() == 0;
            if (wanted.test(i)) {
                if (begins) {
                    groups.add(new ArrayList<>());
                }
                groups.getLast().add(i);
                begins = false;
            }
        }
        return groups;
    }
}
