package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Which address spaces were in use, told apart by CR3: what an operating system makes its processes of. */
public final class Processes {
    private static final long ROOT = ~0xfffL;
    /** So many can be told apart; those that come later are told together, under the root -1. */
    private static final int MOST = 1 << 16;

    /**
     * An address space. That of a process that has ended may become another's.
     *
     * @param root CR3 without its low 12 bits
     * @param first position of the first instruction in it
     * @param last position of the last one
     * @param rings instructions in each ring
     * @param loads how often CR3 was loaded with it
     * @param parent the root in effect when it was loaded first; empty if it was in effect from the start
     * @param loadedAt position of that load; -1 if there was none
     * @param loader linear address of the instruction that loaded it first
     * @param names of Linux's tasks that ran in it, in order of appearance; empty if they are not known
     */
    public record Process(
            long root,
            long first,
            long last,
            List<Long> rings,
            long loads,
            OptionalLong parent,
            long loadedAt,
            long loader,
            List<String> names) {
        /** In all rings. */
        public long instructions() {
            return rings.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** @param task where Linux's names come from, in words; or why they are not known */
    public record Naming(boolean known, String task) {}

    private static final class Space {
        private final long[] rings = new long[4];
        private long first = -1;
        private long last = -1;
        private long loads;
        private OptionalLong parent = OptionalLong.empty();
        private long loadedAt = -1;
        private long loader;
        /** Where names are looked for: the last instructions of stretches in ring 0. */
        private final List<Long> samples = new ArrayList<>();
    }

    private static final int SAMPLES = 4;

    private final Map<Long, Space> spaces = new LinkedHashMap<>();

    private Processes() {}

    /**
     * In order of their first instruction.
     *
     * @param symbols of a Linux kernel for names of processes
     * @param filter its vectors, code and addresses do not count
     */
    public static Naming list(Recording recording, Symbols symbols, Filter filter, Answers<Process> answers)
            throws IOException {
        Processes all = new Processes();
        Filter every =
                filter.withRange(new Range(filter.range().from(), filter.range().to(), 0));
        Residence.list(recording, every, Answers.asked(answers, stretch -> {
            all.ran(stretch);
            return true;
        }));
        all.loads(recording, every, answers);
        LinuxTasks tasks = new LinuxTasks(recording, symbols, answers);
        Answers<Process> wanted = filter.range().limit(answers);
        for (Map.Entry<Long, Space> entry : all.spaces.entrySet()) {
            if (!wanted.take(process(entry.getKey(), entry.getValue(), tasks))) {
                break;
            }
        }
        return new Naming(tasks.known(), tasks.explanation());
    }

    private Space space(long root) {
        long key = root & ROOT;
        boolean room = spaces.size() < MOST || spaces.containsKey(key);
        return spaces.computeIfAbsent(room ? key : -1L, _ -> new Space());
    }

    private void ran(Residence.Stretch stretch) {
        Space space = space(stretch.context().translationRoot());
        space.rings[stretch.context().ring()] += stretch.length();
        space.first = space.first < 0 ? stretch.from() : space.first;
        space.last = stretch.to() - 1;
        if (stretch.context().ring() == 0) {
            if (space.samples.size() == SAMPLES) {
                space.samples.remove(SAMPLES / 2); // the first, and the last ones
            }
            space.samples.add(stretch.from() + stretch.length() / 2);
        }
    }

    private void loads(Recording recording, Filter filter, Asker asker) throws IOException {
        Filter loads = Filter.of(filter.range());
        Map<Long, Boolean> seen = new HashMap<>();
        Events.list(
                recording,
                Events.Kind.SYSTEM_REGISTER_WRITE,
                Event.SystemRegisterWrite.class,
                loads,
                Answers.asked(asker, w -> {
                    boolean other = (w.oldValue() & ROOT) != (w.newValue() & ROOT);
                    if (w.register().equals("cr3") && spaces.containsKey(w.newValue() & ROOT) && other) {
                        Space space = spaces.get(w.newValue() & ROOT);
                        space.loads++;
                        if (seen.put(w.newValue() & ROOT, true) == null && space.first >= w.position()) {
                            space.parent = OptionalLong.of(w.oldValue() & ROOT);
                            space.loadedAt = w.position();
                            space.loader = w.pc();
                        }
                    }
                    return true;
                }));
    }

    private static Process process(long root, Space space, LinuxTasks tasks) throws IOException {
        List<String> names = new ArrayList<>();
        for (long sample :
                space.samples.stream().sorted(Comparator.naturalOrder()).toList()) {
            tasks.nameAt(sample).filter(name -> !names.contains(name)).ifPresent(names::add);
        }
        return new Process(
                root,
                space.first,
                space.last,
                java.util.Arrays.stream(space.rings).boxed().toList(),
                space.loads,
                space.parent,
                space.loadedAt,
                space.loader,
                List.copyOf(names));
    }
}
