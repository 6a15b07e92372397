package dev.ringscope.trace.query;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many instructions ran in which function, by the calls that led there: one tree for each ring and address space. A
 * function interrupted in its own ring has the handler below it; an interrupt or system call from an outer ring begins
 * in the inner ring's tree. For flame graphs and profiles.
 */
public final class CallTree {
    /** Enough for a Linux boot's paths. */
    public static final int NODES = 1 << 18;

    /** What a node stands for. */
    public enum Kind {
        /** A ring in an address space. */
        ROOT,
        /** A function that was called, or that ran when its stack was seen first. */
        FUNCTION,
        /** What ran after SYSCALL, SYSENTER or a call gate, until it called something. */
        ENTRY,
        /** The handler of an exception or interrupt. */
        INTERRUPT,
        /** A signal's handler. */
        SIGNAL,
        /** All further functions called from there, for which there was no room. */
        OTHER
    }

    /** A path of calls. */
    public static final class Node {
        private final Kind kind;
        private final Node parent;
        private final long address;
        private final int vector;
        private final int ring;
        private final long root;
        private final Map<Key, Node> children = new LinkedHashMap<>(2);
        private long self;
        private long total;
        private long calls;

        private Node(Key key, Node parent, int ring, long root) {
            kind = key.kind;
            address = key.address;
            vector = key.vector;
            this.parent = parent;
            this.ring = ring;
            this.root = root;
        }

        public Kind kind() {
            return kind;
        }

        /** Null for a tree's root. */
        public Node parent() {
            return parent;
        }

        /** Linear address of the function; 0 for a root and for others. */
        public long address() {
            return address;
        }

        /** Of an interrupt, else -1. */
        public int vector() {
            return vector;
        }

        public int ring() {
            return ring;
        }

        /** CR3, its low 12 bits left out. */
        public long root() {
            return root;
        }

        /** In order of first appearance. */
        public Collection<Node> children() {
            return children.values();
        }

        /** Instructions that ran in the function itself. */
        public long self() {
            return self;
        }

        /** Instructions that ran in it and in what it called in the same ring. */
        public long total() {
            return total;
        }

        /** How often it was called on this path. */
        public long calls() {
            return calls;
        }
    }

    private record Key(Kind kind, long address, int vector) {
        private static final Key OTHER = new Key(Kind.OTHER, 0, -1);
    }

    private record Space(int ring, long root) {}

    private final Filter filter;
    private final Symbols symbols;
    private final int most;
    private final Map<Space, Node> roots = new LinkedHashMap<>();
    private final Map<Long, Long> functions = new HashMap<>();
    private int count;

    CallTree(Filter filter, Symbols symbols, int most) {
        this.filter = filter;
        this.symbols = symbols;
        this.most = most;
    }

    /**
     * Gathers the tree.
     *
     * @param symbols see {@link Calls#list}; they also say in which function something ran whose call was not seen
     * @param filter its range and rings say which instructions count, its roots which trees; the rest does not matter
     * @param most nodes for functions at most; what is called beyond that is summed up in a node {@link Kind#OTHER}
     *     below its caller
     */
    public static CallTree of(Recording recording, Symbols symbols, Filter filter, int most, Asker asker)
            throws IOException {
        CallTree tree = new CallTree(filter, symbols, most);
        tree.follow(recording, Transfers.Probe.NONE, tree.gatherer(), asker);
        return tree;
    }

    void follow(Recording recording, Transfers.Probe probe, CallWatcher watcher, Asker asker) throws IOException {
        Stacks.follow(recording, filter.range().to(), symbols, probe, watcher, new Stacks.Going() {
            @Override
            public boolean more(long position) {
                return true;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        sum();
    }

    CallWatcher gatherer() {
        return new Gatherer();
    }

    /** A root for each ring and address space, that with the most instructions first. */
    public List<Node> roots() {
        return roots.values().stream()
                .filter(root -> root.total > 0)
                .sorted(Comparator.comparingLong(Node::total).reversed())
                .toList();
    }

    /** Whether there is a node {@link Kind#OTHER}. */
    public boolean cut() {
        return count >= most;
    }

    /** Totals, from the leaves up; paths may be too long for the host's stack. */
    private void sum() {
        for (Node root : roots.values()) {
            List<Node> order = new ArrayList<>();
            Deque<Node> open = new ArrayDeque<>(List.of(root));
            while (!open.isEmpty()) {
                Node node = open.pop();
                order.add(node);
                node.children.values().forEach(open::push);
            }
            for (Node node : order.reversed()) {
                node.total += node.self;
                if (node.parent != null) {
                    node.parent.total += node.total;
                }
            }
        }
    }

    private final class Gatherer implements CallWatcher {
        @Override
        public void ran(Frame frame, long from, long to) {
            if (filter.ring(frame.ring) && filter.root(frame.root)) {
                long first = Math.max(from, filter.range().from());
                node(frame).self += Math.max(0, Math.min(to, filter.range().to()) - first);
            }
        }

        @Override
        public void entered(Frame frame) {
            if (filter.range().holds(frame.position) && filter.ring(frame.ring) && filter.root(frame.root)) {
                node(frame).calls++;
            }
        }

        @Override
        public void replaced(Frame frame, long before, long position, long from) {
            frame.tag = null;
            if (filter.range().holds(position) && filter.ring(frame.ring) && filter.root(frame.root)) {
                node(frame).calls++;
            }
        }
    }

    /** The node of a frame; frames above one that was replaced keep theirs. */
    private Node node(Frame frame) {
        if (frame.tag instanceof Node node) {
            return node;
        }
        Deque<Frame> unknown = new ArrayDeque<>();
        Frame at = frame;
        while (at != null && at.ring == frame.ring && !(at.tag instanceof Node)) {
            unknown.push(at);
            at = at.caller;
        }
        Node node = at != null && at.ring == frame.ring ? (Node) at.tag : root(unknown.peek());
        for (Frame next : unknown) {
            node = child(node, key(next));
            next.tag = node;
        }
        return node;
    }

    private Node root(Frame frame) {
        Space space = new Space(frame.ring, frame.root & -4096);
        return roots.computeIfAbsent(space, s -> new Node(new Key(Kind.ROOT, 0, -1), null, s.ring, s.root));
    }

    private Node child(Node parent, Key key) {
        if (parent.kind == Kind.OTHER) {
            return parent;
        }
        Node there = parent.children.get(key);
        if (there == null) {
            Key wanted = count < most ? key : Key.OTHER;
            count += count < most ? 1 : 0;
            there = parent.children.computeIfAbsent(wanted, k -> new Node(k, parent, parent.ring, parent.root));
        }
        return there;
    }

    private Key key(Frame frame) {
        long function = functions.computeIfAbsent(
                frame.function, address -> symbols.start(address).orElse(address));
        return new Key(
                switch (frame.kind) {
                    case BASE, CALL -> Kind.FUNCTION;
                    case GATE, SYSTEM_CALL -> Kind.ENTRY;
                    case INTERRUPT -> Kind.INTERRUPT;
                    case SIGNAL -> Kind.SIGNAL;
                },
                function,
                frame.vector);
    }
}
