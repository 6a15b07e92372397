package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.TraceFrames;

/** {@code monitor frame-base [POSITION]}: where gdb's trace frames begin to count. */
record FrameBase(Session session, TraceFrames frames) implements MonitorCommand {
    @Override
    public String name() {
        return "frame-base";
    }

    @Override
    public String summary() {
        return "[POSITION]: the position of gdb's trace frame 0, for recordings of more than 2^31 instructions";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        if (!arguments.isEmpty()) {
            session.frames().base(position(arguments));
        }
        return "frame 0 is position " + Long.toUnsignedString(session.frames().base()) + "\n";
    }

    private long position(String text) throws RefusedException {
        long position;
        try {
            position = Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException("frame-base: expected a position, not '" + text + "'");
        }
        if (Long.compareUnsigned(position, frames.last()) > 0) {
            throw new RefusedException("frame-base: position " + text + " is behind the recording's end at "
                    + Long.toUnsignedString(frames.last()));
        }
        return position;
    }
}
