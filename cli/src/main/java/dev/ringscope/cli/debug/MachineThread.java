package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RegisterFile;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The processor of a machine as gdb's one thread. */
final class MachineThread implements GuestThread {
    static final int ID = 1;

    private final Supplier<Machine> machine;
    private final RegisterFile registers;
    private final Memory memory;

    MachineThread(Supplier<Machine> machine, RegisterFile registers, Memory memory) {
        this.machine = machine;
        this.registers = registers;
        this.memory = memory;
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public int core() {
        return 0;
    }

    @Override
    public String describe() {
        Machine now = machine.get();
        return "CPU0 ring%d %s cr3=0x%x position=%d"
                .formatted(now.cpu().cpl, now.cpu().mode(), now.cpu().cr3, now.position());
    }

    @Override
    public OptionalLong quantity(String name) {
        return name.equals("position") ? OptionalLong.of(machine.get().position()) : OptionalLong.empty();
    }

    @Override
    public RegisterFile registers() {
        return registers;
    }

    @Override
    public Memory memory() {
        return memory;
    }
}
