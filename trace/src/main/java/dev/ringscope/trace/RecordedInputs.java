package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.InputScript;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Outside;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a trace for its re-execution. Those that the machine asks for are told to its outside world at once;
 * those that are given to it come back behind the same number of other events. These are counted from the last chunk's
 * end that the machine was told.
 */
final class RecordedInputs implements InputScript {
    /**
     * @param chunk its number
     * @param before events in front of it, since the last chunk's end, that are no inputs
     */
    private record Given(Event.Input input, int chunk, long before) {}

    private final TraceReader trace;
    private final Machine machine;
    private final Outside outside;
    private final Runnable look;
    /** Chunks that have been searched for inputs. */
    private int searched;
    /** Events behind the last chunk's end, in those chunks, that are no inputs. */
    private long others;

    private final List<Given> given = new ArrayList<>();
    /** What the machine asked for. */
    private final List<Given> answers = new ArrayList<>();

    private boolean tellsAnswers;
    private int next;
    private int span;
    private long produced;

    /** @param look run whenever the machine asks for inputs, also between the slices of a repeated instruction */
    RecordedInputs(TraceReader trace, Machine machine, Outside outside, Runnable look) throws IOException {
        this.trace = trace;
        this.machine = machine;
        this.outside = outside;
        this.look = look;
        extend();
    }

    /** Takes over the inputs of chunks that have come since the last call. */
    void extend() throws IOException {
        for (; searched < trace.chunkCount(); searched++) {
            EventCounts counts = trace.events(searched);
            if (counts.getInputs() > 0) {
                read(searched, others);
            }
            others = trace.map().chunks().get(searched).ended() ? 0 : others + others(counts);
        }
    }

    private static long others(EventCounts counts) {
        return counts.getRingChanges()
                + counts.getTraps()
                + counts.getTableUpdates()
                + counts.getTranslationFlushes()
                + counts.getSystemRegisterWrites()
                + counts.getPortAccesses()
                + counts.getDeviceAccesses()
                + counts.getHalts();
    }

    private void read(int chunk, long before) throws IOException {
        EventDecoder events = trace.envelope(chunk).events();
        long passed = before;
        for (Event event = events.next(); event != null; event = events.next()) {
            if (!(event instanceof Event.Input input)) {
                passed++;
            } else if (machine.receives(input.source())) {
                given.add(new Given(input, chunk, passed));
            } else {
                outside.learn(input.source(), input.data());
                answers.add(new Given(input, chunk, passed));
            }
        }
    }

    /** The machine was told a chunk's end, or restored at one: the next end is that of the chunk with this number. */
    void enter(int newSpan) {
        span = newSpan;
        produced = 0;
    }

    /** The trace has grown: the end that comes next is that of the chunk with this number. */
    void grow(int newSpan) {
        span = newSpan;
    }

    /** The chunk whose end follows on the input; the same for all the chunks that end without the machine's knowing. */
    private int span(Given input) {
        return trace.map().endOfSpan(input.chunk);
    }

    /** The machine has been put to the beginning of the span that this chunk ends. */
    void restore(int newSpan) {
        enter(newSpan);
        next = 0;
        while (next < given.size() && span(given.get(next)) < newSpan) {
            next++;
        }
        if (tellsAnswers) {
            tellAnswers();
        }
    }

    /**
     * From now on answers that the machine asks for are told to the sink of its outside world, where they were inputs
     * of the recording. Holds from the last {@link #restore} on.
     */
    void tellAnswers() {
        tellsAnswers = true;
        outside.allTold();
        for (Given answer : answers) {
            if (span(answer) >= span) {
                outside.untold(answer.input.source(), answer.input.data());
            }
        }
    }

    /** How far the inputs have been fed back. */
    record Mark(int next, int span, long produced) {}

    Mark mark() {
        return new Mark(next, span, produced);
    }

    /** The machine has been put back to where that mark was taken. */
    void rewind(Mark mark) {
        next = mark.next;
        span = mark.span;
        produced = mark.produced;
    }

    /** The machine told an event. */
    void told(Event event) {
        if (!(event instanceof Event.Input)) {
            produced++;
        }
    }

    @Override
    public long nextPosition() {
        return next < given.size() ? given.get(next).input.position() : Long.MAX_VALUE;
    }

    @Override
    public boolean due(long position) {
        look.run();
        if (next == given.size()) {
            return false;
        }
        Given first = given.get(next);
        if (first.input.position() < position) {
            throw new DivergenceException(
                    trace.file(),
                    first.input.position(),
                    "the input from " + first.input.source() + " there did not fit");
        }
        return first.input.position() == position && span(first) == span && first.before == produced;
    }

    @Override
    public Event.Input take() {
        return given.get(next++).input;
    }
}
