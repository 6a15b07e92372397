package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Memory by linear address through the page tables of the moment, privilege ignored, nothing disturbed. */
final class LinearMemory implements Memory {
    private final Supplier<Machine> machine;
    private final PhysicalSpace physical;

    LinearMemory(Supplier<Machine> machine, PhysicalSpace physical) {
        this.machine = machine;
        this.physical = physical;
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
        int done = 0;
        while (done < length) {
            int part = (int) Math.min(length - done, 4096 - (address + done & 4095));
            Walk walk = machine.get().cpu().paging.walk(address + done);
            if (!walk.mapped()) {
                return done;
            }
            int read = physical.read(walk.physical(), into, offset + done, part);
            done += read;
            if (read < part) {
                return done;
            }
        }
        return done;
    }

    @Override
    public void write(long address, byte[] data) throws RefusedException {
        for (int pass = 0; pass < 2; pass++) {
            for (int done = 0; done < data.length; ) {
                int part = (int) Math.min(data.length - done, 4096 - (address + done & 4095));
                Walk walk = machine.get().cpu().paging.walk(address + done);
                if (!walk.mapped()) {
                    throw new RefusedException("0x%x is not mapped".formatted(address + done));
                }
                byte[] piece = Arrays.copyOfRange(data, done, done + part);
                if (pass == 0) {
                    physical.check(walk.physical(), part);
                } else {
                    physical.write(walk.physical(), piece);
                }
                done += part;
            }
        }
    }

    @Override
    public Optional<Region> region(long address) {
        return Optional.of(LinearRegion.of(machine.get(), address));
    }
}
