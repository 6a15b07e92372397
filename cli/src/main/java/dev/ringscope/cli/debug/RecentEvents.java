package dev.ringscope.cli.debug;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Remembers the last ring changes and traps while it passes everything on. */
public final class RecentEvents implements Recorder {
    private static final int MOST = 1000;
    private static final int MOST_UPDATES = 10_000;

    private final Recorder next;
    private final TrapCounts trapCounts;
    private final EventCounts counts = new EventCounts();
    private final Deque<Event.RingChange> rings = new ArrayDeque<>();
    private final Deque<Event.Trap> traps = new ArrayDeque<>();
    private final Deque<Event.TableUpdate> updates = new ArrayDeque<>();

    /** @param next who is told everything; {@link Recorder#NONE} for nobody */
    public RecentEvents(Recorder next) {
        this(next, new TrapCounts());
    }

    /** Of a machine that has run already. @param before what it has taken */
    RecentEvents(Recorder next, TrapCounts before) {
        this.next = next;
        trapCounts = before;
    }

    /** Since power-on. */
    TrapCounts trapCounts() {
        return new TrapCounts(trapCounts);
    }

    /** What has happened at the present position. */
    EventCounts counts() {
        return counts;
    }

    /** The last ones, oldest first. */
    List<Event.RingChange> rings() {
        return new ArrayList<>(rings);
    }

    /** The last ones, oldest first. */
    List<Event.Trap> traps() {
        return new ArrayList<>(traps);
    }

    /** The last change of a page-table entry that the processor did not make by itself. */
    Optional<Event.TableUpdate> lastUpdate(long entry) {
        for (var all = updates.descendingIterator(); all.hasNext(); ) {
            Event.TableUpdate update = all.next();
            if (update.entry() == entry) {
                return Optional.of(update);
            }
        }
        return Optional.empty();
    }

    @Override
    public void event(Event event) {
        counts.event(event);
        if (event instanceof Event.RingChange change) {
            add(rings, change, MOST);
        } else if (event instanceof Event.Trap trap) {
            add(traps, trap, MOST);
            trapCounts.add(trap);
        } else if (event instanceof Event.TableUpdate update
                && update.writer() != Event.TableWriter.ACCESSED_BIT
                && update.writer() != Event.TableWriter.DIRTY_BIT) {
            add(updates, update, MOST_UPDATES);
        }
        next.event(event);
    }

    private static <E> void add(Deque<E> events, E event, int most) {
        if (events.size() == most) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    @Override
    public void define(Block block) {
        next.define(block);
    }

    @Override
    public void flow(int[] entries, int count) {
        next.flow(entries, count);
    }

    @Override
    public void accesses(AccessLog log) {
        next.accesses(log);
    }

    @Override
    public AccessLog exchange(AccessLog log) {
        return next.exchange(log);
    }

    @Override
    public void registers(RegisterLog log) {
        next.registers(log);
    }

    @Override
    public long chunkEnd(Snapshot snapshot) {
        return next.chunkEnd(snapshot);
    }
}
