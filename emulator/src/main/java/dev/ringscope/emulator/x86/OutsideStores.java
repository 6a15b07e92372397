package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.memory.PhysicalMemory.CODE;
import static dev.ringscope.emulator.memory.PhysicalMemory.ROM;
import static dev.ringscope.emulator.memory.PhysicalMemory.TABLE;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.PhysicalMemory;

/** Stores to physical memory that no instruction makes: a debugger's, a loader's, a disk's. */
final class OutsideStores {
    private OutsideStores() {}

    /** Code and page tables are heeded; where there is no RAM nothing is written. */
    static void store(Paging paging, PhysicalMemory memory, long physical, byte[] data) {
        byte[] pageFlags = memory.pageFlags;
        for (int k = 0; k < data.length; k++) {
            int i = memory.index(physical + k);
            if (i >= 0 && (pageFlags[i >>> 12] & (CODE | TABLE | ROM)) == 0) {
                int size = Math.min(data.length - k, PhysicalMemory.PAGE - (i & PhysicalMemory.PAGE - 1));
                memory.markWritten(i, size);
                System.arraycopy(data, k, memory.bytes, i, size); // nobody minds what is in the page
                k += size - 1;
            } else if (i >= 0) {
                int size = 1;
                long value = data[k] & 0xff;
                if ((i & 7) == 0 && data.length - k >= 8) {
                    size = 8;
                    value = LittleEndian.get(data, k, 8);
                }
                paging.put(i, size, value, Event.TableWriter.OUTSIDE);
                k += size - 1;
            }
        }
    }
}
