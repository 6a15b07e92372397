package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallSurvey;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Info;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a recording as one HTML page that needs nothing else. All but calls comes from index and events.
 *
 * @param calls whether it shows where the instructions went by calls, system calls and the time of interrupts'
 *     handlers, for which the recording is re-executed
 * @param asker asked every few milliseconds of work
 */
public record Report(Recording recording, Symbols symbols, boolean calls, Asker asker) {
    private static final int BUCKETS = 2000;
    private static final int COLUMNS = 400;

    /** Its size does not depend on the recording's length. */
    public void write(Appendable out) throws IOException {
        List<Section> sections = sections();
        Events.list(recording, Set.of(), Filter.ALL, new Answers<>() {
            @Override
            public boolean take(Event event) {
                sections.forEach(section -> section.see(event));
                return true;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        Page.write(out, recording.trace().machine().guest(), sections);
    }

    private List<Section> sections() throws IOException {
        TraceReader trace = recording.trace();
        Buckets buckets = Buckets.of(trace.endPosition(), BUCKETS);
        Context start = trace.chunkCount() == 0
                ? new Context(0, Event.Mode.REAL, 0)
                : trace.envelope(0).start();
        TrapTable traps = new TrapTable(buckets, symbols);
        List<Section> sections = new ArrayList<>(List.of(
                new Overview(trace.file(), Info.of(trace), buckets),
                new RingTimeline(buckets, start),
                new Activity(buckets),
                new AddressSpaces(buckets, start),
                new Phases(start, symbols),
                traps,
                new Crossings(trace.endPosition()),
                new PageTableMap(Buckets.of(trace.endPosition(), COLUMNS)),
                new MemoryMap(trace),
                new Traffic()));
        if (calls) {
            SystemCallTable table = new SystemCallTable();
            CallTree tree = CallSurvey.of(
                    recording,
                    symbols,
                    call -> {
                        table.add(call);
                        return true;
                    },
                    interrupt -> {
                        traps.add(interrupt);
                        return true;
                    },
                    asker);
            sections.add(new FlameGraph(tree, symbols));
            sections.add(table);
        }
        return sections;
    }
}
