package dev.ringscope.cli;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that {@code --symbols} names: ELF, or text like that of {@code nm} and {@code /proc/kallsyms}. With
 * {@code @OFFSET} behind its name, all addresses of a file are moved.
 */
final class SymbolFiles {
    private SymbolFiles() {}

    /** @throws CommandFailure for an offset that is no number */
    static Symbols read(List<Path> files) throws IOException {
        Symbols symbols = new Symbols();
        for (Path file : files) {
            String text = file.toString();
            int at = text.lastIndexOf('@');
            boolean moved = at > 0 && !Files.exists(file);
            Path named = moved ? Path.of(text.substring(0, at)) : file;
            symbols.add(InputFile.check(named), moved ? offset(text.substring(at + 1), text) : 0);
        }
        return symbols;
    }

    private static long offset(String text, String all) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        try {
            long value = digits.startsWith("0x") || digits.startsWith("0X")
                    ? Long.parseUnsignedLong(digits.substring(2), 16)
                    : Long.parseUnsignedLong(digits);
            return negative ? -value : value;
        } catch (NumberFormatException e) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "--symbols FILE@OFFSET takes an offset like 0x1000 or -4096, found " + all);
        }
    }
}
