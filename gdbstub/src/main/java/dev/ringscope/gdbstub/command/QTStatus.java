package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.gdbstub.packet.Hex;
import java.util.Optional;

/**
 * {@code qTStatus}: a recording is a trace experiment that is over: as many frames as gdb can count lie before it. The
 * position itself is told as a note.
 */
record QTStatus() implements Command {
    @Override
    public Reply answer(Session session) {
        Optional<TraceFrames> frames = session.target().traceFrames();
        if (frames.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        long last = frames.get().last();
        String note = "a recording of " + Long.toUnsignedString(last) + " instructions; frame N is position "
                + (session.frames().base() == 0
                        ? ""
                        : Long.toUnsignedString(session.frames().base()) + " + ") + "N";
        long after = last - session.frames().base();
        long count = Long.compareUnsigned(after, Integer.MAX_VALUE - 1) > 0 ? Integer.MAX_VALUE : after + 1;
        return Reply.text("T0;tstop:" + Hex.of("end of the recording") + ":0;tframes:" + Hex.of(count) + ";tcreated:"
                + Hex.of(count) + ";tsize:0;tfree:0;circular:0;disconn:1;notes:" + Hex.of(note));
    }
}
