package dev.ringscope.cli.debug;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.Position;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** {@code monitor seek}: goes to any position of a recording. */
final class SeekCommand implements MonitorCommand {
    private final TraceReader trace;
    private final Playback playback;

    SeekCommand(TraceReader trace, Playback playback) {
        this.trace = trace;
        this.playback = playback;
    }

    @Override
    public String name() {
        return "seek";
    }

    @Override
    public String summary() {
        return "POSITION: go there (1500000, 1_500k, 50%, start, end); gdb shows it after"
                + " \"maintenance flush register-cache\"";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        seek(trace, playback, arguments);
        return "position %d, pc 0x%x%n"
                .formatted(
                        playback.machine().position(), playback.machine().cpu().pcLinear());
    }

    static void seek(TraceReader trace, Playback playback, String text) throws RefusedException {
        try {
            long position = Position.parse(text, trace.endPosition());
            if (position > trace.endPosition()) {
                throw new RefusedException(
                        "position %d is behind the recording's end at %d".formatted(position, trace.endPosition()));
            }
            playback.seek(position);
        } catch (IllegalArgumentException | IOException | DivergenceException e) {
            throw new RefusedException(e.getMessage());
        }
    }
}
