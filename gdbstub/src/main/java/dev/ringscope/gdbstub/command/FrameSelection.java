package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.gdbstub.TraceFrames.PcSearch;
import java.util.Optional;

/**
 * Which trace frame the client looks at. gdb numbers frames with 31 bits, so frame 0 can be given another position than
 * 0: {@code monitor frame-base}.
 */
final class FrameSelection {
    private static final long MOST = Integer.MAX_VALUE;

    private long base;
    private Optional<TraceFrames.Mark> before = Optional.empty();

    long base() {
        return base;
    }

    /** @param position of frame 0 from now on, unsigned */
    void base(long position) {
        base = position;
    }

    boolean selected() {
        return before.isPresent();
    }

    /** The number of the frame where the target stands. */
    int number(TraceFrames frames) throws RefusedException {
        long number = frames.position() - base;
        if (Long.compareUnsigned(number, MOST) > 0) {
            throw new RefusedException("position " + Long.toUnsignedString(frames.position())
                    + " cannot be a frame number: gdb's have 31 bits, and frame 0 is position "
                    + Long.toUnsignedString(base) + " (see 'monitor frame-base')");
        }
        return (int) number;
    }

    /** @return whether there is such a frame; if not, nothing has moved */
    boolean go(TraceFrames frames, int number) throws RefusedException {
        long position = base + number;
        if (number < 0 || Long.compareUnsigned(position, frames.last()) > 0) {
            return false;
        }
        if (selected() && frames.position() == position) {
            // gdb selects by its number what it has just found by pc: that may be a later moment of the position.
            return true;
        }
        TraceFrames.Mark here = frames.mark();
        frames.go(position);
        select(here);
        return true;
    }

    /**
     * Searches behind the present moment. What is found at the very position that is selected is passed over: gdb takes
     * the same number for the same frame and does not read its registers anew.
     *
     * @return whether there is such a frame; if not, nothing has moved
     */
    boolean find(TraceFrames frames, PcSearch search, Interrupt interrupt) throws RefusedException {
        TraceFrames.Mark here = frames.mark();
        long position = frames.position();
        do {
            if (!frames.find(search, interrupt)) {
                here.goBack();
                return false;
            }
        } while (selected() && frames.position() == position);
        try {
            number(frames);
        } catch (RefusedException e) {
            here.goBack();
            throw e;
        }
        select(here);
        return true;
    }

    private void select(TraceFrames.Mark here) {
        before = before.or(() -> Optional.of(here));
    }

    /** Goes back to where the target stood before the first frame was selected. */
    void none() throws RefusedException {
        if (before.isPresent()) {
            TraceFrames.Mark mark = before.get();
            before = Optional.empty();
            mark.goBack();
        }
    }
}
