package dev.ringscope.cli;

import dev.ringscope.trace.Position;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where in a trace, and with which names. */
class PlaceOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--from",
            paramLabel = "N",
            description =
                    "The first position: instructions retired since power-on, like 1500000, 1_500k, 50%%, start or end"
                            + " (default: start).")
    String from = "start";

    @Option(
            names = "--symbols",
            paramLabel = "FILE[@OFFSET]",
            description = "Name addresses after this file's symbols (ELF, nm, kallsyms). May be repeated.")
    List<Path> symbolFiles = new ArrayList<>();

    /** Where to begin. @throws ParameterException if that is no position, or behind the end */
    long position(TraceReader trace) {
        return position("--from", from, trace);
    }

    /** The position that an option names. */
    long position(String option, String text, TraceReader trace) {
        try {
            long position = Position.parse(text, trace.endPosition());
            if (position > trace.endPosition()) {
                throw new IllegalArgumentException(
                        "position %,d is behind the trace's end at %,d".formatted(position, trace.endPosition()));
            }
            return position;
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
    }

    /** An address: a number, or a symbol's first byte. */
    long address(String option, String text, Symbols symbols) {
        try {
            if (!text.isEmpty() && !Character.isDigit(text.charAt(0))) {
                return symbols.extent(text)
                        .orElseThrow(() -> usage(option + ": no symbol \"" + text + "\" in the files of --symbols"))
                        .first();
            }
            return text.startsWith("0x") || text.startsWith("0X")
                    ? Long.parseUnsignedLong(text.substring(2), 16)
                    : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw usage("%s takes an address like 0x1000, found \"%s\"".formatted(option, text));
        }
    }

    Symbols symbols() throws IOException {
        return SymbolFiles.read(symbolFiles);
    }

    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
