package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.Walk;

/** Memory of one moment to be looked at: RAM and ROM, never a device. */
public interface View {
    /** Reads up to the end of the page. @return how many bytes were there to be read; 0: nothing is mapped */
    int readPage(long address, byte[] into, int offset, int length);

    /** By physical address. */
    static View physical(Machine machine) {
        PhysicalMemory memory = machine.memory();
        return (address, into, offset, length) -> {
            int count = (int) Math.min(length, 4096 - (address & 4095));
            int index = memory.index(address);
            if (index < 0) {
                return 0;
            }
            System.arraycopy(memory.bytes, index, into, offset, count);
            return count;
        };
    }

    /** By linear address through the page tables of the moment, whatever the privilege. */
    static View linear(Machine machine) {
        View physical = physical(machine);
        return (address, into, offset, length) -> {
            Walk walk = machine.cpu().paging.walk(address);
            return walk.mapped() ? physical.readPage(walk.physical(), into, offset, length) : 0;
        };
    }

    /** Reads as much as there is. @return how many bytes */
    default int read(long address, byte[] into) {
        int done = 0;
        while (done < into.length) {
            int count = readPage(address + done, into, done, into.length - done);
            if (count == 0) {
                return done;
            }
            done += count;
        }
        return done;
    }
}
