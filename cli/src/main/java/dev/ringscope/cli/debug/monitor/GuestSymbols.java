package dev.ringscope.cli.debug.monitor;

import dev.ringscope.emulator.insn.SymbolLookup;
import dev.ringscope.trace.symbols.Symbols;
import java.util.Optional;

/** Names for the guest's addresses, from a file that the user named; none at first. */
final class GuestSymbols implements SymbolLookup {
    private Symbols symbols = new Symbols();
    private long offset;

    /** @param newOffset what has to be added to the file's addresses to get the guest's */
    void set(Symbols newSymbols, long newOffset) {
        symbols = newSymbols;
        offset = newOffset;
    }

    @Override
    public Optional<String> at(long address) {
        return symbols.find(address - offset);
    }
}
