package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.CommandFailure;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;

/** {@code monitor symbols}: names for what {@code monitor} prints; gdb's own symbols stay with gdb. */
record SymbolsCommand(Guest guest, GuestSymbols symbols) implements GuestCommand {
    @Override
    public String name() {
        return "symbols";
    }

    @Override
    public String summary() {
        return "[FILE [OFFSET]]: an ELF file or System.map for the names in disassemblies; without FILE: none";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        Symbols read = new Symbols();
        long offset = 0;
        if (!words.isEmpty()) {
            read = read(words.word("a file"));
            offset = words.optionalNumber().orElse(0);
            words.end();
        }
        symbols.set(read, offset);
        return "";
    }

    static Symbols read(String file) throws RefusedException {
        Symbols symbols = new Symbols();
        try {
            symbols.add(Path.of(file));
        } catch (IOException | BadImage | CommandFailure e) {
            throw new RefusedException(e.getMessage());
        }
        return symbols;
    }
}
