package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.Events;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Events that repeat themselves are not written out, and come out as if each had been. */
class EventColumnTest {
    private static final Context START = new Context(3, Event.Mode.LONG64, 0x1000);

    private final Random random = new Random(3);

    private static Event ringChange(long at, int from, int to, int variant) {
        return new Event.RingChange(
                at,
                from,
                to,
                Event.Mode.LONG64,
                Event.Mode.LONG64,
                variant % 2 == 0 ? Event.Cause.SYSCALL : Event.Cause.EXCEPTION,
                variant % 2 == 0 ? -1 : 14,
                0xc000_0082L,
                variant,
                0x40_0000 + variant,
                0x1000,
                0x7000,
                0x8000);
    }

    private static Event event(long at, int kind) {
        return switch (kind % 8) {
            case 0, 1 -> ringChange(at, 3, 0, kind);
            case 2 -> ringChange(at, 0, 3, kind);
            case 3 -> new Event.Trap(at, Event.Cause.EXCEPTION, kind % 32, 4, kind, 0x33, 0x40_0000, "", kind);
            case 4 ->
                new Event.TableUpdate(
                        at, Event.TableWriter.values()[kind % 4], 1, kind, 8, 0, kind, kind, 4096, 0x1000, 0x2000);
            case 5 -> new Event.SystemRegisterWrite(at, "cr3", 0x1000, 0x1000 + kind % 3, 0x2000);
            case 6 -> new Event.TranslationFlush(at, "invlpg", kind);
            default -> new Event.PortAccess(at, true, 0x80, 1, kind);
        };
    }

    /** Loops of up to 100 events, most of them equally far apart, some of which come together. */
    private List<Event> events(int loops) {
        List<Event> events = new ArrayList<>();
        long at = 1_000;
        for (int loop = 0; loop < loops; loop++) {
            int size = 1 + random.nextInt(random.nextBoolean() ? 5 : 100);
            int[] kinds = random.ints(size, 0, random.nextBoolean() ? 7 : 50).toArray();
            int[] steps = random.ints(size, 0, 4).toArray();
            boolean uneven = random.nextInt(6) == 0;
            for (int times = random.nextInt(4000 / size + 1); times >= 0; times--) {
                for (int i = 0; i < size; i++) {
                    at += steps[i] + (uneven && random.nextInt(50) == 0 ? 1 : 0);
                    events.add(event(at, kinds[i]));
                }
            }
        }
        return events;
    }

    private static String shown(EventRows rows, int row, long at) {
        WireOutput out = new WireOutput(64);
        EventEncoder.field(1, out, rows, row, 0);
        return at + Arrays.toString(Arrays.copyOf(out.array(), out.size()));
    }

    /** What a column tells, and what that means. */
    private static final class Told implements EventColumn.Sink {
        final List<String> calls = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        private int cycle;

        @Override
        public void event(EventRows rows, int row, long position) {
            calls.add(shown(rows, row, position));
            events.add(calls.getLast());
        }

        @Override
        public void cycle() {
            cycle = events.size();
        }

        @Override
        public void again(int times, long distance) {
            calls.add(times + " times, " + distance);
            List<String> repeated = List.copyOf(events.subList(cycle, events.size()));
            for (int n = 1; n <= times; n++) {
                for (String each : repeated) {
                    int end = each.indexOf('[');
                    events.add(Long.parseLong(each.substring(0, end)) + n * distance + each.substring(end));
                }
            }
        }
    }

    /** @param words without an object, where that is possible */
    private static void say(Event event, boolean words, EventRepeats repeats, EventBatch batch) {
        if (words && event instanceof Event.RingChange e) {
            long small = EventRows.ringChange(e.from(), e.to(), e.fromMode(), e.toMode(), e.cause(), e.vector());
            repeats.add(
                    e.position(),
                    small,
                    e.source(),
                    e.sourceValue(),
                    e.fromPc(),
                    e.toPc(),
                    e.fromStack(),
                    e.toStack(),
                    0,
                    batch);
        } else if (words && event instanceof Event.TableUpdate e) {
            long small = EventRows.tableUpdate(e.writer(), e.level(), e.entrySize());
            repeats.add(
                    e.position(),
                    small,
                    e.entry(),
                    e.oldValue(),
                    e.newValue(),
                    e.first(),
                    e.size(),
                    e.root(),
                    e.pc(),
                    batch);
        } else {
            repeats.add(event, batch);
        }
    }

