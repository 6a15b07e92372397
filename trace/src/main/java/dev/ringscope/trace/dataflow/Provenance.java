package dev.ringscope.trace.dataflow;

import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Goes back from some bytes to what they were made of, moment by moment: a backward slice over the data. Bytes that are
 * looked for are kept with those that want them; a moment that wrote some of them becomes a {@link Node}, and what it
 * was made of is looked for from there on.
 */
public final class Provenance {
    /** Steps recorded at once. */
    private static final int SMALLEST = 256;

    private static final int LARGEST = 1 << 15;

    /** What is followed besides values. */
    public record Following(boolean addresses, boolean conditions) {}

    /** Why a node needs another. */
    public enum Use {
        VALUE,
        ADDRESS,
        CONDITION
    }

    /**
     * Who wants a node.
     *
     * @param node its number; 0 for the question itself
     */
    public record User(long node, Use use) {}

    /**
     * Something that made bytes.
     *
     * @param number from 1, later ones are not later in time
     * @param position instructions retired before it; -1 for what was there at the start
     * @param pc linear address of the instruction
     * @param code its bytes; empty if there is none
     * @param offset of the instruction in its code segment
     * @param codeSize of the code: 2, 4 or 8; 0 if there is no instruction
     * @param bytes that were wanted and written: {@link Location}s
     * @param value of them if they lie in one general register or were one access, else empty
     * @param leaf {@link Leaf#NONE} if it was made of other nodes
     * @param detail of the leaf
     * @param depth how many steps from the question
     * @param users who want it, by the number of their node
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Node(
            long number,
            long position,
            long pc,
            byte[] code,
            long offset,
            int codeSize,
            int ring,
            long root,
            long[] bytes,
            String value,
            Leaf leaf,
            String detail,
            int depth,
            List<User> users) {}

    private record Wanted(Set<User> users, int depth) {}

    private final Following following;
    private final int mostDepth;
    private final Map<Long, Wanted> wanted = new HashMap<>();
    private final List<Node> found = new ArrayList<>();
    private long numbers;
    private long frontier;
    private boolean cut;

    /** @param bytes {@link Location}s; @param position they are wanted as they are there */
    public Provenance(Following following, int mostDepth, long[] bytes, long position) {
        this.following = following;
        this.mostDepth = mostDepth;
        frontier = position;
        want(bytes, new User(0, Use.VALUE), 1);
    }

    /** Nodes found since this was asked last, later moments first. */
    public List<Node> take() {
        List<Node> taken = List.copyOf(found);
        found.clear();
        return taken;
    }

    /** Everything in front of this position is still to be searched. */
    public long frontier() {
        return frontier;
    }

    /** Whether nothing is looked for any more. */
    public boolean done() {
        return wanted.isEmpty();
    }

    /** Whether something was not followed because it is too deep. */
    public boolean cut() {
        return cut;
    }

    /** Whether a register is looked for: only memory has an index of who wrote it. */
    public boolean wantsRegisters() {
        return wanted.keySet().stream().anyMatch(Location::inRegister);
    }

    /** The memory looked for, as runs of at most eight bytes within aligned eight: first address and size. */
    public Map<Long, Integer> memory() {
        Map<Long, Integer> runs = new TreeMap<>();
        long[] sorted = wanted.keySet().stream()
                .filter(l -> !Location.inRegister(l))
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        for (int n = 0; n < sorted.length; ) {
            int size = 1;
            while (n + size < sorted.length && sorted[n + size] == sorted[n] + size && (sorted[n] + size & 7) != 0) {
                size++;
            }
            runs.put(sorted[n], size);
            n += size;
        }
        return runs;
    }

    private void want(long[] bytes, User user, int depth) {
        if (bytes.length == 0) {
            return;
        }
        if (depth > mostDepth) {
            cut = true;
            return;
        }
        for (long location : bytes) {
            Wanted before = wanted.get(location);
            if (before == null) {
                before = new Wanted(new LinkedHashSet<>(), depth);
                wanted.put(location, before);
            } else if (before.depth > depth) {
                before = new Wanted(before.users, depth);
                wanted.put(location, before);
            }
            before.users.add(user);
        }
    }

    /** Nothing was written in between: goes on in front of an earlier position. */
    public void jump(long position) {
        frontier = Math.min(frontier, position);
    }

    /** What has not been found was there at the start. */
    public void start() {
        node(null, Flow.leaf(new long[0], Leaf.INITIAL, ""), List.copyOf(wanted.keySet()));
        frontier = 0;
    }

    /**
     * Searches the moments in front of the frontier, down to a position.
     *
     * @param timeline stands at that position
     */
    public void search(Timeline timeline, Runnable check) throws IOException {
        long from = timeline.position();
        List<Moment> moments = Window.record(timeline, frontier, check);
        for (int n = moments.size() - 1; n >= 0 && !wanted.isEmpty(); n--) {
            if (n % 256 == 0) {
                check.run();
            }
            moment(moments.get(n));
        }
        frontier = from;
    }

