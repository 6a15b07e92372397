/*
 * Measures questions to a trace inside one process: bench/query runs it, with Ringscope's jar as class path.
 *
 *     java -cp ringscope.jar bench/Query.java TRACE [SCAN]
 *
 * Prints a row for each figure: median, 99th percentile and worst of the wall time of single questions, and median and
 * 99th percentile of the process's processor time for one of them. SCAN instructions are scanned for accesses, in ten
 * stretches spread over the trace. What is asked is random with a fixed seed.
 */

import com.sun.management.OperatingSystemMXBean;
import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.AccessBatch;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.AddressRanges;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.LastWrite;
import dev.ringscope.trace.query.MemoryAccess;
import dev.ringscope.trace.query.MemoryAccesses;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.State;
import dev.ringscope.trace.query.Touch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

private static final int QUESTIONS = 200;
private static final int STRETCHES = 10;
private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

/** Something to be measured. */
private interface Work {
    void run() throws IOException;
}

/** A question about accesses. */
private interface Scan {
    void of(Filter filter) throws IOException;
}

/** Wall time and the process's processor time, in milliseconds. */
private record Cost(double wall, double processor) {
    static Cost of(Work work) throws IOException {
        long wall = System.nanoTime();
        long processor = SYSTEM.getProcessCpuTime();
        work.run();
        return new Cost((System.nanoTime() - wall) / 1e6, (SYSTEM.getProcessCpuTime() - processor) / 1e6);
    }
}

/** Counts what it is given. */
private static final class Count<T> implements Answers<T> {
    long answers;

    @Override
    public boolean take(T answer) {
        answers++;
        return true;
    }

    @Override
    public void check() {}
}

void main(String[] args) throws IOException {
    Recording[] opened = new Recording[1];
    row("open", Cost.of(() -> opened[0] = Recording.open(Path.of(args[0]))), "");
    try (Recording recording = opened[0]) {
        TraceReader trace = recording.trace();
        row("open again", Cost.of(() -> TraceReader.open(Path.of(args[0])).close()), "");
        states(recording, new Random(1));
        lastWrites(recording, new Random(2));
        for (Events.Kind kind : Events.Kind.values()) {
            events(recording, kind);
        }
        scan(recording, args.length > 1 ? Long.parseLong(args[1]) : Math.min(500_000_000, trace.endPosition()));
    }
}

private static void states(Recording recording, Random random) throws IOException {
    Cost[] costs = new Cost[QUESTIONS];
    for (int i = 0; i < QUESTIONS; i++) {
        long position = random.nextLong(recording.trace().endPosition());
        costs[i] = Cost.of(() -> recording
                .replays()
                .at(dev.ringscope.trace.Detail.FLOW, position, Asker.PATIENT, t -> State.at(t, position)));
    }
    rows("state at a random position", costs);
}

/** Of bytes that some instruction behind a random position wrote, in front of another random position. */
private static void lastWrites(Recording recording, Random random) throws IOException {
    long end = recording.trace().endPosition();
    Cost[] costs = new Cost[QUESTIONS];
    for (int i = 0; i < QUESTIONS; i++) {
        MemoryAccess[] write = new MemoryAccess[1];
        while (write[0] == null) {
            long from = random.nextLong(end);
            Filter filter = Filter.of(new Range(from, Math.min(end, from + 10_000), 1));
            MemoryAccesses.list(recording, Set.of(Touch.Kind.WRITE), Touch.Space.PHYSICAL, filter, found -> {
                write[0] = found;
                return false;
            });
        }
        long position = random.nextLong(write[0].position() + 1, end + 1);
        costs[i] = Cost.of(() -> LastWrite.at(
                recording, position, write[0].address(), write[0].size(), Touch.Space.PHYSICAL, Asker.PATIENT));
    }
    rows("last write to a random address", costs);
}

private static void events(Recording recording, Events.Kind kind) throws IOException {
    Count<Event> count = new Count<>();
    Cost cost = Cost.of(() -> Events.list(recording, Set.of(kind), Filter.ALL, count));
    row("events: " + kind.name().toLowerCase().replace('_', ' '), cost, "%,d events".formatted(count.answers));
}

private static void scan(Recording recording, long instructions) throws IOException {
    Count<Accesses.Access> each = new Count<>();
    Cost records = scan(recording, instructions, f -> Accesses.list(recording, Accesses.Kind.ALL, f, each));
    scanned("scan of accesses, as records", records, each.answers, instructions);
    long[] rows = new long[1];
    Answers<AccessBatch> counting = batch -> {
        rows[0] += batch.count();
        return true;
    };
    Cost columns = scan(recording, instructions, f -> Accesses.batches(recording, Accesses.Kind.ALL, f, counting));
    scanned("scan of accesses, as columns", columns, rows[0], instructions);
    Count<Accesses.Access> few = new Count<>();
    AddressRanges kernel = AddressRanges.of(List.of(AddressRanges.Span.of(0xffff_ffff_0000_0000L, 1L << 32)));
    Cost filtered = scan(
            recording,
            instructions,
            f -> Accesses.list(recording, Set.of(Accesses.Kind.WRITE), f.withAddresses(kernel), few));
    scanned("scan for writes to the kernel's data", filtered, few.answers, instructions);
}

private static Cost scan(Recording recording, long instructions, Scan scan) throws IOException {
    long end = recording.trace().endPosition();
    long length = instructions / STRETCHES;
    return Cost.of(() -> {
        for (int i = 0; i < STRETCHES; i++) {
            long from = (end - length) / Math.max(1, STRETCHES - 1) * i;
            scan.of(Filter.of(new Range(from, from + length, 0)));
        }
    });
}

private static void scanned(String what, Cost cost, long accesses, long instructions) {
    row(
            what,
            cost,
            "%,d accesses, %.1f M instructions/s, %.1f a processor-second"
                    .formatted(accesses, instructions / cost.wall / 1e3, instructions / cost.processor / 1e3));
}

private static void rows(String what, Cost[] costs) {
    double[] wall = Arrays.stream(costs).mapToDouble(Cost::wall).sorted().toArray();
    double[] processor = Arrays.stream(costs).mapToDouble(Cost::processor).sorted().toArray();
    System.out.printf(
            "%-36s %9.1f %9.1f %9.1f %9.1f %9.1f  ms%n",
            what,
            wall[wall.length / 2],
            wall[percentile99(wall.length)],
            wall[wall.length - 1],
            processor[wall.length / 2],
            processor[percentile99(wall.length)]);
}

private static void row(String what, Cost cost, String more) {
    System.out.printf("%-36s %9.1f %9s %9s %9.1f %9s  ms  %s%n", what, cost.wall, "", "", cost.processor, "", more);
}

/** Where the 99th percentile stands among so many in ascending order: nearest rank, so of 200 the 198th. */
private static int percentile99(int count) {
    return (count * 99 + 99) / 100 - 1;
}
