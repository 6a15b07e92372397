package dev.ringscope.emulator;

/**
 * Inputs of a recording, to be fed back where they came: not only at the same position but behind the same events,
 * since several things can happen between two instructions.
 */
public interface InputScript {
    /** Nothing comes. */
    InputScript NONE = new InputScript() {
        @Override
        public long nextPosition() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean due(long position) {
            return false;
        }

        @Override
        public Event.Input take() {
            throw new IllegalStateException("no input is due");
        }
    };

    /** Position of the next input, Long.MAX_VALUE if there is none. */
    long nextPosition();

    /** Whether the next input comes right now. */
    boolean due(long position);

    /** The input that is due. */
    Event.Input take();
}
