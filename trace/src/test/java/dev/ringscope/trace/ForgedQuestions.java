package dev.ringscope.trace;

import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance.Following;
import dev.ringscope.trace.query.AddressSpace;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.DescriptorContents;
import dev.ringscope.trace.query.Devices;
import dev.ringscope.trace.query.Divergence;
import dev.ringscope.trace.query.Faults;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.LastWrite;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.MemorySearch;
import dev.ringscope.trace.query.Origin;
import dev.ringscope.trace.query.PageTables;
import dev.ringscope.trace.query.PageWalk;
import dev.ringscope.trace.query.Processes;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.RegisterWrites;
import dev.ringscope.trace.query.Residence;
import dev.ringscope.trace.query.Rings;
import dev.ringscope.trace.query.Steps;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Questions that are put to a forged trace in turn: each round asks two of them. */
final class ForgedQuestions {
    private static final int EACH = 2, FEW = 2000;

    private interface Question {
        void ask() throws IOException;
    }

    private final Recording recording;
    private final Filter filter;
    private final long position;

    ForgedQuestions(Recording recording, Filter filter, long position) {
        this.recording = recording;
        this.filter = filter;
        this.position = position;
    }

    void ask(Random random) throws IOException {
        Filter few = Filter.of(new Range(position, Long.MAX_VALUE, FEW));
        List<Question> questions = List.of(
                () -> RegisterWrites.list(recording, Set.of(), few, _ -> true),
                () -> Steps.list(recording, few, _ -> true),
                () -> Faults.list(recording, few, _ -> true),
                () -> Processes.list(recording, new Symbols(), filter, _ -> true),
                () -> Devices.list(recording, filter, _ -> true),
                () -> Residence.list(recording, filter, _ -> true),
                () -> Rings.list(recording, filter, _ -> true),
                () -> PageTables.list(recording, filter, _ -> true),
                () -> CallTree.of(recording, new Symbols(), filter, CallTree.NODES, Asker.PATIENT),
                () -> AddressSpace.mappings(recording, OptionalLong.empty(), few, _ -> true),
                () -> AddressSpace.tree(recording, OptionalLong.of(random.nextInt() & -4096), few, _ -> true),
                () -> DescriptorContents.at(recording, position, Asker.PATIENT),
                () -> PageWalk.at(recording, position, random.nextLong() >> random.nextInt(64), Asker.PATIENT),
                () -> LastWrite.at(
                        recording, position, random.nextInt(1 << 20) & -8, 8, Touch.Space.PHYSICAL, Asker.PATIENT),
                () -> MemorySearch.list(
                        recording,
                        new MemorySearch.Where(position, MemoryContents.Space.VIRTUAL, 0, 1 << 22),
                        new byte[] {1, 2, 3},
                        new Range(0, 0, FEW),
                        _ -> true),
                () -> Origin.ofRegister(
                        recording,
                        new Location.Named(random.nextInt(16), 0, 8),
                        position,
                        new Origin.Limits(new Following(true, true), 50, FEW, Math.max(0, position - 50_000)),
                        _ -> true),
                () -> Divergence.first(recording, recording, Asker.PATIENT));
        for (int n = 0; n < EACH; n++) {
            try {
                questions.get(random.nextInt(questions.size())).ask();
            } catch (MemoryContents.NotMappedException e) {
                continue; // an answer too
            }
        }
    }
}
