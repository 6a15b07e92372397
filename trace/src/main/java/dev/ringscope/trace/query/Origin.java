package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance;
import dev.ringscope.trace.dataflow.Provenance.Following;
import dev.ringscope.trace.dataflow.Provenance.Node;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Where did this value come from: backwards from some bytes at a position through registers and memory to immediates,
 * devices, and what was there at the start? Short stretches are executed again, step by step; where only memory is left
 * to be followed, the index tells who wrote it last, and what lies in between is passed over.
 */
public final class Origin {
    /** So many bytes can be asked for at once. */
    public static final int MOST_BYTES = 64;

    /** Instructions between two marks that a machine is put back to. */
    private static final long MARKS = 1 << 17;

    /**
     * How far the question goes.
     *
     * @param following what is followed besides values
     * @param depth steps from the value asked for, at most
     * @param count nodes at most
     * @param earliest the position in front of which nothing is followed
     */
    public record Limits(Following following, int depth, long count, long earliest) {}

    /**
     * How it ended.
     *
     * @param complete everything was followed to its beginning
     * @param deep something was not followed because of the depth
     * @param many something was not followed because there were enough nodes
     * @param early something was not followed because it lies in front of the earliest position
     */
    public record Ending(boolean complete, boolean deep, boolean many, boolean early) {}

    private final Recording recording;
    private final Limits limits;
    private final Provenance search;
    private final Answers<Node> answers;
    private long given;
    private int windows;

    private Origin(Recording recording, Limits limits, Provenance search, Answers<Node> answers) {
        this.recording = recording;
        this.limits = limits;
        this.search = search;
        this.answers = answers;
    }

    /** @param position the register as it is there: in front of the instruction that is attempted at it */
    public static Ending ofRegister(
            Recording recording, Location.Named register, long position, Limits limits, Answers<Node> answers)
            throws IOException {
        return of(recording, register.bytes(), position, limits, answers);
    }

    /**
     * @param address of the first byte; a linear one is translated as it is at the position
     * @param size 1 to {@link #MOST_BYTES}
     * @throws MemoryContents.NotMappedException if there is no memory
     */
    public static Ending ofMemory(
            Recording recording,
            Touch.Space space,
            long address,
            int size,
            long position,
            Limits limits,
            Answers<Node> answers)
            throws IOException {
        if (size < 1 || size > MOST_BYTES) {
            throw new IllegalArgumentException("the origin of 1 to %d bytes, not of %d".formatted(MOST_BYTES, size));
        }
        long[] bytes = recording.replays().at(Detail.FLOW, position, answers, t -> bytes(t, space, address, size));
        return of(recording, bytes, position, limits, answers);
    }

    private static long[] bytes(Timeline timeline, Touch.Space space, long address, int size) {
        Machine machine = timeline.machine();
        long[] bytes = new long[size];
        for (int n = 0; n < size; n++) {
            long physical = address + n;
            if (space == Touch.Space.LINEAR) {
                Walk walk = machine.cpu().paging.walk(address + n);
                physical = walk.mapped() ? walk.physical() : -1;
            }
            int index = machine.memory().index(physical);
            if (index < 0) {
                throw new MemoryContents.NotMappedException(
                        address + n,
                        space == Touch.Space.LINEAR ? MemoryContents.Space.VIRTUAL : MemoryContents.Space.PHYSICAL,
                        timeline.position());
            }
            int ram = machine.memory().ramSize();
            bytes[n] = index < ram ? index : machine.memory().romStart() + index - ram;
        }
        return bytes;
    }

    private static Ending of(Recording recording, long[] bytes, long position, Limits limits, Answers<Node> answers)
            throws IOException {
        Provenance search = new Provenance(limits.following, limits.depth, bytes, position);
        return new Origin(recording, limits, search, answers).ask();
    }

    private Ending ask() throws IOException {
        boolean more = true;
        while (more && !search.done() && search.frontier() > limits.earliest) {
            if (search.wantsRegisters() || written()) {
                back();
            }
            more = deliver();
        }
        boolean early = more && !search.done() && limits.earliest > 0;
        if (more && !search.done() && !early) {
            search.start();
            more = deliver();
        }
        boolean many = !more;
        return new Ending(!search.cut() && !many && !early, search.cut(), many, early);
    }

    private boolean deliver() throws IOException {
        for (Node node : search.take()) {
            if (!answers.take(node) || ++given == limits.count) {
                return search.done() && given < limits.count;
            }
        }
        return true;
    }

    // ---- step by step
    // ---------------------------------------------------------------------------------------------------

    /** Some windows, on one machine, as long as registers are looked for. */
    private void back() throws IOException {
        long first = Math.max(limits.earliest, search.frontier() - Provenance.stretch(windows));
        long base = Math.max(0, Math.max(limits.earliest, first - MARKS));
        recording.replays().at(Detail.FLOW, base, answers, timeline -> {
            timeline.clearMarks();
            timeline.mark();
            do {
                long to = Math.max(base, search.frontier() - Provenance.stretch(windows));
                if (timeline.marks() == 0) { // too much was written since to be kept
                    return null;
                }
                timeline.rewind(0);
                timeline.run(to);
                search.search(timeline, answers::check);
                windows++;
            } while (search.wantsRegisters() && search.frontier() > base);
            return null;
        });
        if (!search.wantsRegisters()) {
            windows = 0;
        }
    }

    /**
     * Only memory is looked for: goes to where some of it was written last.
     *
     * @return whether there is such a place that is to be looked at
     */
    private boolean written() throws IOException {
        long frontier = search.frontier();
        long latest = -1;
        for (Map.Entry<Long, Integer> run : search.memory().entrySet()) {
            // an interrupt that was taken at the frontier wrote its frame in front of it
            long before = Math.min(frontier + 1, recording.trace().endPosition());
            Optional<LastWrite.Write> write =
                    LastWrite.at(recording, before, run.getKey(), run.getValue(), Touch.Space.PHYSICAL, answers);
            latest = Math.max(latest, write.map(LastWrite.Write::position).orElse(-1L));
        }
        if (latest < 0) {
            search.start();
            return false;
        }
        search.jump(latest + 1);
        return search.frontier() > limits.earliest;
    }
}
