package dev.ringscope.cli.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The kernel's own symbol table (kernel/kallsyms.c and scripts/kallsyms.c of Linux). Nothing points to it from outside,
 * so it is found by its shape: a table of 256 strings ("tokens") in which each digit stands for itself, behind it where
 * each token starts, in front of it the list of names, which has its length in front and behind it where each 256th
 * name lies. Each guess is checked against the whole of what it leads to.
 */
final class Kallsyms {
    private static final int TOKENS = 256, GROUP = 256, LARGEST = 1 << 22;

    /** @param type as nm prints it: T text, D data, B zeroed data, R read-only data, A no address; small if local */
    record Symbol(long address, char type, String name) {}

    private final KernelImage kernel;
    private final ByteBuffer in;
    private final KernelImage.Section section;
    private final int end;
    private final String[] tokens = new String[TOKENS];
    private int tokenTable;
    private int tokenIndex;
    private int names;

    private Kallsyms(KernelImage kernel) {
        this.kernel = kernel;
        in = kernel.bytes;
        section = kernel.section(".rodata")
                .filter(s -> !s.empty() && s.size() < Integer.MAX_VALUE)
                .orElseThrow(() -> new BadImage(kernel.file, "expected a section .rodata"));
        end = section.offset() + (int) section.size();
        kernel.expect(end <= in.limit(), section.offset(), "the whole section .rodata");
    }

    /** All symbols, by ascending address. */
    static List<Symbol> of(KernelImage kernel) {
        Kallsyms table = new Kallsyms(kernel);
        table.findTokens();
        int count = table.findNames();
        return table.symbols(count);
    }

    private static int aligned(int offset) {
        return offset + 7 & -8;
    }

    private void findTokens() {
        for (int at = section.offset(); at + 20 < end; at++) {
            if (in.get(at) == '0' && in.get(at - 1) == 0 && areDigits(at) && isTokenTable(at)) {
                return;
            }
        }
        kernel.expect(false, section.offset(), "a kernel with a symbol table (CONFIG_KALLSYMS)");
    }

    private boolean areDigits(int at) {
        for (int i = 0; i < 10; i++) {
            if (in.get(at + 2 * i) != '0' + i || in.get(at + 2 * i + 1) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the token '0' lies there: then '0' strings are in front of it, and where each starts stands behind all.
     */
    private boolean isTokenTable(int zero) {
        int start = zero;
        for (int i = 0; i < '0' && start > section.offset(); i++) {
            do {
                start--;
            } while (start > section.offset() && in.get(start - 1) != 0);
        }
        int at = start;
        int[] starts = new int[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            starts[i] = at - start;
            int from = at;
            while (at < end && in.get(at) != 0) {
                at++;
            }
            tokens[i] = new String(in.array(), from, at - from, StandardCharsets.US_ASCII);
            at++;
        }
        tokenTable = start;
        tokenIndex = aligned(at);
        for (int i = 0; i < TOKENS; i++) {
            if (tokenIndex + 2 * TOKENS > end || (in.getShort(tokenIndex + 2 * i) & 0xffff) != starts[i]) {
                return false;
            }
        }
        return true;
    }

    /** The list of names has its length in front, and behind it stands where each 256th name lies in it. */
    private int findNames() {
        for (int at = tokenTable - 8 & -8; at > section.offset() + 8; at -= 8) {
            long count = in.getLong(at);
            if (count > GROUP && count < LARGEST && areNames(at + 8, (int) count)) {
                names = at + 8;
                return (int) count;
            }
        }
        kernel.expect(false, tokenTable, "a list of symbol names in front");
        return 0;
    }

    private boolean areNames(int start, int count) {
        int[] groups = new int[(count + GROUP - 1) / GROUP];
        int at = start;
        for (int i = 0; i < count; i++) {
            if (i % GROUP == 0) {
                groups[i / GROUP] = at - start;
            }
            if (at + 2 >= tokenTable || !isType(tokens[in.get(in.get(at) >= 0 ? at + 1 : at + 2) & 0xff])) {
                return false;
            }
            at += nameBytes(at);
        }
        int markers = aligned(at);
        for (int i = 0; i < groups.length; i++) {
            if (markers + 4 * i >= tokenTable || in.getInt(markers + 4 * i) != groups[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isType(String token) {
        return !token.isEmpty() && Character.isLetter(token.charAt(0));
    }

    /** A length below 128 is one byte, a longer one two, low part first. */
    private int nameBytes(int at) {
        int first = in.get(at);
        return first >= 0 ? first + 1 : (first & 0x7f | (in.get(at + 1) & 0xff) << 7) + 2;
    }

    private List<Symbol> symbols(int count) {
        int inFront = names - 16; // up to Linux 6.3 the addresses' base lies in front of the names, later behind all
        int base = in.getLong(inFront) < 0 ? inFront : aligned(tokenIndex + 2 * TOKENS + 4 * count);
        int offsets = base == inFront ? base - aligned(4 * count) : tokenIndex + 2 * TOKENS;
        kernel.expect(in.getLong(base) < 0, base, "the address that those of the symbols are relative to");
        boolean perCpu = false; // then numbers from 0 are what they are, and addresses count down from -1
        for (int i = 0; i < count; i++) {
            perCpu |= in.getInt(offsets + 4 * i) < 0;
        }
        List<Symbol> symbols = new ArrayList<>(count);
        int at = names;
        for (int i = 0; i < count; i++, at += nameBytes(at)) {
            int offset = in.getInt(offsets + 4 * i);
            long address = !perCpu ? in.getLong(base) + offset : offset >= 0 ? offset : in.getLong(base) - 1 - offset;
            String text = text(at);
            kernel.expect(text.length() > 1, at, "a symbol's type and name");
            symbols.add(new Symbol(address, text.charAt(0), text.substring(1)));
        }
        symbols.sort(Comparator.comparing(Symbol::address, Long::compareUnsigned));
        return symbols;
    }

    private String text(int at) {
        StringBuilder text = new StringBuilder();
        int size = nameBytes(at);
        for (int i = in.get(at) >= 0 ? 1 : 2; i < size; i++) {
            text.append(tokens[in.get(at + i) & 0xff]);
        }
        return text.toString();
    }
}
