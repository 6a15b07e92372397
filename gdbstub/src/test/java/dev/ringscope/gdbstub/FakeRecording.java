package dev.ringscope.gdbstub;

import java.util.Map;
import java.util.Optional;

/** A {@link FakeMachine} that is played from a recording of so many instructions: it has trace frames. */
final class FakeRecording extends FakeMachine implements TraceFrames {
    private final long last;

    FakeRecording(long last, int... code) {
        super(code);
        this.last = last;
        recording = true;
    }

    @Override
    public Optional<TraceFrames> traceFrames() {
        return Optional.of(this);
    }

    @Override
    public Stop resume(Resume how) {
        return position() >= last ? new Stop.ReplayLogEnd(1) : super.resume(how);
    }

    @Override
    public long last() {
        return last;
    }

    @Override
    public void go(long position) {
        while (position() != position) {
            step(position > position());
        }
    }

    @Override
    public boolean find(PcSearch search, Interrupt interrupt) {
        long from = position();
        while (position() < last && !interrupt.requested()) {
            step(true);
            if (search.matches(get("rip"))) {
                return true;
            }
        }
        go(from);
        return false;
    }

    @Override
    public Mark mark() {
        long position = position();
        return () -> go(position);
    }

    private void step(boolean forwards) {
        Resume how = new Resume(Map.of(1, Resume.Action.STEP), Breakpoints.NONE, true, new Interrupt());
        if (forwards) {
            super.resume(how);
        } else {
            backwards(how);
        }
    }
}
