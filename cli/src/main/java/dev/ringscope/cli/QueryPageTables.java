package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.PageTables;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** How the page tables changed. */
@Command(
        name = "page-tables",
        description = "Page-table entries that changed, with who wrote them; translations that were dropped.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryPageTables extends Question {
    private record Update(Event.TableUpdate e, Symbols symbols) implements Answer {
        private static final String[] LEVELS = {"", "PTE", "PDE", "PDPTE", "PML4E"};

        private String level() {
            return e.level() < LEVELS.length ? LEVELS[e.level()] : "level " + e.level();
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(e.position()),
                Names.of(e.writer()),
                level(),
                Names.hex(e.entry()),
                "%s..%s".formatted(Names.hex(e.first()), Names.hex(e.first() + e.size() - 1)),
                EntryBits.describe(e.oldValue()),
                EntryBits.describe(e.newValue()),
                symbols.describe(e.pc())
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", e.position())
                    .put("event", "update")
                    .put("writer", Names.of(e.writer()))
                    .put("level", e.level())
                    .hex("entry", e.entry())
                    .put("entry_size", e.entrySize())
                    .hex("old_value", e.oldValue())
                    .hex("new_value", e.newValue())
                    .hex("first", e.first())
                    .hex("size", e.size())
                    .hex("root", e.root())
                    .hex("pc", e.pc());
        }
    }

    private record Flush(Event.TranslationFlush e) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(e.position()), "flush", e.instruction(), Names.hex(e.address()), "", "", "", ""
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", e.position())
                    .put("event", "flush")
                    .put("instruction", e.instruction())
                    .hex("address", e.address());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("POSITION", -13),
                new Column("WRITER", 12),
                new Column("LEVEL", 6),
                new Column("ENTRY AT", 18),
                new Column("TRANSLATES", 38),
                new Column("OLD", 26),
                new Column("NEW", 26),
                new Column("BY", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        PageTables.list(asked.recording(), asked.filter(), e -> out.print(answer(e, asked.symbols())));
    }

    private static Answer answer(Event event, Symbols symbols) {
        return event instanceof Event.TableUpdate update
                ? new Update(update, symbols)
                : new Flush((Event.TranslationFlush) event);
    }
}
