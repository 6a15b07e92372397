package dev.ringscope.emulator.x86;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The sections with code of a 64-bit ELF file. */
final class ElfSections {
    private static final int PROGBITS = 1;
    private static final int EXECUTABLE = 4;

    record Code(long address, byte[] bytes) {}

    private ElfSections() {}

    static List<Code> code(byte[] file) {
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long table = elf.getLong(0x28);
        int entry = elf.getShort(0x3a);
        List<Code> code = new ArrayList<>();
        for (int n = 0; n < elf.getShort(0x3c); n++) {
            int at = (int) table + n * entry;
            if (elf.getInt(at + 4) == PROGBITS && (elf.getLong(at + 8) & EXECUTABLE) != 0) {
                byte[] bytes = new byte[(int) elf.getLong(at + 0x20)];
                elf.get((int) elf.getLong(at + 0x18), bytes);
                code.add(new Code(elf.getLong(at + 0x10), bytes));
            }
        }
        return code;
    }
}
