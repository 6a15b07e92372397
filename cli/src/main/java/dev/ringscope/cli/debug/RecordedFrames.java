package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.TraceFrames;
import java.util.List;
import java.util.Map;

/** The positions of a guest that can go back, as gdb's trace frames. */
final class RecordedFrames implements TraceFrames {
    private final Guest guest;

    RecordedFrames(Guest guest) {
        this.guest = guest;
    }

    @Override
    public long last() {
        return guest.end();
    }

    @Override
    public long position() {
        return guest.machine().position();
    }

    @Override
    public void go(long position) throws RefusedException {
        guest.seek(position);
    }

    /** One address is run to; for a range each instruction is looked at. */
    @Override
    public boolean find(PcSearch search, Interrupt interrupt) throws RefusedException {
        Mark start = mark();
        List<Long> code = search.single() ? List.of(search.first()) : List.of();
        Map<Integer, Resume.Action> actions = search.single() ? Map.of() : Map.of(MachineThread.ID, Resume.Action.STEP);
        Resume how = new Resume(actions, new Breakpoints(code, List.of()), true, interrupt);
        while (position() < last() && !interrupt.requested()) {
            Stop stop = guest.forwards(how);
            if (stop instanceof Stop.ReplayLogEnd || stop instanceof Stop.Interrupted) {
                break;
            }
            // Other stops are those of breakpoints on events and physical addresses, which are none of the search's.
            if (search.matches(guest.machine().cpu().pcLinear())) {
                return true;
            }
        }
        start.goBack();
        return false;
    }

    /** Several moments can have the same position; they differ in where they stand. */
    private record Place(long position, long pc, long stack, int ring) {
        static Place of(Machine machine) {
            return new Place(machine.position(), machine.cpu().pcLinear(), machine.cpu().r[4], machine.cpu().cpl);
        }
    }

    @Override
    public Mark mark() {
        Place place = Place.of(guest.machine());
        return () -> goBack(place);
    }

    private void goBack(Place place) throws RefusedException {
        guest.seek(place.position());
        Resume back = new Resume(Map.of(MachineThread.ID, Resume.Action.STEP), Breakpoints.NONE, true, new Interrupt());
        while (!Place.of(guest.machine()).equals(place)) {
            guest.backwards(back);
            if (position() != place.position()) {
                throw new RefusedException("re-execution does not come to where it stood at " + place.position());
            }
        }
    }
}
