package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.query.Steps.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where do two recordings begin to differ, and why? They are compared stretch by stretch. If they begin in the same
 * state, a stretch that ends in the same state, by the digests in the files, is passed over; so is one of which the
 * files store the same, and which leaves the same in the registers. In others instructions with what they did, and
 * events, are compared one by one.
 */
public final class Divergence {
    /** What differs first. */
    public enum Kind {
        /** Another instruction, or the same one in another ring or address space. */
        INSTRUCTION,
        /** The same instruction wrote or accessed something else. */
        EFFECT,
        EVENT,
        /** Nothing that instructions or events tell: memory written from outside, or the state of a device. */
        STATE,
        /** One recording ends where the other goes on. */
        LENGTH
    }

    /** What one of the two recordings has there. */
    public record Side(Optional<Step> step, Optional<Event> event) {
        private static final Side NOTHING = new Side(Optional.empty(), Optional.empty());
    }

    /**
     * The first difference.
     *
     * @param position up to which both are the same
     * @param difference what differs, in words
     * @param start what differs at position 0: registers, and where memory does first
     * @param inputs the first input from outside in which the recordings differ, if there is one in front of the
     *     difference: then that is its cause
     */
    public record Found(
            Kind kind,
            long position,
            String difference,
            List<String> start,
            Side one,
            Side other,
            Optional<Inputs> inputs) {}

    /** What came from outside at the same turn; empty where a recording has no such input. */
    public record Inputs(Optional<Event.Input> one, Optional<Event.Input> other) {}

    /** Instructions compared at a time. */
    private static final long PIECE = 1 << 18;

    private static final int PAGE = 4096;

    private final Recording one;
    private final Recording other;
    private final Asker asker;
    private List<String> start = List.of();
    /** What the files store, compared up to some place. */
    private StoredDifference stored;

    private Divergence(Recording one, Recording other, Asker asker) {
        this.one = one;
        this.other = other;
        this.asker = asker;
    }

    /** @return empty if they are the same to their ends */
    public static Optional<Found> first(Recording one, Recording other, Asker asker) throws IOException {
        return new Divergence(one, other, asker).first();
    }

    private Optional<Found> first() throws IOException {
        start = differences(state(one, 0), state(other, 0));
        long end = Math.min(one.trace().endPosition(), other.trace().endPosition());
        long at = 0;
        while (at < end) {
            asker.check();
            Stretch stretch = Stretch.at(one.trace(), other.trace(), at, end);
            Optional<Found> found = start.isEmpty() ? in(stretch, end) : pieces(at, stretch.to(), end);
            if (found.isPresent()) {
                return found;
            }
            at = stretch.to();
        }
        return atTheEnd(end);
    }

    /** Of recordings that begin in the same state. */
    private Optional<Found> in(Stretch stretch, long end) throws IOException {
        long from = stretch.from();
        long to = stretch.to();
        if (stretch.settled() && (stretch.counted() || firstEvent(from, to).isEmpty())) {
            return Optional.empty();
        }
        if (stored == null || stored.position() != from) {
            stored = new StoredDifference(one.trace(), other.trace(), from, asker);
        }
        boolean toTheEnds =
                to == end && one.trace().endPosition() == other.trace().endPosition();
        long different = stored.next(toTheEnds ? Long.MAX_VALUE : to);
        if (different < 0 && firstEvent(from, to).isEmpty() && (stretch.sameButDevices() || sameRegisters(to))) {
            return Optional.empty();
        }
        return pieces(from, different < 0 ? to : Math.min(to, different + 1), end);
    }

    private boolean sameRegisters(long position) throws IOException {
        Map<String, long[]> registers = registers(one, position);
        Map<String, long[]> others = registers(other, position);
        return registers.keySet().equals(others.keySet())
                && registers.entrySet().stream().allMatch(r -> Arrays.equals(r.getValue(), others.get(r.getKey())));
    }

