package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.OptionalLong;

/**
 * Where an interrupt's frame goes: the field of the TSS that names the stack, or the stack in use (Intel SDM vol. 3A,
 * 6.12.1 and 6.14.2 to 6.14.5).
 *
 * @param name {@code IST1}, {@code RSP0}, {@code SS0:ESP0}, or what the stack in use is called
 * @param field linear address of the field; empty if no field of the TSS names it
 * @param size bytes of the field
 * @param top the stack pointer; empty if the field cannot be read
 */
record HandlerStack(String name, OptionalLong field, int size, OptionalLong top) {
    private static final int IST = 28;

    /** @param code the handler's code segment */
    static HandlerStack of(Machine machine, Descriptor gate, Descriptor code) {
        X86Cpu cpu = machine.cpu();
        int ring = code.conforming() ? cpu.cpl : code.dpl();
        if (cpu.longMode() && gate.ist() != 0) {
            return wide(machine, "IST" + gate.ist(), IST + 8 * gate.ist());
        }
        if (ring == cpu.cpl) {
            return new HandlerStack("the stack in use", OptionalLong.empty(), 0, OptionalLong.of(cpu.r[X86Cpu.RSP]));
        }
        return cpu.longMode() ? wide(machine, "RSP" + ring, 4 + 8 * ring) : narrow(machine, ring);
    }

    private static HandlerStack wide(Machine machine, String name, int offset) {
        return new HandlerStack(name, field(machine, offset), 8, read(machine, offset, 8));
    }

    private static HandlerStack narrow(Machine machine, int ring) {
        int word = (machine.cpu().seg[X86Cpu.TR].type() & ~2) == Descriptor.TSS16 ? 2 : 4;
        int offset = word + 2 * word * ring;
        return new HandlerStack(
                "SS%d:ESP%d".formatted(ring, ring), field(machine, offset), 2 * word, read(machine, offset, word));
    }

    private static OptionalLong field(Machine machine, int offset) {
        return OptionalLong.of(machine.cpu().seg[X86Cpu.TR].base + offset);
    }

    private static OptionalLong read(Machine machine, int offset, int size) {
        Segment tr = machine.cpu().seg[X86Cpu.TR];
        byte[] bytes = new byte[size];
        boolean there = offset + size - 1 <= tr.limit && View.linear(machine).read(tr.base + offset, bytes) == size;
        return there ? OptionalLong.of(LittleEndian.get(bytes, 0, size)) : OptionalLong.empty();
    }

    /** A line with its end. */
    String text() {
        String where = field.isPresent() ? " at 0x%x in the TSS".formatted(field.getAsLong()) : "";
        String what = top.isPresent() ? "0x%x".formatted(top.getAsLong()) : "beyond the limit, or not mapped";
        String wrong = top.isPresent() && !DescriptorTables.canonical(top.getAsLong()) ? ", not canonical" : "";
        return "the frame goes onto %s%s: %s%s%n".formatted(name, where, what, wrong);
    }
}
