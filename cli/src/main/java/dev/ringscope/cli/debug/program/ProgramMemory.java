package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.user.ProcessView.Mapped;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The program's address space: what it has mapped, whatever the rights. The kernel's half is not there. */
final class ProgramMemory implements Memory {
    private static final int PAGE = 4096;
    private static final long END = 1L << 47;

    private final Moves moves;
    private final Untouched untouched;

    ProgramMemory(Moves moves) {
        this.moves = moves;
        untouched = new Untouched(moves);
    }

    /** Physical address of a byte, or -1. */
    private long physical(long address) {
        if (address < 0) {
            return -1;
        }
        Walk walk = moves.machine().cpu().paging.walk(address);
        return walk.mapped() && walk.user() ? walk.physical() : -1;
    }

    private static int part(long address, int done, int length) {
        return (int) Math.min(length - done, PAGE - (address + done & PAGE - 1));
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
        Machine machine = moves.machine();
        int done = 0;
        while (done < length) {
            int part = part(address, done, length);
            long physical = physical(address + done);
            if (physical >= 0) {
                int index = machine.memory().index(physical);
                System.arraycopy(machine.memory().bytes, index, into, offset + done, part);
            } else {
                Optional<byte[]> page = untouched.page(address + done);
                if (page.isEmpty()) {
                    return done;
                }
                System.arraycopy(page.get(), (int) (address + done & PAGE - 1), into, offset + done, part);
            }
            done += part;
        }
        return done;
    }

    @Override
    public void write(long address, byte[] data) throws RefusedException {
        moves.guest().checkWritable();
        for (int done = 0; done < data.length; done += part(address, done, data.length)) {
            long at = address + done;
            if (physical(at) < 0
                    && (untouched.mapping(at).isEmpty() || !moves.process().touch(at))) {
                throw new RefusedException("0x%x is not mapped".formatted(at));
            }
        }
        for (int done = 0; done < data.length; ) {
            int part = part(address, done, data.length);
            moves.machine().writeFromDebugger(physical(address + done), Arrays.copyOfRange(data, done, done + part));
            done += part;
        }
    }

    boolean isMapped(long address) {
        return physical(address) >= 0 || untouched.mapping(address).isPresent();
    }

    @Override
    public Optional<Region> region(long address) {
        long start = 0;
        List<Mapped> mappings = moves.process().mappings();
        for (Mapped m : mappings) {
            if (m.contains(address)) {
                return Optional.of(
                        new Region(m.start(), m.end() - m.start(), rights(m).replace("-", "")));
            } else if (Long.compareUnsigned(m.start(), address) > 0) {
                return Optional.of(new Region(start, m.start() - start, ""));
            }
            start = m.end();
        }
        return Optional.of(new Region(start, address < 0 || start >= END ? -start : END - start, ""));
    }

    /** {@code r}, {@code w} and {@code x}, each or {@code -}. */
    static String rights(Mapped m) {
        return ((m.protection() & 1) != 0 ? "r" : "-")
                + ((m.protection() & 2) != 0 ? "w" : "-")
                + ((m.protection() & 4) != 0 ? "x" : "-");
    }
}
