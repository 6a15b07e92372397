package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Timeline;
import java.io.IOException;

/** What did memory hold at a position? RAM and ROM only: devices are not disturbed. */
public final class MemoryContents {
    private static final int PAGE = 4096;

    /** Which addresses are meant. */
    public enum Space {
        /** Linear addresses, translated as the processor would at that position, without rights checks. */
        VIRTUAL,
        PHYSICAL
    }

    /** There is no memory at an address. */
    public static final class NotMappedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final long address;

        NotMappedException(long address, Space space, long position) {
            super("no memory at %s address 0x%x at position %d"
                    .formatted(space == Space.VIRTUAL ? "virtual" : "physical", address, position));
            this.address = address;
        }

        /** The first address without memory. */
        public long address() {
            return address;
        }
    }

    private MemoryContents() {}

    /**
     * Reads at most to the end of the page; moves the timeline there.
     *
     * @param size bytes wanted, 1 or more
     * @throws NotMappedException if there is no memory at the address
     */
    public static byte[] page(Timeline timeline, long position, Space space, long address, int size)
            throws IOException {
        timeline.seek(position);
        Machine machine = timeline.machine();
        long physical = switch (space) {
            case PHYSICAL -> address;
            case VIRTUAL -> {
                Walk walk = machine.cpu().paging.walk(address);
                if (!walk.mapped()) {
                    throw new NotMappedException(address, space, position);
                }
                yield walk.physical();
            }
        };
        PhysicalMemory memory = machine.memory();
        int index = memory.index(physical);
        if (index < 0) {
            throw new NotMappedException(address, space, position);
        }
        byte[] bytes = new byte[(int) Math.min(size, PAGE - (address & PAGE - 1))];
        System.arraycopy(memory.bytes, index, bytes, 0, bytes.length);
        return bytes;
    }
}
