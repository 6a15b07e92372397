package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.TraceRecorder;
import dev.ringscope.trace.format.TraceMap;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * A running guest that is being recorded: it can go back to any moment of its recording so far, and from the end of
 * that it lives on. The past is played on a second machine; the live one waits where it stands, and nothing of it or of
 * its recording is changed by a look back.
 */
public final class RecordingGuest implements Guest, Closeable {
    /** Bytes of heap that playing a recording needs at least beside the machine's memory: code, lists, pages kept. */
    private static final long BESIDE_MEMORY = 64L << 20;

    private final LiveGuest live;
    private final TraceRecorder recorder;
    private TraceReader trace;
    /** What of the trace the past knows. */
    private TraceMap known;
    /** Null until the guest has gone back for the first time. */
    private RecordedGuest past;

    private boolean inPast;
    /** Of the run that has just come from the past to a breakpoint at the present; null once another has begun. */
    private Interrupt arrival;

    public RecordingGuest(LiveGuest live, TraceRecorder recorder) {
        this.live = live;
        this.recorder = recorder;
    }

    private Guest present() {
        return inPast ? past : live;
    }

    @Override
    public Machine machine() {
        return present().machine();
    }

    @Override
    public Stop forwards(Resume how) throws RefusedException {
        if (!inPast) {
            // Whoever asked for the end of the past, and did not want the breakpoint there, has still come to the end.
            boolean arrived = how.interrupt() == arrival;
            arrival = null;
            return arrived ? new Stop.ReplayLogEnd(MachineThread.ID) : live.forwards(how);
        }
        Stop stop = past.forwards(how);
        if (!past.now().before(live.now())) {
            inPast = false;
            if (stop instanceof Stop.ReplayLogEnd && live.atBreakpoint(how)) {
                arrival = how.interrupt();
                return live.breakpoint();
            }
        }
        return stop;
    }

    @Override
    public boolean reversible() {
        return true;
    }

    @Override
    public Stop backwards(Resume how) throws RefusedException {
        if (!inPast) {
            look();
            if (!past.go(live.now(), how.interrupt())) {
                return new Stop.Interrupted(MachineThread.ID);
            }
            inPast = true;
        }
        Stop stop = past.backwards(how);
        inPast = past.now().before(live.now());
        return stop;
    }

    /** The past is brought up to the live machine's present. */
    private void look() throws RefusedException {
        try {
            read();
            if (past == null) {
                checkHeap();
                past = new RecordedGuest(trace, 0, live.physicalStops(), live.eventStops());
            }
        } catch (IOException | DivergenceException e) {
            throw new RefusedException("the recording cannot be gone back in: " + e.getMessage());
        } catch (OutOfMemoryError e) {
            throw noRoom();
        }
    }

    /** Asked beforehand, because memory that runs out later would take the recording down with it. */
    private void checkHeap() throws RefusedException {
        long need = trace.machine().ramBytes() + trace.machine().romBytes() + BESIDE_MEMORY;
        if (freeHeap() < need) {
            System.gc();
            if (freeHeap() < need) {
                throw noRoom();
            }
        }
    }

    private static long freeHeap() {
        Runtime java = Runtime.getRuntime();
        return java.maxMemory() - java.totalMemory() + java.freeMemory();
    }

    private RefusedException noRoom() {
        return new RefusedException(
                "the past needs a second machine of %,d MiB, and Java's heap of %,d MiB has no room for it:"
                                .formatted(
                                        trace.machine().ramBytes() >> 20,
                                        Runtime.getRuntime().maxMemory() >> 20)
                        + " start with RINGSCOPE_JAVA_OPTS=-Xmx... or less --memory");
    }

    /** The recording is readable up to the present; that needs no second machine. */
    private void read() throws RefusedException {
        try {
            trace = recorder.look(live.machine().state());
            if (past != null && known != trace.map()) {
                past.grown();
            }
            known = trace.map();
        } catch (IOException | DivergenceException e) {
            throw new RefusedException("the recording cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void checkWritable() throws RefusedException {
        if (inPast) {
            throw new RefusedException("this is the past of a recording: it cannot be changed;"
                    + " monitor branch FILE begins one that can");
        }
    }

    @Override
    public History history() {
        return present().history();
    }

    @Override
    public PhysicalStops physicalStops() {
        return live.physicalStops();
    }

    @Override
    public EventStops eventStops() {
        return live.eventStops();
    }

    @Override
    public Optional<TraceReader> trace() throws RefusedException {
        if (!inPast) {
            read();
        }
        return Optional.of(trace);
    }

    @Override
    public long end() {
        return live.machine().position();
    }

    @Override
    public void seek(long position) throws RefusedException {
        if (position < end()) {
            look();
            past.seek(position);
        }
        inPast = position < end();
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public void close() throws IOException {
        if (trace != null) {
            trace.close();
        }
    }
}
