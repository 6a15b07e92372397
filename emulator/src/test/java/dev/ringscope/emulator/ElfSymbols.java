package dev.ringscope.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The symbols of a 32-bit ELF file that we made ourselves: System V ABI, chapter 4, "Sections" and "Symbol Table". */
final class ElfSymbols {
    private static final int SECTION_TABLE = 0x20;
    private static final int SECTION_COUNT = 0x30;
    private static final int SECTION_SIZE = 40;
    private static final int SYMTAB = 2;
    private static final int SYMBOL_SIZE = 16;

    private ElfSymbols() {}

    static Map<String, Long> read(byte[] elf) {
        ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int sections = file.getInt(SECTION_TABLE);
        for (int i = 0; i < file.getShort(SECTION_COUNT); i++) {
            int section = sections + i * SECTION_SIZE;
            if (file.getInt(section + 4) == SYMTAB) {
                int strings = file.getInt(sections + file.getInt(section + 24) * SECTION_SIZE + 16);
                return symbols(file, file.getInt(section + 16), file.getInt(section + 20), strings);
            }
        }
        throw new IllegalArgumentException("no symbol table");
    }

    private static Map<String, Long> symbols(ByteBuffer file, int offset, int size, int strings) {
        Map<String, Long> symbols = new HashMap<>();
        for (int at = offset; at < offset + size; at += SYMBOL_SIZE) {
            symbols.put(text(file, strings + file.getInt(at)), Integer.toUnsignedLong(file.getInt(at + 4)));
        }
        return symbols;
    }

    private static String text(ByteBuffer file, int at) {
        int end = at;
        while (file.get(end) != 0) {
            end++;
        }
        return new String(file.array(), at, end - at, StandardCharsets.US_ASCII);
    }
}
