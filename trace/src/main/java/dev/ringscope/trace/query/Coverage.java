package dev.ringscope.trace.query;

import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.BlockCursor;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which code was executed, how often, and when first and last? The unit is the block: instructions that follow on each
 * other up to one that may go elsewhere. A block that was left early by a fault or an interrupt counts as the shorter
 * one that was executed. What is held grows with the code, not with the trace.
 */
public final class Coverage {
    /**
     * A block that was executed in an address space.
     *
     * @param root translation root in effect, without its low 12 bits
     * @param address linear address of its first instruction
     * @param size bytes
     * @param instructions how many, 1 or more
     * @param rings bit n: it was executed in ring n
     * @param executions how often
     * @param first position of its first instruction at its first execution
     * @param last the same at its last execution
     */
    public record Covered(
            long root, long address, int size, int instructions, int rings, long executions, long first, long last) {
        private Covered with(Covered later) {
            return new Covered(
                    root,
                    address,
                    size,
                    instructions,
                    rings | later.rings,
                    executions + later.executions,
                    Math.min(first, later.first),
                    Math.max(last, later.last));
        }
    }

    private record Place(long root, long address, int size, int instructions) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::root, Long::compareUnsigned)
                .thenComparing(Place::address, Long::compareUnsigned)
                .thenComparing(Place::size)
                .thenComparing(Place::instructions);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    private static final long ROOT = ~0xfffL;

    private Coverage() {}

    /**
     * The blocks by translation root, then by address.
     *
     * @param filter its code holds for a block if any of its bytes is meant; a block counts with the position of its
     *     first instruction; vectors and addresses do not count
     */
    public static void list(Recording recording, Filter filter, Answers<Covered> answers) throws IOException {
        TraceReader trace = recording.trace();
        Map<Place, Covered> all = new TreeMap<>();
        Chunks.search(
                trace,
                unlimited(filter.range()),
                i -> filter.mayHold(trace, i),
                (part, found) -> {
                    for (Covered covered : new OfChunk(filter, new BlockCursor(part.decode())).covered(found)) {
                        found.take(covered);
                    }
                    return true;
                },
                new Answers<Covered>() {
                    @Override
                    public boolean take(Covered c) {
                        all.merge(new Place(c.root, c.address, c.size, c.instructions), c, Covered::with);
                        return true;
                    }

                    @Override
                    public void check() {
                        answers.check();
                    }
                });
        Answers<Covered> limited = filter.range().limit(answers);
        for (Covered covered : all.values()) {
            if (!limited.take(covered)) {
                return;
            }
        }
    }

    private static Range unlimited(Range range) {
        return new Range(range.from(), range.to(), 0);
    }

    private static final class OfChunk {
        private final Filter filter;
        private final BlockCursor blocks;
        private final Map<Context, Counts> byContext = new HashMap<>();
        private final Map<Place, Covered> partial = new HashMap<>();

        private static final class Counts {
            long[] executions = new long[64];
            long[] first = new long[64];
            long[] last = new long[64];

            void add(int number, long position) {
                if (number >= executions.length) {
                    int length = Math.max(number + 1, 2 * executions.length);
                    executions = Arrays.copyOf(executions, length);
                    first = Arrays.copyOf(first, length);
                    last = Arrays.copyOf(last, length);
                }
                if (executions[number]++ == 0) {
                    first[number] = position;
                }
                last[number] = position;
            }
        }

        OfChunk(Filter filter, BlockCursor blocks) {
            this.filter = filter;
            this.blocks = blocks;
        }

        Iterable<Covered> covered(Asker asker) {
            Looks looks = new Looks(asker);
            Map<Integer, BlockDefinition> definitions = new HashMap<>();
            Context context = null;
            Counts counts = null;
            while (blocks.next()) {
                looks.piece();
                if (!blocks.context().equals(context)) {
                    context = blocks.context();
                    boolean wanted = filter.ring(context.ring()) && filter.root(context.translationRoot());
                    counts = wanted ? byContext.computeIfAbsent(context, _ -> new Counts()) : null;
                }
                if (counts == null || !filter.range().holds(blocks.position())) {
                    continue;
                }
                if (blocks.instructions() == blocks.block().instructions()) {
                    counts.add(blocks.number(), blocks.position());
                    definitions.putIfAbsent(blocks.number(), blocks.block());
                } else if (blocks.instructions() > 0) {
                    add(context, blocks.block(), blocks.instructions(), 1, blocks.position(), blocks.position());
                }
            }
            byContext.forEach((c, found) -> definitions.forEach((number, block) -> {
                if (number < found.executions.length && found.executions[number] > 0) {
                    add(
                            c,
                            block,
                            block.instructions(),
                            found.executions[number],
                            found.first[number],
                            found.last[number]);
                }
            }));
            return partial.values();
        }

        private void add(Context c, BlockDefinition block, int instructions, long executions, long first, long last) {
            int size = 0;
            for (int i = 0; i < instructions; i++) {
                size += block.lengths()[i];
            }
            long address = block.address(0);
            if (filter.code().isPresent() && !filter.code().get().overlaps(address, size)) {
                return;
            }
            Covered covered = new Covered(
                    c.translationRoot() & ROOT, address, size, instructions, 1 << c.ring(), executions, first, last);
            partial.merge(
                    new Place(covered.root, covered.address, covered.size, covered.instructions),
                    covered,
                    Covered::with);
        }
    }
}
