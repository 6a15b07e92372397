package dev.ringscope.cli.symbols;

import dev.ringscope.cli.symbols.Kallsyms.Symbol;
import dev.ringscope.emulator.boot.BadImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * Writes an ELF file for debuggers (System V ABI, chapter 4): the kernel's sections without their contents, which the
 * debugger reads from the guest, the symbols, and how to unwind.
 */
public final class SymbolFile {
    private static final int HEADER = 64, SECTION = 64, SYMBOL = 24;
    private static final int PROGBITS = 1, SYMTAB = 2, STRTAB = 3, NOBITS = 8, ABSOLUTE = 0xfff1;
    private static final int OBJECT = 1, FUNC = 2;
    private static final String PER_CPU = ".data..percpu"; // linked at 0: its addresses are distances

    private record Written(
            String name, int type, long flags, long address, byte[] content, long size, int link, int info, int entry) {
        Written(String name, int type, byte[] content, int link, int info, int entry) {
            this(name, type, 0, 0, content, content.length, link, info, entry);
        }
    }

    /** @param unwinding whether it says how to unwind */
    public record Content(byte[] elf, int symbols, boolean unwinding) {}

    private final List<KernelImage.Section> kernelSections;
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    private SymbolFile(KernelImage kernel) {
        kernelSections = kernel.sections().stream()
                .filter(s -> !s.name().equals(PER_CPU))
                .toList();
        strings.write(0);
    }

    /**
     * @param file as the user named it, for messages
     * @param image a bzImage or a vmlinux
     * @throws BadImage if it is neither, or holds no symbol table
     */
    public static Content of(String file, byte[] image) {
        try {
            KernelImage kernel = new KernelImage(file, image);
            List<Symbol> symbols = Kallsyms.of(kernel);
            List<Orc.Entry> unwinding = Orc.of(kernel);
            byte[] elf = new SymbolFile(kernel).bytes(symbols, DebugFrame.of(unwinding));
            return new Content(elf, symbols.size(), !unwinding.isEmpty());
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new BadImage(file, "expected a whole Linux kernel, found a place in it that leads outside of it");
        }
    }

    private byte[] bytes(List<Symbol> symbols, byte[] frames) {
        List<Symbol> ordered = new ArrayList<>(symbols); // local ones first, as ELF wants it
        ordered.sort(Comparator.comparing(SymbolFile::isGlobal).thenComparing(Symbol::address, Long::compareUnsigned));
        int locals = 1 + (int) symbols.stream().filter(s -> !isGlobal(s)).count();
        byte[] table = table(ordered, symbols);
        List<Written> sections = new ArrayList<>();
        sections.add(new Written("", 0, new byte[0], 0, 0, 0));
        for (KernelImage.Section s : kernelSections) {
            sections.add(new Written(s.name(), NOBITS, s.flags(), s.address(), new byte[0], s.size(), 0, 0, 0));
        }
        sections.add(new Written(".debug_frame", PROGBITS, frames, 0, 0, 0));
        sections.add(new Written(".symtab", SYMTAB, table, sections.size() + 1, locals, SYMBOL));
        sections.add(new Written(".strtab", STRTAB, strings.toByteArray(), 0, 0, 0));
        return file(sections);
    }

    private static boolean isGlobal(Symbol symbol) {
        return Character.isUpperCase(symbol.type());
    }

    private byte[] table(List<Symbol> ordered, List<Symbol> byAddress) {
        var sizes = new HashMap<Long, Long>();
        for (int i = byAddress.size() - 1; i > 0; i--) {
            long address = byAddress.get(i - 1).address();
            long next = byAddress.get(i).address();
            sizes.put(address, next != address ? next - address : sizes.getOrDefault(next, 0L));
        }
        ByteBuffer table = little(SYMBOL * (1 + ordered.size())).position(SYMBOL);
        for (Symbol symbol : ordered) {
            int section = section(symbol.address());
            long size = section == ABSOLUTE ? 0 : sizes.getOrDefault(symbol.address(), 0L);
            table.putInt(string(symbol.name()));
            table.put((byte) ((isGlobal(symbol) ? 1 : 0) << 4 | type(symbol)));
            table.put((byte) 0);
            table.putShort((short) section);
            table.putLong(symbol.address());
            table.putLong(size);
        }
        return table.array();
    }

    private static int type(Symbol symbol) {
        return switch (Character.toUpperCase(symbol.type())) {
            case 'T', 'W' -> FUNC;
            case 'D', 'B', 'R', 'V' -> OBJECT;
            default -> 0;
        };
    }

    private int section(long address) {
        for (int i = 0; i < kernelSections.size(); i++) {
            if (kernelSections.get(i).contains(address)) {
                return i + 1;
            }
        }
        return ABSOLUTE;
    }

    private int string(String text) {
        int offset = strings.size();
        strings.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        strings.write(0);
        return offset;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] file(List<Written> sections) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        int[] nameAt = new int[sections.size() + 1];
        for (int i = 0; i < sections.size(); i++) {
            nameAt[i] = names.size();
            names.writeBytes((sections.get(i).name() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        nameAt[sections.size()] = names.size();
        names.writeBytes(".shstrtab\0".getBytes(StandardCharsets.US_ASCII));
        List<Written> all = new ArrayList<>(sections);
        all.add(new Written(".shstrtab", STRTAB, names.toByteArray(), 0, 0, 0));
        int contents = all.stream().mapToInt(s -> s.content().length).sum();
        ByteBuffer out = little(HEADER + contents + SECTION * all.size());
        header(out, HEADER + contents, all.size());
        int at = HEADER;
        for (int i = 0; i < all.size(); i++) {
            Written s = all.get(i);
            out.put(at, s.content());
            out.position(HEADER + contents + SECTION * i);
            out.putInt(nameAt[i]).putInt(s.type()).putLong(s.flags()).putLong(s.address());
            out.putLong(at)
                    .putLong(s.size())
                    .putInt(s.link())
                    .putInt(s.info())
                    .putLong(1)
                    .putLong(s.entry());
            at += s.content().length;
        }
        return out.array();
    }

    private static void header(ByteBuffer out, long sectionHeaders, int sections) {
        out.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1); // ELF, 64 bits, little-endian, version 1
        out.position(16);
        out.putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
        out.putLong(0).putLong(0).putLong(sectionHeaders).putInt(0);
        out.putShort((short) HEADER).putShort((short) 0).putShort((short) 0);
        out.putShort((short) SECTION).putShort((short) sections).putShort((short) (sections - 1));
    }
}
