package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.OptionalLong;

/** The byte of the TSS's I/O permission bitmap that stands for a port (Intel SDM vol. 1, 19.5.2). */
final class PortMap {
    private static final int BASE_AT = 0x66;

    private final Segment tr;
    private final View memory;
    private final int port;

    PortMap(Machine machine, int port) {
        tr = machine.cpu().seg[X86Cpu.TR];
        memory = View.linear(machine);
        this.port = port;
    }

    private OptionalLong word(long offset, int size) {
        byte[] bytes = new byte[size];
        boolean there = tr.present() && offset + size - 1 <= tr.limit && memory.read(tr.base + offset, bytes) == size;
        return there ? OptionalLong.of(LittleEndian.get(bytes, 0, size)) : OptionalLong.empty();
    }

    /** Linear address of the port's byte; empty if the TSS has none. */
    OptionalLong address() {
        OptionalLong base = word(BASE_AT, 2);
        if (base.isEmpty()) {
            return OptionalLong.empty();
        }
        long at = (base.getAsLong() & 0xffff) + port / 8;
        return word(at, 1).isPresent() ? OptionalLong.of(tr.base + at) : OptionalLong.empty();
    }

    String text() {
        OptionalLong base = word(BASE_AT, 2);
        if (base.isEmpty()) {
            return "TSS %04x at 0x%x with limit 0x%x has no bitmap%n".formatted(tr.selector, tr.base, tr.limit);
        }
        long map = base.getAsLong() & 0xffff;
        OptionalLong value = word(map + port / 8, 1);
        return value.isEmpty()
                ? "the bitmap at offset 0x%x of TSS %04x: the port's byte is beyond the limit 0x%x%n"
                        .formatted(map, tr.selector, tr.limit)
                : "the bitmap at offset 0x%x of TSS %04x: bit %d of the byte 0x%02x at 0x%x%n"
                        .formatted(
                                map,
                                tr.selector,
                                port & 7,
                                value.getAsLong() & 0xff,
                                address().orElseThrow());
    }
}
