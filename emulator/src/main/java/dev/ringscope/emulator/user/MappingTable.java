package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The program's mappings as the guest's memory has them for debuggers, which cannot learn from the page tables what has
 * not been touched yet. Layout as in {@code guest/kernel.S}.
 */
final class MappingTable {
    private static final int PLACE = ProcessPage.PLACE + ProcessPage.MAPPINGS;
    private static final int ENTRY = 48, PAGES = 12;
    private static final int CAPACITY = PAGES * PhysicalMemory.PAGE / ENTRY;
    private static final int ZEROS = 0, EXECUTABLE = 1, OTHER = 2;

    private long place;
    private long version = -1;
    private byte[] told = new byte[0];

    /** Takes the memory. To be called at power-on. @throws Errno ENOMEM */
    void begin(AddressSpace space) {
        place = space.takeRun(PAGES);
    }

    /**
     * Adds to the answer what has changed since the last time; of more mappings than have room the highest are left
     * out.
     */
    void tell(AddressSpace space, Answer answer) {
        if (place == 0 || version == space.version()) {
            return;
        }
        version = space.version();
        byte[] now = encode(space.mappings());
        for (int at = 0; at < now.length; at += PhysicalMemory.PAGE) {
            byte[] page = Arrays.copyOfRange(now, at, Math.min(now.length, at + PhysicalMemory.PAGE));
            boolean same = at + page.length <= told.length
                    && Arrays.equals(page, Arrays.copyOfRange(told, at, at + page.length));
            if (!same) {
                answer.add(new Answer.Store(place + at, page));
            }
        }
        told = now;
        ByteBuffer head = UserMemory.zeros(16).putLong(0, place).putInt(8, now.length / ENTRY);
        answer.add(new Answer.Store(PLACE, head.array()));
    }

    private static byte[] encode(Collection<Mapping> mappings) {
        int count = Math.min(CAPACITY, mappings.size());
        ByteBuffer b = UserMemory.zeros(count * ENTRY);
        mappings.stream().limit(count).forEach(m -> {
            int origin = m.content() == null ? ZEROS : m.fileOffset() < 0 ? OTHER : EXECUTABLE;
            b.putLong(m.start()).putLong(m.end()).putInt(m.protection()).putInt(origin);
            b.putLong(m.contentStart()).putLong(m.fileOffset()).putLong(m.content() == null ? 0 : m.content().length);
        });
        return b.array();
    }

    /** What it says at some moment of a machine. */
    static List<ProcessView.Mapped> read(PhysicalMemory memory) {
        int count = ProcessPage.u32(memory, ProcessPage.MAPPINGS + 8);
        int at = (int) ProcessPage.u64(memory, ProcessPage.MAPPINGS);
        memory.need(at, count * ENTRY);
        ByteBuffer b = UserMemory.zeros(count * ENTRY).put(0, memory.bytes, at, count * ENTRY);
        List<ProcessView.Mapped> found = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            long start = b.getLong();
            long end = b.getLong();
            int protection = b.getInt();
            ProcessView.Origin origin = ProcessView.Origin.values()[b.getInt()];
            found.add(new ProcessView.Mapped(start, end, protection, origin, b.getLong(), b.getLong(), b.getLong()));
        }
        return found;
    }
}
