package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor mode}: how the processor runs. */
record Mode(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "mode";
    }

    @Override
    public String summary() {
        return "ring, mode and CR3";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        X86Cpu cpu = guest.machine().cpu();
        return "ring %d, %s, cr3 0x%x%n".formatted(cpu.cpl, EventText.lower(cpu.mode()), cpu.cr3);
    }
}