    private Map<String, long[]> registers(Recording recording, long position) throws IOException {
        return recording
                .replays()
                .at(
                        Detail.FLOW,
                        position,
                        asker,
                        timeline -> State.at(timeline, position).registers());
    }

    private Optional<Found> pieces(long from, long to, long end) throws IOException {
        for (long at = from; at < to; at += PIECE) {
            Optional<Found> found = piece(at, Math.min(to, at + PIECE), end);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Found> atTheEnd(long end) throws IOException {
        if (one.trace().endPosition() != other.trace().endPosition()) {
            String longer = one.trace().endPosition() > end ? "second" : "first";
            return Optional.of(found(
                    Kind.LENGTH, end, "the %s recording ends there".formatted(longer), Side.NOTHING, Side.NOTHING));
        }
        List<String> differences = differences(state(one, end), state(other, end));
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(found(
                        Kind.STATE,
                        end,
                        "what no instruction and no event tells: " + String.join(", ", differences),
                        Side.NOTHING,
                        Side.NOTHING));
    }

    /** @param pages checksums of all pages of RAM */
    @SuppressWarnings("ArrayRecordComponent")
    private record Whole(Map<String, long[]> registers, int[] pages) {}

    private Whole state(Recording recording, long position) throws IOException {
        return recording.replays().at(Detail.FLOW, position, asker, timeline -> {
            PhysicalMemory memory = timeline.machine().memory();
            int[] pages = new int[(int) (timeline.machine().description().ramBytes() / PAGE)];
            CRC32C crc = new CRC32C();
            Looks looks = new Looks(asker);
            for (int page = 0; page < pages.length; page++) {
                looks.piece();
                int index = memory.index((long) page * PAGE);
                if (index >= 0) {
                    crc.reset();
                    crc.update(memory.bytes, index, PAGE);
                    pages[page] = (int) crc.getValue();
                }
            }
            return new Whole(State.at(timeline, position).registers(), pages);
        });
    }

    private static List<String> differences(Whole a, Whole b) {
        List<String> differences = new ArrayList<>();
        a.registers.forEach((name, words) -> {
            if (!Arrays.equals(words, b.registers.get(name))) {
                differences.add(name);
            }
        });
        int page = Arrays.mismatch(a.pages, b.pages);
        if (page >= 0) {
            differences.add("memory from physical address 0x%x on".formatted((long) page * PAGE));
        }
        return differences;
    }

    private Optional<Found> piece(long from, long to, long end) throws IOException {
        long step = firstStep(from, to);
        boolean equallyLong = one.trace().endPosition() == other.trace().endPosition();
        long last = to < end ? to : equallyLong ? Long.MAX_VALUE : end - 1;
        Optional<Found> event = firstEvent(from, step < 0 ? last : step);
        if (event.isPresent() || step < 0) {
            return event;
        }
        Optional<Step> a = step(one, step);
        Optional<Step> b = step(other, step);
        boolean same = a.isPresent() && b.isPresent() && sameInstruction(a.get(), b.get());
        return Optional.of(found(
                same ? Kind.EFFECT : Kind.INSTRUCTION,
                step,
                same ? "the same instruction did something else" : "another instruction was executed",
                new Side(a, Optional.empty()),
                new Side(b, Optional.empty())));
    }

    private static boolean sameInstruction(Step a, Step b) {
        ExecutedInstruction x = a.instruction();
        ExecutedInstruction y = b.instruction();
        return x.address() == y.address() && x.ring() == y.ring() && Arrays.equals(x.code(), y.code());
    }

    /** Position of the first instruction that is not the same, or did not do the same; -1 if there is none. */
    private long firstStep(long from, long to) throws IOException {
        int[] hashes = new int[(int) (to - from)];
        Range range = new Range(from, to, 0);
        Steps.list(one, Filter.of(range), asked(step -> {
            hashes[(int) (step.instruction().position() - from)] = hash(step);
            return true;
        }));
        long[] first = {-1};
        Steps.list(other, Filter.of(range), asked(step -> {
            long position = step.instruction().position();
            boolean same = hashes[(int) (position - from)] == hash(step);
            first[0] = same ? -1 : position;
            return same;
        }));
        return first[0];
    }

    private static int hash(Step step) {
        ExecutedInstruction i = step.instruction();
        int instruction = Objects.hash(i.address(), i.ring(), i.mode(), Arrays.hashCode(i.code()));
        int effects = Objects.hash(step.writes(), step.accesses(), step.moreAccesses(), step.moreDigest());
        return 31 * instruction + effects;
    }

    private Optional<Step> step(Recording recording, long position) throws IOException {
        List<Step> found = new ArrayList<>();
        Steps.list(recording, Filter.of(new Range(position, position + 1, 0)), asked(found::add));
        return found.stream().findFirst();
    }

    /** The first event at a position from one up to another, both included, that is not the same. */
    private Optional<Found> firstEvent(long from, long last) throws IOException {
        Iterator<Event> a = events(one, from, last, Event.class);
        Iterator<Event> b = events(other, from, last, Event.class);
        while (a.hasNext() || b.hasNext()) {
            Optional<Event> x = a.hasNext() ? Optional.of(a.next()) : Optional.empty();
            Optional<Event> y = b.hasNext() ? Optional.of(b.next()) : Optional.empty();
            if (!same(x, y)) {
                long position = Math.min(
                        x.map(Event::position).orElse(Long.MAX_VALUE),
                        y.map(Event::position).orElse(Long.MAX_VALUE));
                return Optional.of(found(
                        Kind.EVENT,
                        position,
                        "another event happened",
                        new Side(Optional.empty(), x),
                        new Side(Optional.empty(), y)));
            }
        }
        return Optional.empty();
    }

    private static boolean same(Optional<? extends Event> x, Optional<? extends Event> y) {
        if (x.isPresent() && y.isPresent() && x.get() instanceof Event.Input i && y.get() instanceof Event.Input j) {
            return i.position() == j.position() && i.source().equals(j.source()) && Arrays.equals(i.data(), j.data());
        }
        return x.equals(y);
    }

    /** Those of a sort, one chunk at a time. */
    private static Iterator<Event> events(Recording recording, long from, long last, Class<? extends Event> type) {
        TraceReader trace = recording.trace();
        return new Iterator<>() {
            private int chunk = trace.map().firstChunkReaching(from);
            private EventDecoder events;
            private Event next = read();

            private Event read() {
                try {
                    while (true) {
                        for (Event e = events == null ? null : events.next(); e != null; e = events.next()) {
                            if (e.position() > last) {
                                return null;
                            }
                            if (e.position() >= from && type.isInstance(e)) {
                                return e;
                            }
                        }
                        while (chunk < trace.chunkCount()
                                && type == Event.Input.class
                                && trace.summary(chunk).getEventCounts().getInputs() == 0) {
                            chunk++;
                        }
                        if (chunk == trace.chunkCount()) {
                            return null;
                        }
                        events = trace.envelope(chunk++).events();
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Event next() {
                Event event = next;
                next = read();
                return event;
            }
        };
    }

    private Found found(Kind kind, long position, String difference, Side a, Side b) throws IOException {
        return new Found(kind, position, difference, start, a, b, inputs(position));
    }

    /** The first input up to a position that is not the same. */
    private Optional<Inputs> inputs(long position) throws IOException {
        Iterator<Event> a = events(one, 0, position, Event.Input.class);
        Iterator<Event> b = events(other, 0, position, Event.Input.class);
        while (a.hasNext() || b.hasNext()) {
            Optional<Event> x = a.hasNext() ? Optional.of(a.next()) : Optional.empty();
            Optional<Event> y = b.hasNext() ? Optional.of(b.next()) : Optional.empty();
            if (!same(x, y)) {
                return Optional.of(new Inputs(x.map(Event.Input.class::cast), y.map(Event.Input.class::cast)));
            }
        }
        return Optional.empty();
    }

    private <T> Answers<T> asked(Answers<T> answers) {
        return Answers.asked(asker, answers);
    }
}
