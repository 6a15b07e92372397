package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.query.AddressRanges.Span;
import dev.ringscope.trace.query.MemoryAccess.By;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who wrote some bytes last? The index names the chunks in which their lines were written; from a checkpoint on the
 * machine runs to the last of them, where it is told of writes to these pages.
 */
public final class LastWrite {
    /** So many bytes can be asked for at once. */
    public static final int MOST = 8;

    private static final int PAGE = PhysicalMemory.PAGE;

    /**
     * A write to one or more of the bytes.
     *
     * @param position instructions that had retired before the one that wrote
     * @param pc linear address of the instruction that wrote, or in front of which an interrupt's frame was pushed
     * @param code its bytes; empty if it was not executed (an interrupt, an exception while code was fetched)
     * @param ring the privilege level at that moment
     * @param root translation root at that moment: CR3
     * @param linear linear address of the write; -1 unless {@link By#PROCESSOR} wrote
     * @param physical of its first byte
     * @param size bytes written
     * @param before what the bytes that were asked for held, as a number
     * @param after what they held afterwards
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Write(
            long position,
            By by,
            long pc,
            byte[] code,
            int ring,
            long root,
            long linear,
            long physical,
            int size,
            long before,
            long after) {}

    /** Spans of which each may be searched in vain. */
    private static final int MOST_AT_ONCE = 16;

    private LastWrite() {}

    /**
     * @param position writes at positions in front of this one count
     * @param address of the first byte; a linear one is translated as it is at the position
     * @param size 1 to 8 bytes, to the end of the page at most
     * @return empty if the bytes are as the guest was loaded
     * @throws MemoryContents.NotMappedException if there is no memory at the address
     */
    public static Optional<Write> at(
            Recording recording, long position, long address, int size, Touch.Space space, Asker asker)
            throws IOException {
        if (size < 1 || size > MOST || (address & PAGE - 1) + size > PAGE) {
            throw new IllegalArgumentException(
                    "the last write of 1 to 8 bytes in one page, not of %d at 0x%x".formatted(size, address));
        }
        long physical = space == Touch.Space.PHYSICAL
                ? checked(recording.trace(), position, address, size)
                : recording.replays().at(Detail.FLOW, position, asker, t -> physical(t, position, address));
        return new Question(recording, physical, size, asker).last(position);
    }

    /** @throws MemoryContents.NotMappedException if there is neither RAM nor ROM */
    private static long checked(TraceReader trace, long position, long address, int size) {
        long ram = trace.machine().ramBytes();
        long rom = (1L << 32) - trace.machine().romBytes();
        if (address >= 0 && address + size <= ram || address >= rom && address + size <= 1L << 32) {
            return address;
        }
        throw new MemoryContents.NotMappedException(address, MemoryContents.Space.PHYSICAL, position);
    }

    private static long physical(Timeline timeline, long position, long address) {
        Machine machine = timeline.machine();
        Walk walk = machine.cpu().paging.walk(address);
        int index = walk.mapped() ? machine.memory().index(walk.physical()) : -1;
        if (index < 0) {
            throw new MemoryContents.NotMappedException(address, MemoryContents.Space.VIRTUAL, position);
        }
        int ram = machine.memory().ramSize();
        return index < ram ? index : machine.memory().romStart() + index - ram;
    }

    /** Looks through the last chunk that can hold the write, then through the rest of its span, then farther back. */
    private static final class Question {
        private final Recording recording;
        private final TraceMap map;
        private final AddressRanges bytes;
        private final Candidates candidates;
        private final int size;
        private final Asker asker;

        Question(Recording recording, long physical, int size, Asker asker) {
            this.recording = recording;
            this.size = size;
            this.asker = asker;
            map = recording.trace().map();
            bytes = AddressRanges.of(List.of(Span.of(physical, size)));
            candidates = new Candidates(recording.trace(), Set.of(Touch.Kind.WRITE), Touch.Space.PHYSICAL, bytes);
        }

