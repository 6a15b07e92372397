package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.cli.debug.RecordedMemory;
import dev.ringscope.trace.TraceReader;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What memory held at a position. */
@Command(
        name = "memory",
        description = "What memory held at the position --from.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryMemory implements Callable<Integer> {
    private static final int ROW = 16;
    private static final int LARGEST = 1 << 26;

    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(
            names = "--address",
            required = true,
            paramLabel = "A",
            description = "Show memory from this address on, like 0x7c00.")
    private String address;

    @Option(names = "--size", paramLabel = "BYTES", description = "So many bytes of it (default: ${DEFAULT-VALUE}).")
    private int size = 256;

    @Option(names = "--physical", description = "The address is a physical one (default: linear).")
    private boolean physical;

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
        try (TraceReader trace = TraceFile.open(query.file)) {
            show(trace);
        }
        return ExitStatus.OK;
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
