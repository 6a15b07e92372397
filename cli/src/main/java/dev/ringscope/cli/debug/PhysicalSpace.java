package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import java.util.function.Supplier;

/** RAM and ROM by physical address. Devices are not touched: reading one may change it. */
final class PhysicalSpace implements Memory {
    private final Supplier<Machine> machine;
    private final MachineRegisters.Permission mayWrite;

    PhysicalSpace(Supplier<Machine> machine, MachineRegisters.Permission mayWrite) {
        this.machine = machine;
        this.mayWrite = mayWrite;
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
        PhysicalMemory memory = machine.get().memory();
        int part;
        for (int done = 0; done < length; done += part) {
            part = (int) Math.min(length - done, PhysicalMemory.PAGE - (address + done & PhysicalMemory.PAGE - 1));
            int index = memory.index(address + done);
            if (index < 0) {
                return done;
            }
            System.arraycopy(memory.bytes, index, into, offset + done, part);
        }
        return length;
    }

    /** Refuses unless all of it is memory and may be written. */
    void check(long address, int length) throws RefusedException {
        mayWrite.check();
        for (int i = 0; i < length; i++) {
            if (machine.get().memory().index(address + i) < 0) {
                throw new RefusedException("there is no memory at physical address 0x%x".formatted(address + i));
            }
        }
    }

    @Override
    public void write(long address, byte[] data) throws RefusedException {
        check(address, data.length);
        machine.get().writeFromDebugger(address, data);
    }
}
