package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.dataflow.Leaf;
import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance.Following;
import dev.ringscope.trace.dataflow.Provenance.Node;
import dev.ringscope.trace.dataflow.Provenance.Use;
import dev.ringscope.trace.dataflow.Provenance.User;
import dev.ringscope.trace.export.OriginGraph;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.Origin;
import dev.ringscope.trace.query.Origin.Ending;
import dev.ringscope.trace.query.Origin.Limits;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Where a value came from. */
@Command(
        name = "origin",
        description =
                "Where did a register's or some memory's value come from? Backwards to immediates, devices and the"
                        + " start; nothing in front of --from.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryOrigin implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--before", paramLabel = "N", description = "The value as it is at this position (default: end).")
    private String before = "end";

    @Option(names = "--register", paramLabel = "NAME", description = "Of a register: rax, al, xmm3, eflags, cr3, ds.")
    private String register;

    @Option(names = "--address", paramLabel = "A", description = "Of memory from this address on, or from a symbol.")
    private String address;

    @Option(names = "--size", paramLabel = "BYTES", description = "So many bytes of it (default: ${DEFAULT-VALUE}).")
    private int size = 8;

    @Option(names = "--physical", description = "The address is a physical one (default: linear).")
    private boolean physical;

    /** What is followed. */
    enum Follow {
        VALUES,
        ADDRESSES,
        ALL
    }

    @Option(
            names = "--follow",
            paramLabel = "values|addresses|all",
            description = "Also registers that made addresses; also what decided (default: values).")
    private Follow follow = Follow.VALUES;

    @Option(names = "--depth", paramLabel = "N", description = "So many steps back (default: ${DEFAULT-VALUE}).")
    private int depth = 200;

    @Option(names = "--dot", description = "As a graph for Graphviz.")
    private boolean dot;

    private record Line(Node n, Symbols symbols) implements Answer {
        private String from() {
            return n.leaf() == Leaf.NONE ? "" : (Names.of(n.leaf()) + " " + n.detail()).strip();
        }

        private String instruction() {
            return n.codeSize() == 0
                    ? ""
                    : new Disassembly(Syntax.INTEL, symbols).text(n.code(), n.offset(), n.codeSize());
        }

        private String users() {
            List<String> all = new ArrayList<>();
            for (User user : n.users()) {
                String letter = user.use() == Use.VALUE ? "" : user.use() == Use.ADDRESS ? "a" : "c";
                all.add(user.node() + letter);
            }
            return String.join(",", all);
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(n.number()),
                users(),
                n.position() < 0 ? "" : Long.toString(n.position()),
                String.join(" ", Location.runs(n.bytes())),
                n.value(),
                n.position() < 0 ? "" : symbols.describe(n.pc()),
                from(),
                n.leaf() == Leaf.OUTSIDE
                                || n.leaf() == Leaf.PROCESSOR && n.detail().contains("interrupt")
                        ? ""
                        : instruction()
            };
        }

        @Override
        public Json json() {
            Json json = new Json().put("node", n.number()).put("depth", n.depth());
            json.put(
                    "users",
                    n.users().stream()
                            .map(u -> new Json().put("node", u.node()).put("use", Names.of(u.use())))
                            .toList());
            json.put("bytes", Location.runs(n.bytes()));
            if (!n.value().isEmpty()) {
                json.put("value", n.value());
            }
            json.put("origin", n.leaf() == Leaf.NONE ? "computed" : Names.of(n.leaf()));
            if (!n.detail().isEmpty()) {
                json.put("detail", n.detail());
            }
            if (n.position() < 0) {
                return json;
            }
            json.put("position", n.position()).hex("pc", n.pc());
            symbols.find(n.pc()).ifPresent(name -> json.put("symbol", name));
            return json.put("ring", n.ring())
                    .hex("cr3", n.root())
                    .put("code", HexFormat.of().formatHex(n.code()))
                    .put("instruction", instruction());
        }
    }

    @Override
    public Integer call() throws Exception {
        if ((register == null) == (address == null)) {
            throw options.usage("either --register or --address says whose origin is wanted");
        }
        if (depth < 1) {
            throw options.usage("--depth takes a number above 0, found " + depth);
        }
        Symbols symbols = options.symbols();
        try (Recording recording = TraceFile.recording(query.file)) {
            Ending ending = dot ? graph(recording, symbols) : list(recording, symbols);
            say(ending);
        } catch (MemoryContents.NotMappedException e) {
            throw new CommandFailure(ExitStatus.DATA, e.getMessage());
        }
        return ExitStatus.OK;
    }

    private Ending list(Recording recording, Symbols symbols) throws IOException {
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("NODE", -5),
                new Column("FOR", 6),
                new Column("POSITION", -13),
                new Column("BYTES", 22),
                new Column("VALUE", 18),
                new Column("PC", symbols.isEmpty() ? 18 : 40),
                new Column("FROM", 16),
                new Column("INSTRUCTION", 0))) {
            return ask(recording, symbols, node -> out.print(new Line(node, symbols)));
        }
    }

    private Ending graph(Recording recording, Symbols symbols) throws IOException {
        OriginGraph graph = new OriginGraph(System.out, symbols);
        graph.begin(register != null ? register : "%d bytes at %s".formatted(size, address), before);
        Ending ending = ask(recording, symbols, graph::take);
        graph.end();
        return ending;
    }

    private Ending ask(Recording recording, Symbols symbols, Answers<Node> answers) throws IOException {
        long position = options.position("--before", before, recording.trace());
        long most = options.range(recording.trace()).count();
        Following following = new Following(follow != Follow.VALUES, follow == Follow.ALL);
        Limits limits = new Limits(following, depth, most, options.position(recording.trace()));
        if (limits.earliest() > position) {
            throw options.usage("--from %d is behind --before %d".formatted(limits.earliest(), position));
        }
        if (register != null) {
            Location.Named named = Location.named(register)
                    .orElseThrow(() ->
                            options.usage("--register takes a name like rax, al, xmm3, eflags, found " + register));
            return Origin.ofRegister(recording, named, position, limits, answers);
        }
        if (size < 1 || size > Origin.MOST_BYTES) {
            throw options.usage("--size takes 1 to %d bytes, found %d".formatted(Origin.MOST_BYTES, size));
        }
        Touch.Space space = physical ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
        return Origin.ofMemory(
                recording, space, options.address("--address", address, symbols), size, position, limits, answers);
    }

    private static void say(Ending ending) {
        if (ending.deep()) {
            System.err.println("cut off: some of it goes farther back than --depth steps");
        }
        if (ending.many()) {
            System.err.println("cut off: there are more nodes than --count");
        }
        if (ending.early()) {
            System.err.println("cut off: some of it comes from in front of --from");
        }
    }
}