        /** Where one chunk after the other turns out not to hold it, ever more of them are searched side by side. */
        Optional<Write> last(long position) throws IOException {
            int chunk = candidates.last(
                    Math.min(map.firstChunkReaching(position), map.chunks().size() - 1), asker);
            for (int most = 1; chunk >= 0; most = Math.min(MOST_AT_ONCE, 2 * most)) {
                List<Integer> chunks = new ArrayList<>();
                while (chunk >= 0 && chunks.size() < most) {
                    chunks.add(chunk);
                    chunk = candidates.last(chunkBehind(span(chunk)) - 1, asker);
                }
                Write[] last = new Write[1];
                InOrder.<Write>search(
                        chunks.size(),
                        (n, found) -> {
                            Write write = last(chunks.get(n), position, found);
                            if (write != null) {
                                found.take(write);
                            }
                        },
                        Answers.asked(asker, write -> {
                            last[0] = write;
                            return false;
                        }));
                if (last[0] != null) {
                    return Optional.of(last[0]);
                }
            }
            return Optional.empty();
        }

        /** The last one in the span of a chunk, up to that chunk. */
        private Write last(int chunk, long position, Asker waiting) throws IOException {
            int span = span(chunk);
            long first = Math.max(0, map.chunks().get(chunk).firstPosition() - 1);
            Write found = in(span, first, position, waiting);
            long start = map.checkpoints().get(span).position();
            if (found == null && first > start) {
                found = in(span, start, position, waiting);
            }
            if (found == null && span > 0 && candidates.mayHold(chunkBehind(span)) && position > start) {
                found = in(span - 1, start, start + 1, waiting); // at its checkpoint's own position
            }
            return found;
        }

        private int chunkBehind(int span) {
            return map.firstChunkBehind(map.checkpoints().get(span));
        }

        /** The checkpoint in front of a chunk. */
        private int span(int chunk) {
            int span = map.checkpointAt(map.chunks().get(chunk).firstPosition());
            while (span > 0 && chunkBehind(span) > chunk) {
                span--;
            }
            return span;
        }

        private Write in(int span, long from, long to, Asker waiting) throws IOException {
            waiting.check();
            Write[] last = new Write[1];
            Range range = new Range(Math.min(from, to), to, 0);
            Derivation.span(span, () -> new Search(recording, range, candidates, bytes, size), keep(last, waiting));
            return last[0];
        }
    }

    private static Answers<Write> keep(Write[] last, Asker asker) {
        return new Answers<>() {
            @Override
            public boolean take(Write write) {
                last[0] = write;
                return true;
            }

            @Override
            public void check() {
                asker.check();
            }
        };
    }

    private static final class Search extends WatchedAccesses<Write> {
        private final long first;
        private final int size;
        /** What the bytes held behind the last write. */
        private long held;

        Search(Recording recording, Range range, Candidates candidates, AddressRanges bytes, int size) {
            super(recording, range, candidates, Touch.Space.PHYSICAL, bytes);
            first = bytes.spans().getFirst().first();
            this.size = size;
        }

        /** Memory is as it was until the machine runs in a stretch where it can change. */
        @Override
        void watched() {
            held = now();
        }

        private long now() {
            int index = machine.memory().index(first);
            return LittleEndian.get(machine.memory().bytes, index, size);
        }

        @Override
        public void accessed(long linear, long physical, int length, boolean write, long value) {
            if (write) {
                written(By.PROCESSOR, linear, gated(physical), length);
            }
        }

        @Override
        public void outside(long physical, byte[] data) {
            written(By.OUTSIDE, -1, gated(physical), data.length);
        }

        @Override
        public void event(Event event) {
            if (event instanceof Event.TableUpdate e
                    && (e.writer() == Event.TableWriter.ACCESSED_BIT || e.writer() == Event.TableWriter.DIRTY_BIT)) {
                written(By.PAGE_WALK, -1, e.entry(), e.entrySize());
            }
        }

        private void written(By by, long linear, long physical, int length) {
            if (physical - first >= size || first - physical >= length || !wants(position())) {
                return;
            }
            X86Cpu cpu = machine.cpu();
            long before = held;
            held = now();
            answer(new Write(
                    position(),
                    by,
                    cpu.pcLinear(),
                    code(cpu),
                    cpu.cpl,
                    cpu.cr3,
                    linear,
                    physical,
                    length,
                    before,
                    held));
        }

        private static byte[] code(X86Cpu cpu) {
            Block block = cpu.block;
            if (block == null) {
                return new byte[0];
            }
            byte[] lengths = block.instructionLengths();
            int start = 0;
            for (int i = 0; i < cpu.index; i++) {
                start += lengths[i];
            }
            return Arrays.copyOfRange(block.bytes, start, start + lengths[cpu.index]);
        }
    }
}
