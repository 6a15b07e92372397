package dev.ringscope.emulator.user;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import java.util.ArrayList;
import java.util.List;

/** Keeps the events of a run. */
final class EventCollector implements Recorder {
    private final List<Event> events = new ArrayList<>();

    List<Event> events() {
        return events;
    }

    @Override
    public void define(Block block) {}

    @Override
    public void flow(int[] entries, int count) {}

    @Override
    public void event(Event event) {
        events.add(event);
    }

    @Override
    public void accesses(AccessLog log) {}

    @Override
    public void registers(RegisterLog log) {}

    @Override
    public long chunkEnd(Snapshot snapshot) {
        return Long.MAX_VALUE;
    }
}
