package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.LastWrite;
import dev.ringscope.trace.query.MemoryAccess.By;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Who wrote some bytes last. */
@Command(
        name = "last-write",
        description = "Who wrote some bytes last, before a position?",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryLastWrite implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--before", paramLabel = "N", description = "Writes before this position (default: end).")
    private String before = "end";

    @Option(names = "--address", required = true, paramLabel = "A", description = "The first byte, like 0x7c00.")
    private String address;

    @Option(names = "--size", paramLabel = "BYTES", description = "1 to 8 bytes (default: ${DEFAULT-VALUE}).")
    private int size = 8;

    @Option(names = "--physical", description = "The address is a physical one (default: linear).")
    private boolean physical;

    private record Line(LastWrite.Write w, String instruction, int size, Symbols symbols) implements Answer {
        private String value(long value) {
            return ("0x%0" + 2 * size + "x").formatted(value);
        }

        private String by() {
            return w.by().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(w.position()),
                Integer.toString(w.ring()),
                Names.hex(w.root()),
                symbols.describe(w.pc()),
                value(w.before()),
                value(w.after()),
                w.by() == By.PROCESSOR ? instruction : "(" + by() + ")"
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", w.position())
                    .put("by", by())
                    .put("ring", w.ring())
                    .hex("cr3", w.root())
                    .hex("pc", w.pc())
                    .put("code", HexFormat.of().formatHex(w.code()))
                    .put("instruction", instruction);
            if (w.by() == By.PROCESSOR) {
                json.hex("address", w.linear());
            }
            return json.hex("physical", w.physical())
                    .put("size", w.size())
                    .put("before", value(w.before()))
                    .put("after", value(w.after()));
        }
    }

    @Override
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        long start = number();
        if (size < 1 || size > LastWrite.MOST || (start & 4095) + size > 4096) {
            throw options.usage("--size takes 1 to 8 bytes that lie in one page, found " + size);
        }
        try (Recording recording = TraceFile.recording(query.file)) {
            long position = options.position("--before", before, recording.trace());
            Touch.Space space = physical ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
            Optional<LastWrite.Write> write = LastWrite.at(recording, position, start, size, space, Asker.PATIENT);
            if (write.isEmpty()) {
                System.err.println("nobody wrote there before position " + position + ": it is as it was loaded");
                return ExitStatus.OK;
            }
            print(recording, write.get(), symbols);
        }
        return ExitStatus.OK;
    }

    private void print(Recording recording, LastWrite.Write write, Symbols symbols) throws IOException {
        try (AnswerPrinter out = new AnswerPrinter(
                options.json,
                new Column("POSITION", -13),
                new Column("RING", -4),
                new Column("CR3", -12),
                new Column("PC", symbols.isEmpty() ? -18 : 48),
                new Column("BEFORE", 18),
                new Column("AFTER", 18),
                new Column("INSTRUCTION", 0))) {
            out.print(new Line(write, text(recording, write, symbols), size, symbols));
        }
    }

    /** The instruction that wrote, if it is the one that retired there; else what was written besides it. */
    private static String text(Recording recording, LastWrite.Write write, Symbols symbols) throws IOException {
        ExecutedInstruction[] executed = new ExecutedInstruction[1];
        Filter there = Filter.of(new Range(write.position(), write.position() + 1, 1));
        Instructions.list(recording, there, i -> {
            executed[0] = i;
            return false;
        });
        return executed[0] != null && executed[0].address() == write.pc()
                ? new Disassembly(Syntax.INTEL, symbols).text(executed[0])
                : "(an interrupt or exception)";
    }

    private long number() {
        try {
            return address.startsWith("0x") || address.startsWith("0X")
                    ? Long.parseUnsignedLong(address.substring(2), 16)
                    : Long.parseUnsignedLong(address);
        } catch (NumberFormatException e) {
            throw options.usage("--address takes an address like 0x7c00, found \"" + address + "\"");
        }
    }
}
