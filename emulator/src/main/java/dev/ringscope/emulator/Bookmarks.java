package dev.ringscope.emulator;

import dev.ringscope.emulator.Snapshot.DeviceState;
import dev.ringscope.emulator.memory.Journal;
import dev.ringscope.emulator.x86.CpuBookmark;
import java.util.ArrayList;
import java.util.List;

/**
 * Moments between runs to which a machine goes back in no time, because what has been written to memory since is kept
 * page by page. They are cheap enough to be set every few instructions. Going back drops all later ones; when the pages
 * would take too much room, all are dropped. For machines that re-execute: what a machine has told its recorder or the
 * world outside is not taken back.
 */
public final class Bookmarks {
    private record Bookmark(long position, CpuBookmark cpu, List<DeviceState> devices, byte[] whole, long chunkEnd) {}

    private final Machine machine;
    private final Journal journal;
    private final List<Bookmark> list = new ArrayList<>();

    public Bookmarks(Machine machine) {
        this.machine = machine;
        journal = machine.memory().journal;
    }

    /** How many there are, from the earliest at 0 to the latest. */
    public int count() {
        if (journal.segments() == 0) {
            list.clear(); // it ran full, or the machine was restored
        }
        return list.size();
    }

    /** Sets one at the present moment, behind all others. */
    public void add() {
        CpuBookmark before = count() == 0 ? null : list.getLast().cpu;
        MachineState state = machine.state();
        journal.begin();
        machine.cpu().paging.flushData();
        list.add(new Bookmark(
                machine.position(),
                CpuBookmark.of(machine.cpu(), before),
                state.devices(),
                state.machine(),
                machine.chunkEnd()));
    }

    /** Instructions retired at a bookmark. */
    public long position(int number) {
        return list.get(number).position;
    }

    /** Forgets one that is not the earliest. */
    public void remove(int number) {
        journal.merge(number);
        list.remove(number);
    }

    /** Forgets all. */
    public void clear() {
        journal.clear();
        list.clear();
    }

    /** Goes back to one; it stays the latest. */
    public void rewind(int number) {
        Bookmark target = list.get(number);
        list.subList(number + 1, list.size()).clear();
        int[] rewritten = journal.rewind(number);
        machine.state().restoreDevices(target.devices, target.whole);
        target.cpu.restore(machine.cpu(), rewritten);
        machine.rewound(target.chunkEnd);
    }
}
