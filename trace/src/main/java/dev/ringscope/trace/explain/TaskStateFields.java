package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The present task's TSS, field by field (Intel SDM vol. 3A, 7.2.1, 7.6 and 7.7). */
public final class TaskStateFields {
    private static final int LONGEST = 104;
    private static final int IO_MAP = 102;
    private static final int TSS16 = 1, TSS16_BUSY = 3;
    private static final String[] REGISTERS = {"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"};
    private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS"};

    /**
     * A field.
     *
     * @param offset in the TSS
     * @param size bytes
     * @param value empty if the field is beyond the limit, or not mapped
     */
    public record Field(String name, int offset, int size, OptionalLong value) {}

    private final byte[] tss = new byte[LONGEST];
    private final int there;
    private final List<Field> fields = new ArrayList<>();

    private TaskStateFields(Machine machine, Segment tr) {
        there = Math.min(View.linear(machine).read(tr.base, tss), (int) Math.min(tr.limit + 1, LONGEST));
    }

    /** Whether there is a TSS. */
    public static boolean present(Machine machine) {
        return machine.cpu().protectedMode() && (machine.cpu().seg[X86Cpu.TR].selector & ~3) != 0;
    }

    /** All of them, by ascending offset; empty without a TSS. */
    public static List<Field> of(Machine machine) {
        Segment tr = machine.cpu().seg[X86Cpu.TR];
        if (!present(machine)) {
            return List.of();
        }
        TaskStateFields tss = new TaskStateFields(machine, tr);
        if (machine.cpu().longMode()) {
            tss.wide();
        } else if (tr.type() == TSS16 || tr.type() == TSS16_BUSY) {
            tss.stacks(2);
            tss.task(2);
        } else {
            tss.stacks(4);
            tss.task(4);
            tss.add("I/O map base", IO_MAP, 2);
        }
        return List.copyOf(tss.fields);
    }

    private void add(String name, int offset, int size) {
        long mask = size == 8 ? -1 : (1L << 8 * size) - 1;
        fields.add(new Field(
                name,
                offset,
                size,
                offset + size > there
                        ? OptionalLong.empty()
                        : OptionalLong.of(LittleEndian.get(tss, offset, size) & mask)));
    }

    private void wide() {
        for (int n = 0; n < 10; n++) {
            add(n < 3 ? "RSP" + n : "IST" + (n - 2), n < 3 ? 4 + 8 * n : 36 + 8 * (n - 3), 8);
        }
        add("I/O map base", IO_MAP, 2);
    }

    private void stacks(int width) {
        add("previous task", 0, 2);
        for (int ring = 0; ring < 3; ring++) {
            add((width == 4 ? "ESP" : "SP") + ring, width + 2 * width * ring, width);
            add("SS" + ring, 2 * width + 2 * width * ring, 2);
        }
    }

    private void task(int width) {
        String wide = width == 4 ? "E" : "";
        int at = 7 * width;
        if (width == 4) {
            add("CR3", at, 4);
            at += 4;
        }
        add(wide + "IP", at, width);
        add(wide + "FLAGS", at += width, width);
        for (String register : REGISTERS) {
            add(wide + register, at += width, width);
        }
        int segments = width == 4 ? 6 : 4;
        for (int n = 0; n < segments; n++) {
            add(SEGMENTS[n], at += width, 2);
        }
        add("LDTR", at + width, 2);
    }
}
