package dev.ringscope.emulator.insn;

import java.util.Optional;

/** Names for code and data addresses in a disassembly. */
@FunctionalInterface
public interface SymbolLookup {
    SymbolLookup NONE = address -> Optional.empty();

    /**
     * The symbol that an address belongs to, with the distance where there is one, for example {@code schedule+0x12}.
     */
    Optional<String> at(long address);
}
