package dev.ringscope.trace.explain;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;

/** Who wrote last, in front of a fault, what the fault's checks looked at: each adds to what is said about it. */
public interface Writers {
    /**
     * Of a page-table entry.
     *
     * @param size bytes: 4 or 8
     */
    void entry(Walk.Step entry, int size);

    /**
     * Of bytes at a linear address; nothing if they are not mapped, for then it is the mapping that failed.
     *
     * @param name what is said to have been written
     * @param cpu in front of the fault
     */
    void linear(String name, X86Cpu cpu, long linear, int size);

    /**
     * Of a system register.
     *
     * @param register as the events name it: {@code idtr.base}
     * @param name as people do
     */
    void register(String register, String name);
}
