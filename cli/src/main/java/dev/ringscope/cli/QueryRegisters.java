package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.RegisterWrites;
import dev.ringscope.trace.query.State;
import dev.ringscope.trace.symbols.Symbols;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What the registers held at a position, or which were written. */
@Command(
        name = "registers",
        description = "The registers at the position --from, and at --count - 1 further ones; or which were written.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryRegisters implements Callable<Integer> {
    private static final int A_LINE = 4;

    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--writes", description = "List the writes from the position on instead.")
    private boolean writes;

    @Override
    public Integer call() throws Exception {
        try (Recording recording = TraceFile.recording(query.file)) {
            if (writes) {
                listWrites(recording);
            } else {
                show(recording);
            }
        }
        return ExitStatus.OK;
    }

    // ---- states
    // -------------------------------------------------------------------------------------------------------

    private void show(Recording recording) throws Exception {
        TraceReader trace = recording.trace();
        long first = options.position(trace);
        long count = options.range(trace).count();
        long end = Math.min(trace.endPosition(), first + Math.max(1, count) - 1);
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        Symbols symbols = options.symbols();
        Map<String, Integer> widths = new LinkedHashMap<>();
        for (Register register : trace.machine().registers()) {
            widths.put(register.name(), register.bits());
        }
        State.Registers before = null;
        for (long position = first; position <= end; position++) {
            State.Registers now = State.at(timeline, position);
            if (options.json) {
                System.out.println(json(now, widths));
            } else if (before == null) {
                print(System.out, now, widths, symbols);
            } else {
                printChanges(System.out, before, now, widths);
            }
            before = now;
        }
    }

    private static Json json(State.Registers state, Map<String, Integer> widths) {
        Json registers = new Json();
        state.registers().forEach((name, words) -> registers.put(name, "0x" + digits(words, widths.get(name))));
        return new Json()
                .put("position", state.position())
                .put("virtual_nanoseconds", state.time())
                .put("ring", state.context().ring())
                .put("mode", Names.of(state.context().mode()))
                .put("registers", registers);
    }

    private static void print(PrintStream out, State.Registers state, Map<String, Integer> widths, Symbols symbols) {
        out.printf(
                "position %d, virtual time %d ns, ring %d, %s%n",
                state.position(),
                state.time(),
                state.context().ring(),
                Names.of(state.context().mode()));
        int inLine = 0;
        for (var entry : state.registers().entrySet()) {
            boolean wide = widths.get(entry.getKey()) > Long.SIZE;
            if (inLine > 0 && (inLine == A_LINE || wide)) {
                out.println();
                inLine = 0;
            }
            out.printf(
                    "%s%-10s %-16s",
                    inLine == 0 ? "" : "  ", entry.getKey(), digits(entry.getValue(), widths.get(entry.getKey())));
            inLine++;
        }
        out.println();
        long rip = state.registers().get("rip")[0];
        symbols.find(rip).ifPresent(name -> out.println("rip is in " + name));
    }

    private static void printChanges(
            PrintStream out, State.Registers before, State.Registers now, Map<String, Integer> widths) {
        StringBuilder line = new StringBuilder("position " + now.position() + ":");
        now.registers().forEach((name, words) -> {
            if (!java.util.Arrays.equals(words, before.registers().get(name))) {
                line.append(' ').append(name).append('=').append(digits(words, widths.get(name)));
            }
        });
        out.println(line);
    }

    /** Hexadecimal, as many digits as the register has. */
    private static String digits(long[] words, int bits) {
        StringBuilder text = new StringBuilder();
        for (int w = words.length - 1; w >= 0; w--) {
            text.append("%016x".formatted(words[w]));
        }
        return text.substring(text.length() - (bits + 3) / 4);
    }

    // ---- writes
    // -------------------------------------------------------------------------------------------------------

    private record Write(RegisterWrites.RegisterWrite w) implements Answer {
        @Override
        public String[] cells() {
            String name = w.word() == 0 ? w.register() : w.register() + "[" + 64 * w.word() + "..]";
            return new String[] {Long.toString(w.position()), name, Names.hex(w.value())};
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", w.position())
                    .put("register", w.register())
                    .put("word", w.word())
                    .hex("value", w.value());
        }
    }

    private void listWrites(Recording recording) throws Exception {
        try (AnswerPrinter out = new AnswerPrinter(
                options.json, new Column("POSITION", -13), new Column("REGISTER", 14), new Column("VALUE", 0))) {
            RegisterWrites.list(
                    recording, Set.of(), Filter.of(options.range(recording.trace())), w -> out.print(new Write(w)));
        }
    }
}
