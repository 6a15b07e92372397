package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.explain.TaskStateFields.Field;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.DescriptorContents;
import dev.ringscope.trace.query.DescriptorContents.Contents;
import dev.ringscope.trace.query.DescriptorContents.Entry;
import dev.ringscope.trace.query.DescriptorContents.Place;
import dev.ringscope.trace.query.DescriptorContents.Table;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The descriptor tables at a position. */
@Command(
        name = "descriptors",
        description = "GDT, LDT, IDT and TSS at the position --from, decoded, with what is wrong in them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryDescriptors implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--table", paramLabel = "gdt|ldt|idt|tss", description = "Only this one. May be repeated.")
    private List<Table> wanted = List.of();

    private static String name(Table table) {
        return table.name();
    }

    private record PlaceLine(Place p) implements Answer {
        @Override
        public String[] cells() {
            String selector =
                    p.selector().isPresent() ? "%04x ".formatted(p.selector().getAsInt()) : "";
            return new String[] {
                name(p.table()),
                "",
                Names.hex(p.base()),
                "",
                "",
                (selector + "limit " + Names.hex(p.limit()) + " " + p.type()).strip()
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("table", name(p.table()))
                    .hex("base", p.base())
                    .hex("limit", p.limit());
            p.selector().ifPresent(selector -> json.hex("selector", selector));
            return p.type().isEmpty() ? json : json.put("type", p.type());
        }
    }

    private record EntryLine(Entry e, Symbols symbols) implements Answer {
        private String value() {
            return e.gate()
                    ? "-> %04x:%s%s"
                            .formatted(
                                    e.selector(), symbols.describe(e.offset()), e.ist() == 0 ? "" : " IST=" + e.ist())
                    : "base %s limit %s".formatted(Names.hex(e.base()), Names.hex(e.limit()));
        }

        @Override
        public String[] cells() {
            String faults = String.join("; ", e.faults());
            return new String[] {
                name(e.table()),
                (e.table() == Table.IDT ? "%02x" : "%04x").formatted(e.number()),
                Names.hex(e.address()),
                e.type(),
                e.bytes() == 4 ? "" : "%d %s".formatted(e.dpl(), e.present() ? "P" : "-"),
                value() + (faults.isEmpty() ? "" : "  ! " + faults)
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("table", name(e.table()))
                    .put(e.table() == Table.IDT ? "vector" : "entry", e.number())
                    .hex("address", e.address())
                    .put("size", e.bytes())
                    .hex("low", e.low())
                    .hex("high", e.high())
                    .put("type", e.type())
                    .put("dpl", e.dpl())
                    .put("present", e.present());
            if (e.gate()) {
                json.hex("selector", e.selector()).hex("offset", e.offset()).put("ist", e.ist());
                symbols.find(e.offset()).ifPresent(name -> json.put("symbol", name));
            } else {
                json.hex("base", e.base()).hex("limit", e.limit());
            }
            return json.put("faults", e.faults());
        }
    }

    private record FieldLine(Field f, long base) implements Answer {
        @Override
        public String[] cells() {
            String value = f.value().isPresent() ? Names.hex(f.value().getAsLong()) : "beyond the limit, or not mapped";
            return new String[] {"TSS", "+%02x".formatted(f.offset()), Names.hex(base + f.offset()), f.name(), "", value
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("table", "TSS")
                    .put("field", f.name())
                    .put("offset", f.offset())
                    .put("size", f.size());
            f.value().ifPresent(value -> json.hex("value", value));
            return json;
        }
    }

    @Override
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        try (Recording recording = TraceFile.recording(query.file)) {
            long position = options.position(recording.trace());
            print(DescriptorContents.at(recording, position, Asker.PATIENT), symbols);
        }
        return ExitStatus.OK;
    }

    private void print(Contents contents, Symbols symbols) throws IOException {
        Set<Table> tables = wanted.isEmpty() ? EnumSet.allOf(Table.class) : EnumSet.copyOf(wanted);
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("TABLE", 5),
                new Column("ENTRY", -5),
                new Column("ADDRESS", 18),
                new Column("TYPE", 14),
                new Column("DPL", 4),
                new Column("VALUE", 0))) {
            for (Place place : contents.places()) {
                if (!tables.contains(place.table())) {
                    continue;
                }
                out.print(new PlaceLine(place));
                for (Entry entry : contents.entries()) {
                    if (entry.table() == place.table()) {
                        out.print(new EntryLine(entry, symbols));
                    }
                }
                if (place.table() == Table.TSS) {
                    for (Field field : contents.task()) {
                        out.print(new FieldLine(field, place.base()));
                    }
                }
            }
        }
    }
}
