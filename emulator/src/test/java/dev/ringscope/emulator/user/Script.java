package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.InputScript;
import java.util.ArrayDeque;
import java.util.Collection;

/** Inputs that come back at their positions. */
final class Script implements InputScript {
    private final ArrayDeque<Event.Input> inputs;

    Script(Collection<Event.Input> inputs) {
        this.inputs = new ArrayDeque<>(inputs);
    }

    @Override
    public long nextPosition() {
        return inputs.isEmpty() ? Long.MAX_VALUE : inputs.peek().position();
    }

    @Override
    public boolean due(long position) {
        return nextPosition() <= position;
    }

    @Override
    public Event.Input take() {
        return inputs.remove();
    }
}
