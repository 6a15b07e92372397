package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.explain.TableTree.Entry;
import dev.ringscope.trace.explain.WalkText;
import dev.ringscope.trace.query.AddressSpace;
import dev.ringscope.trace.query.AddressSpace.Extent;
import dev.ringscope.trace.query.AddressSpace.Mapping;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What an address space mapped at a position. */
@Command(
        name = "mappings",
        description = "What the page tables map at the position --from, joined into ranges; --tree: entry by entry.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryMappings implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--cr3", paramLabel = "ROOT", description = "Below this root (default: the position's CR3).")
    private String cr3;

    @Option(names = "--tree", description = "Every present entry of all levels.")
    private boolean tree;

    @Option(
            names = "--address",
            paramLabel = "WHERE",
            description =
                    "Only what translates addresses there: an address, 0x1000..0x1fff, 0x1000+0x100, or a symbol.")
    private String address;

    private static String rights(boolean user, boolean writable, boolean noExecute) {
        return (user ? "u" : "-") + "r" + (writable ? "w" : "-") + (noExecute ? "-" : "x");
    }

    private record Range(Mapping m) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                "%016x".formatted(m.first()),
                "%016x".formatted(m.last()),
                Names.hex(m.last() - m.first() + 1),
                rights(m.user(), m.writable(), m.noExecute()),
                Long.toString(m.pages()),
                Names.hex(m.physical()) + (m.contiguous() ? "" : " ...")
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .hex("first", m.first())
                    .hex("last", m.last())
                    .hex("size", m.last() - m.first() + 1)
                    .put("user", m.user())
                    .put("writable", m.writable())
                    .put("executable", !m.noExecute())
                    .put("pages", m.pages())
                    .hex("physical", m.physical())
                    .put("contiguous", m.contiguous());
        }
    }

    private record Line(Entry e, int top) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                "  ".repeat(top - e.level()) + WalkText.name(e.level()),
                Integer.toString(e.index()),
                Names.hex(e.address()),
                "%016x".formatted(e.linear()),
                Names.hex(e.size()),
                Names.hex(e.target()),
                e.leaf() ? rights(e.user(), e.writable(), e.noExecute()) : "table",
                (WalkText.bits(e.level(), e.value())
                                + (e.reserved() == 0 ? "" : " ! reserved bits " + Names.hex(e.reserved())))
                        .strip()
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("level", e.level())
                    .put("name", WalkText.name(e.level()))
                    .put("index", e.index())
                    .hex("entry", e.address())
                    .hex("value", e.value())
                    .put("bits", WalkText.bits(e.level(), e.value()).strip())
                    .hex("first", e.linear())
                    .hex("size", e.size())
                    .put("page", e.leaf())
                    .hex("target", e.target())
                    .put("user", e.user())
                    .put("writable", e.writable())
                    .put("executable", !e.noExecute())
                    .hex("reserved", e.reserved());
        }
    }

    @Override
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        try (Recording recording = TraceFile.recording(query.file)) {
            Filter filter = Filter.of(options.range(recording.trace()));
            if (address != null) {
                filter = filter.withAddresses(FilterOptions.ranges(options, "--address", address, symbols));
            }
            OptionalLong root =
                    cr3 == null ? OptionalLong.empty() : OptionalLong.of(options.address("--cr3", cr3, symbols));
            Extent extent = tree ? entries(recording, root, filter) : ranges(recording, root, filter);
            if (!extent.paging()) {
                System.err.println("paging is off at that position: a linear address is a physical one");
            } else if (!extent.complete()) {
                System.err.println("the tables lead to too many entries, maybe to themselves: this is not all;"
                        + " --address narrows it down");
            }
        }
        return ExitStatus.OK;
    }

    private Extent ranges(Recording recording, OptionalLong root, Filter filter) throws IOException {
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("FIRST", 16),
                new Column("LAST", 16),
                new Column("SIZE", -14),
                new Column("RIGHTS", 6),
                new Column("PAGES", -8),
                new Column("PHYSICAL", 0))) {
            return AddressSpace.mappings(recording, root, filter, m -> out.print(new Range(m)));
        }
    }

    private Extent entries(Recording recording, OptionalLong root, Filter filter) throws IOException {
        int[] top = new int[1];
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("LEVEL", 11),
                new Column("INDEX", -5),
                new Column("ENTRY AT", -12),
                new Column("LINEAR", 16),
                new Column("SIZE", -12),
                new Column("TARGET", -12),
                new Column("RIGHTS", 6),
                new Column("BITS", 0))) {
            return AddressSpace.tree(recording, root, filter, e -> {
                top[0] = Math.max(top[0], e.level());
                return out.print(new Line(e, top[0]));
            });
        }
    }
}
