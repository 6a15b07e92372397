package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.query.SystemCalls.SystemCall;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which system calls programs made. */
@Command(
        name = "syscalls",
        description = "Linux system calls of ring 3: name, arguments, result, and how many instructions they took.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QuerySystemCalls extends Question {
    @Option(names = "--name", paramLabel = "NAME", description = "Only this call, like openat. May be repeated.")
    private List<String> names = List.of();

    private record Line(SystemCall c, Symbols symbols) implements Answer {
        private String name() {
            return c.name().orElse("syscall_" + c.number());
        }

        private String argument(int n) {
            String text = c.strings().get(n);
            long value = c.arguments().get(n);
            boolean small = value >= -4096 && value < 1 << 16;
            return text != null ? "\"" + text + "\"" : small ? Long.toString(value) : Names.hex(value);
        }

        private String call() {
            List<String> all = new ArrayList<>();
            for (int n = 0; n < c.arguments().size(); n++) {
                all.add(argument(n));
            }
            return name() + "(" + String.join(", ", all) + ")";
        }

        private String result() {
            if (c.result().isEmpty()) {
                return "(" + Names.of(c.ending()) + ")";
            }
            long value = c.result().getAsLong();
            boolean small = value >= -4096 && value < 1 << 20;
            return c.error().map(error -> value + " " + error).orElse(small ? Long.toString(value) : Names.hex(value));
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(c.position()),
                Names.hex(c.root()),
                symbols.describe(c.pc()),
                c.ending() == SystemCalls.End.OPEN ? "" : Long.toString(c.duration()),
                result(),
                call()
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", c.position())
                    .put("abi", c.abi() == SystemCalls.Abi.X86_64 ? "x86-64" : "i386")
                    .put("number", c.number());
            c.name().ifPresent(name -> json.put("name", name));
            json.put("arguments", c.arguments().stream().map(Names::hex).toList());
            List<Json> strings = new ArrayList<>();
            for (int n = 0; n < c.strings().size(); n++) {
                if (c.strings().get(n) != null) {
                    strings.add(new Json()
                            .put("argument", n)
                            .put("text", c.strings().get(n)));
                }
            }
            json.put("strings", strings).put("ending", Names.of(c.ending()));
            c.result().ifPresent(value -> json.put("result", value));
            c.error().ifPresent(error -> json.put("error", error));
            if (c.ending() != SystemCalls.End.OPEN) {
                json.put("instructions", c.duration());
            }
            return json.hex("pc", c.pc()).hex("cr3", c.root()).put("stack", c.stack());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("POSITION", -13),
                new Column("CR3", 12),
                new Column("PC", addressWidth(symbols)),
                new Column("INSTRUCTIONS", -12),
                new Column("RESULT", 18),
                new Column("CALL", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        SystemCalls.list(
                asked.recording(), Set.copyOf(names), asked.filter(), c -> out.print(new Line(c, asked.symbols())));
    }
}