    @Test
    void toldAsTheyCameWhateverThePiecesAndWhereverChunksAreCut() {
        int calls = 0;
        int all = 0;
        for (int round = 0; round < 8; round++) {
            List<Event> events = events(5);
            EventRows plain = new EventRows(1);
            events.forEach(plain::add);
            int[] cuts =
                    random.ints(3, 1, events.size() + 1).sorted().distinct().toArray();
            List<List<String>> before = null;
            for (int way = 0; way < 3; way++) {
                EventRepeats repeats = new EventRepeats();
                EventBatch batch = new EventBatch(1);
                EventColumn column = new EventColumn();
                List<List<String>> chunks = new ArrayList<>();
                int said = 0;
                int cut = 0;
                int dropped = 0;
                while (cut < cuts.length) {
                    int to = Math.min(events.size(), said + 1 + random.nextInt(way == 0 ? 30 : 5000));
                    for (; said < to; said++) {
                        say(events.get(said), way == 1, repeats, batch);
                    }
                    column.add(batch);
                    batch.clear();
                    for (; cut < cuts.length && cuts[cut] <= said; cut++) {
                        Told told = new Told();
                        column.forEach(cuts[cut] - dropped, told);
                        column.drop(cuts[cut] - dropped);
                        List<String> expected = new ArrayList<>();
                        for (; dropped < cuts[cut]; dropped++) {
                            expected.add(shown(plain, dropped, plain.position(dropped)));
                        }
                        assertThat(told.events).isEqualTo(expected);
                        assertThat(column.count()).isEqualTo(said - dropped);
                        chunks.add(told.calls);
                        calls += told.calls.size();
                        all += told.events.size();
                    }
                }
                assertThat(before == null || chunks.equals(before)).isTrue();
                before = chunks;
            }
        }
        assertThat(calls).as("of %d events told".formatted(all)).isLessThan(all * 2 / 3);
    }

    /** Sections and summary of a chunk are those of its events one by one. */
    @Test
    void aChunkSaysTheSameAsItsEvents() {
        for (int round = 0; round < 8; round++) {
            List<Event> events = events(1 + random.nextInt(3));
            EventRows rows = new EventRows(1);
            events.forEach(rows::add);
            SummaryBuilder summary = new SummaryBuilder();
            summary.start(0, START);
            WireOutput column = new WireOutput(64);
            long before = 0;
            for (int row = 0; row < rows.count(); row++) {
                summary.add(rows, row, rows.position(row));
                EventEncoder.field(Events.EVENTS_FIELD_NUMBER, column, rows, row, rows.position(row) - before);
                before = rows.position(row);
            }
            try (ChunkEncoder encoder = new ChunkEncoder(true, 1)) {
                encoder.start(0, START);
                events.forEach(encoder::event);
                ChunkEncoder.Encoded chunk = encoder.cut(null);
                var section = chunk.chunk().getEvents();
                assertThat(section.getUncompressedSize()).isEqualTo(column.size());
                assertThat(Zstd.decompress(section.getZstd().toByteArray(), column.size()))
                        .isEqualTo(Arrays.copyOf(column.array(), column.size()));
                ChunkSummary expected = summary.finish(0).build();
                assertThat(chunk.summary().getRingInstructionsList()).isEqualTo(expected.getRingInstructionsList());
                assertThat(chunk.summary().getEventCounts()).isEqualTo(expected.getEventCounts());
                assertThat(chunk.summary().getVectorsList()).isEqualTo(expected.getVectorsList());
                assertThat(chunk.summary().getTranslationRootsList()).isEqualTo(expected.getTranslationRootsList());
            }
        }
    }
}
