package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.query.FlowSearch;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The positions of a guest that can go back, as gdb's trace frames. */
final class RecordedFrames implements TraceFrames {
    private final Guest guest;
    private int chunksRead;

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

    /** Only chunks are read that by the index can hold the answer. */
    @Override
    public boolean find(PcSearch search, Interrupt interrupt) throws RefusedException {
        TraceReader trace = guest.trace().orElseThrow();
        FlowSearch flow = new FlowSearch(trace, search::matches, page -> search.mayMatch(page, page + 4095));
        Mark start = mark();
        chunksRead = 0;
        try {
            if (find(search, flow, trace.map(), interrupt)) {
                return true;
            }
        } catch (IOException | TraceFormatException e) {
            start.goBack();
            throw new RefusedException("the recording cannot be read: " + e.getMessage());
        }
        start.goBack();
        return false;
    }

    private boolean find(PcSearch search, FlowSearch flow, TraceMap map, Interrupt interrupt)
            throws IOException, RefusedException {
        long from = position();
        int chunk = map.chunkAt(from);
        while (chunk >= 0 && chunk < map.chunks().size() && from < last() && !interrupt.requested()) {
            if (!flow.mayHold(chunk)) {
                chunk++;
                continue;
            }
            Optional<FlowSearch.Hit> hit = flow.first(chunk, from);
            chunksRead++;
            if (hit.isEmpty()) {
                chunk++;
            } else if (arrive(hit.get(), search, interrupt)) {
                return true;
            } else {
                from = hit.get().position() + 1;
            }
        }
        return false;
    }

    /** How often a chunk was decoded for the last search. */
    int chunksRead() {
        return chunksRead;
    }

    /** What retires does so from the last moment of its position; what fails has been attempted at an earlier one. */
    private boolean arrive(FlowSearch.Hit hit, PcSearch search, Interrupt interrupt) throws RefusedException {
        if (hit.position() >= last()) {
            return false;
        }
        Place before = Place.of(guest.machine());
        if (hit.retired()) {
            guest.seek(hit.position());
            return !Place.of(guest.machine()).equals(before);
        }
        if (before.position() < hit.position() - 1) {
            guest.seek(hit.position() - 1);
        }
        Resume step = new Resume(Map.of(MachineThread.ID, Resume.Action.STEP), Breakpoints.NONE, true, interrupt);
        while (position() <= hit.position() && !interrupt.requested()) {
            Stop stop = guest.forwards(step);
            if (stop instanceof Stop.ReplayLogEnd || stop instanceof Stop.Interrupted) {
                return false;
            }
            if (position() == hit.position()
                    && search.matches(guest.machine().cpu().pcLinear())) {
                return true;
            }
        }
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
