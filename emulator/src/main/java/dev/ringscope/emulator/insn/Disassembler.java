package dev.ringscope.emulator.insn;

import java.util.List;

/**
 * An instruction in writing, from its row in the table of definitions: as GNU objdump prints it with {@code -M
 * intel,intel64} and {@code -M att,intel64}, which a test asserts over whole programs.
 */
public final class Disassembler {
    /** Mnemonics, with prefixes, are filled up to this many characters in front of operands. */
    private static final int MNEMONIC_WIDTH = 6;

    private Disassembler() {}

    /**
     * The text of an instruction, {@code (bad)} if it is none. Behind an operand that counts from RIP, a comment says
     * the address.
     *
     * @param symbols names for branch targets and for addresses that count from RIP
     */
    public static String text(Instruction i, Syntax syntax, SymbolLookup symbols) {
        String text = bare(i, syntax, symbols);
        return i.def != null && i.base == RegisterNames.RIP ? text + "        # " + address(i.disp, symbols) : text;
    }

    /** The same without the comment. */
    public static String bare(Instruction i, Syntax syntax, SymbolLookup symbols) {
        if (i.def == null) {
            return "(bad)";
        }
        List<String> prefixes = new PrefixText(i, syntax).names();
        StringBuilder text = new StringBuilder();
        prefixes.forEach(prefix -> text.append(prefix).append(' '));
        text.append(new Mnemonic(i, syntax).text());
        String operands = new OperandText(i, syntax, symbols).text();
        if (operands.isEmpty()) {
            return text.toString();
        }
        text.repeat(' ', Math.max(0, MNEMONIC_WIDTH - text.length()) + 1);
        return text.append(operands).toString();
    }

    static String address(long address, SymbolLookup symbols) {
        return symbols.at(address)
                .map(name -> Long.toHexString(address) + " <" + name + ">")
                .orElseGet(() -> hex(address));
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
