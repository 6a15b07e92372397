package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.DescriptorText;
import dev.ringscope.trace.explain.View;

/** {@code monitor info tss}: the stacks that the present task's TSS names (Intel SDM vol. 3A, 7.2.1 and 7.7). */
record InfoTss(Guest guest) implements GuestCommand {
    private static final int LONGEST = 104;
    private static final int IO_MAP = 102;

    @Override
    public String name() {
        return "info tss";
    }

    @Override
    public String summary() {
        return "the present TSS: stacks of the inner rings, IST, I/O permission bitmap";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        X86Cpu cpu = guest.machine().cpu();
        Segment tr = cpu.seg[X86Cpu.TR];
        if (!cpu.protectedMode() || (tr.selector & ~3) == 0) {
            return "TR is null: there is no TSS\n";
        }
        StringBuilder text = new StringBuilder("TSS %04x at 0x%x, limit 0x%x, %s%n"
                .formatted(tr.selector, tr.base, tr.limit, DescriptorText.type(tr.access, cpu.longMode())));
        byte[] tss = new byte[LONGEST];
        int there = Math.min(View.linear(guest.machine()).read(tr.base, tss), (int) Math.min(tr.limit + 1, LONGEST));
        if (cpu.longMode()) {
            wide(tss, there, text);
        } else if (tr.type() == 1 || tr.type() == 3) {
            narrow(tss, there, text, 2);
        } else {
            narrow(tss, there, text, 4);
        }
        if (there >= LONGEST) {
            long map = LittleEndian.get(tss, IO_MAP, 2) & 0xffff;
            text.append(
                    map > tr.limit
                            ? "I/O bitmap at 0x%x: beyond the limit, so no port is allowed%n".formatted(map)
                            : "I/O bitmap at 0x%x, 0x%x ports%n".formatted(map, Math.min(65536, (tr.limit - map) * 8)));
        }
        return text.toString();
    }

    private static void wide(byte[] tss, int there, StringBuilder text) {
        for (int n = 0; n < 10; n++) {
            int at = n < 3 ? 4 + 8 * n : 36 + 8 * (n - 3);
            String name = n < 3 ? "RSP" + n : "IST" + (n - 2);
            if (at + 8 > there) {
                text.append("%s  beyond the limit, or not mapped%n".formatted(name));
                continue;
            }
            long value = LittleEndian.get(tss, at, 8);
            String wrong = DescriptorTables.canonical(value) ? "" : "  ! not canonical";
            text.append("%s  %016x%s%n".formatted(name, value, wrong));
        }
    }

    private static void narrow(byte[] tss, int there, StringBuilder text, int width) {
        for (int ring = 0; ring < 3; ring++) {
            int at = width + 2 * width * ring;
            if (at + 2 * width > there) {
                text.append("SS%d:ESP%d  beyond the limit, or not mapped%n".formatted(ring, ring));
                continue;
            }
            long mask = width == 4 ? 0xffff_ffffL : 0xffff;
            text.append("SS%d:ESP%d  %04x:%08x%n"
                    .formatted(
                            ring,
                            ring,
                            LittleEndian.get(tss, at + width, 2) & 0xffff,
                            LittleEndian.get(tss, at, width) & mask));
        }
    }
}
