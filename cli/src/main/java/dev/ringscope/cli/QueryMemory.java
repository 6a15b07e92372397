package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.cli.debug.RecordedMemory;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Accesses;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What memory held at a position, or which data was read and written. */
@Command(
        name = "memory",
        description = "Data accesses in order; or, with --address, what memory held at the position --from.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryMemory implements Callable<Integer> {
    private static final int ROW = 16;
    private static final int LARGEST = 1 << 26;

    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--address", paramLabel = "A", description = "Show memory from this address on, like 0x7c00.")
    private String address;

    @Option(names = "--size", paramLabel = "BYTES", description = "So many bytes of it (default: ${DEFAULT-VALUE}).")
    private int size = 256;

    @Option(names = "--physical", description = "The address is a physical one (default: linear).")
    private boolean physical;

    private record Line(Accesses.Access a, Symbols symbols) implements Answer {
        private String value() {
            return ("0x%0" + 2 * a.size() + "x").formatted(a.value());
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(a.position()),
                a.write() ? "write" : "read",
                Integer.toString(a.size()),
                symbols.describe(a.address()),
                value()
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", a.position())
                    .put("access", a.write() ? "write" : "read")
                    .put("size", a.size())
                    .hex("address", a.address())
                    .put("value", value());
        }
    }

    private record Row(long address, byte[] bytes) implements Answer {
        @Override
        public String[] cells() {
            StringBuilder text = new StringBuilder();
            for (byte b : bytes) {
                text.append(b >= ' ' && b < 0x7f ? (char) b : '.');
            }
            return new String[] {
                "0x%016x".formatted(address), HexFormat.ofDelimiter(" ").formatHex(bytes), text.toString()
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .hex("address", address)
                    .put("bytes", HexFormat.of().formatHex(bytes));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (address == null && physical) {
            throw options.usage("--physical goes with --address");
        }
        try (TraceReader trace = TraceFile.open(query.file)) {
            if (address == null) {
                listAccesses(trace);
            } else {
                show(trace);
            }
        }
        return ExitStatus.OK;
    }

    private void listAccesses(TraceReader trace) throws Exception {
        Symbols symbols = options.symbols();
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("POSITION", -13),
                new Column("ACCESS", 6),
                new Column("SIZE", -4),
                new Column("ADDRESS", symbols.isEmpty() ? -18 : 48),
                new Column("VALUE", 0))) {
            Accesses.list(trace, options.range(trace), a -> out.print(new Line(a, symbols)));
        }
    }

    private void show(TraceReader trace) throws Exception {
        if (size <= 0 || size > LARGEST) {
            throw options.usage("--size takes 1 to %d bytes, found %d".formatted(LARGEST, size));
        }
        long start;
        try {
            start = address.startsWith("0x") || address.startsWith("0X")
                    ? Long.parseUnsignedLong(address.substring(2), 16)
                    : Long.parseUnsignedLong(address);
        } catch (NumberFormatException e) {
            throw options.usage("--address takes an address like 0x7c00, found \"" + address + "\"");
        }
        byte[] bytes = RecordedMemory.read(trace, options.position(trace), start, size, physical);
        try (AnswerPrinter out = new AnswerPrinter(
                options.json, new Column("ADDRESS", 18), new Column("BYTES", 3 * ROW - 1), new Column("TEXT", 0))) {
            for (int at = 0; at < bytes.length; at += ROW) {
                out.print(
                        new Row(start + at, java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + ROW))));
            }
        }
        if (bytes.length < size) {
            throw new CommandFailure(
                    ExitStatus.DATA,
                    "0x%x is %s at that position"
                            .formatted(start + bytes.length, physical ? "no memory" : "not mapped"));
        }
    }
}