    /** How far a first and each further window should go back. */
    public static long stretch(int windows) {
        return Math.min(LARGEST, (long) SMALLEST << Math.min(windows, 16));
    }

    /** Bytes of a flow that have sources, or have none: the upper part of what MOVZX writes. */
    private record Hit(Flow flow, boolean constant) {}

    private void moment(Moment moment) {
        List<Flow> flows = Effects.of(moment);
        Map<Hit, List<Long>> hits = new LinkedHashMap<>();
        Set<Long> seen = new LinkedHashSet<>();
        for (int n = flows.size() - 1; n >= 0; n--) {
            Flow flow = flows.get(n);
            for (long location : flow.written()) {
                if (wanted.containsKey(location) && seen.add(location)) {
                    boolean constant = flow.sources(flow.find(location)).length == 0;
                    hits.computeIfAbsent(new Hit(flow, constant), _ -> new ArrayList<>())
                            .add(location);
                }
            }
        }
        // all of them are taken away before what they were made of is wanted: that is in front of this moment
        List<Runnable> further = new ArrayList<>();
        hits.forEach((hit, locations) -> further.add(node(moment, hit.flow, locations)));
        further.forEach(Runnable::run);
    }

    /** Makes nodes of bytes that were wanted, one for each way; @return what then wants their sources */
    private Runnable node(Moment moment, Flow flow, List<Long> locations) {
        if (locations.isEmpty()) {
            return () -> {};
        }
        long[] bytes = locations.stream().mapToLong(Long::longValue).sorted().toArray();
        Set<User> users = new LinkedHashSet<>();
        int depth = Integer.MAX_VALUE;
        for (long location : bytes) {
            Wanted taken = wanted.remove(location);
            users.addAll(taken.users);
            depth = Math.min(depth, taken.depth);
        }
        long number = ++numbers;
        Read read = moment == null ? Read.NOTHING : new Read(moment, flow, bytes);
        Leaf leaf = read.leaf();
        found.add(new Node(
                number,
                moment == null ? -1 : moment.position,
                moment == null ? 0 : moment.pc,
                moment == null || moment.instruction == null ? new byte[0] : moment.code,
                moment == null || moment.instruction == null ? 0 : moment.instruction.address,
                moment == null || moment.instruction == null ? 0 : moment.instruction.mode,
                moment == null ? 0 : moment.ring,
                moment == null ? 0 : moment.root,
                bytes,
                moment == null ? "" : Values.of(moment, bytes),
                moment == null ? Leaf.INITIAL : leaf,
                moment == null ? "" : read.detail(),
                depth,
                List.copyOf(users)));
        int next = depth + 1;
        return () -> {
            want(read.values(), new User(number, Use.VALUE), next);
            if (following.conditions && moment != null) {
                flow.conditions().forEach(c -> want(c, new User(number, Use.CONDITION), next));
            }
            if (following.addresses && moment != null && moment.kind == Moment.Kind.INSTRUCTION && read.inMemory()) {
                want(Effects.addresses(moment), new User(number, Use.ADDRESS), next);
            }
        };
    }

    /** What some bytes of a flow were made of: locations that can be followed, and devices, which cannot. */
    private static final class Read {
        static final Read NOTHING = new Read();

        private final Moment moment;
        private final Flow flow;
        private final long[] bytes;
        private final long[] values;
        private final String device;

        private Read() {
            moment = null;
            flow = null;
            bytes = new long[0];
            values = new long[0];
            device = "";
        }

        Read(Moment moment, Flow flow, long[] bytes) {
            this.moment = moment;
            this.flow = flow;
            this.bytes = bytes;
            long[] sources = Arrays.stream(bytes)
                    .flatMap(location -> Arrays.stream(flow.sources(flow.find(location))))
                    .distinct()
                    .toArray();
            Set<Long> devices = new LinkedHashSet<>();
            moment.accesses.stream()
                    .filter(a -> a.device() && !a.write())
                    .forEach(a -> Arrays.stream(a.bytes()).forEach(devices::add));
            values = Arrays.stream(sources).filter(l -> !devices.contains(l)).toArray();
            device = Arrays.stream(sources)
                    .filter(devices::contains)
                    .mapToObj("device at 0x%x"::formatted)
                    .findFirst()
                    .orElse("");
        }

        long[] values() {
            return values;
        }

        Leaf leaf() {
            return flow == null
                    ? Leaf.INITIAL
                    : flow.leaf() != Leaf.NONE
                            ? flow.leaf()
                            : values.length > 0 ? Leaf.NONE : device.isEmpty() ? Leaf.CONSTANT : Leaf.DEVICE;
        }

        String detail() {
            return device.isEmpty() ? flow.detail() : device;
        }

        /** Whether an address decided what was read or where it was written. */
        boolean inMemory() {
            return moment != null
                    && (Arrays.stream(values).anyMatch(l -> !Location.inRegister(l))
                            || Arrays.stream(bytes).anyMatch(l -> !Location.inRegister(l)));
        }
    }
}
