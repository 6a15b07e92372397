package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.Listing;

/**
 * {@code monitor disas}: code as the processor would decode it now. gdb itself shows everything as 64-bit code, because
 * it is given the 64-bit registers in every mode.
 */
final class Disas implements GuestCommand {
    private static final int USUAL = 10;
    private static final int MOST = 10_000;

    private final Guest guest;
    private final GuestSymbols symbols;
    private Syntax syntax = Syntax.INTEL;

    Disas(Guest guest, GuestSymbols symbols) {
        this.guest = guest;
        this.symbols = symbols;
    }

    /** What the user wants instructions to look like. */
    Syntax syntax() {
        return syntax;
    }

    @Override
    public String name() {
        return "disas";
    }

    @Override
    public String summary() {
        return "[16|32|64] [ADDRESS] [COUNT], or /COUNT from the present instruction on; \"disas syntax intel|att\"";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        if (words.take("syntax")) {
            return chooseSyntax(words);
        }
        int codeSize = words.take("16")
                ? 2
                : words.take("32")
                        ? 4
                        : words.take("64") ? 8 : guest.machine().cpu().codeSize();
        long pc = guest.machine().cpu().pcLinear();
        long address = pc;
        int count = USUAL;
        if (arguments.startsWith("/")) {
            String text = words.word("a count").substring(1);
            count = new Words(guest.machine(), text).count(USUAL, MOST);
            address = words.optionalNumber().orElse(pc);
        } else {
            address = words.optionalNumber().orElse(pc);
            count = words.count(USUAL, MOST);
        }
        words.end();
        return new Listing(guest.machine(), codeSize, syntax, symbols).lines(address, count, pc);
    }

    private String chooseSyntax(Words words) throws RefusedException {
        if (words.take("att")) {
            syntax = Syntax.ATT;
        } else if (words.take("intel")) {
            syntax = Syntax.INTEL;
        } else if (!words.isEmpty()) {
            throw new RefusedException("disas syntax: expected intel or att, found \"" + words.all() + "\"");
        }
        words.end();
        return "disas syntax is " + (syntax == Syntax.ATT ? "att" : "intel") + "\n";
    }
}
