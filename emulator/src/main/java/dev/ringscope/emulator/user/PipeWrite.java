package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.util.Arrays;
import java.util.OptionalLong;

/** A write to a pipe, which waits until all is written unless the descriptor does not block (pipe(7)). */
final class PipeWrite implements Wait {
    private final LinuxProcess process;
    private final Signals signals;
    private final Description description;
    private final byte[] bytes;
    private int written;

    PipeWrite(LinuxProcess process, Description description, byte[] bytes) {
        this.process = process;
        this.description = description;
        this.bytes = bytes;
        signals = process.signals();
    }

    /** The call itself. */
    long start() {
        OptionalLong done = ready();
        if (done.isPresent()) {
            return done.getAsLong();
        } else if (!description.nonBlocking) {
            throw new Needed(this);
        } else if (written == 0) {
            throw new Errno(Errno.EAGAIN);
        }
        return written;
    }

    @Override
    public OptionalLong ready() {
        if (!process.files().hasEnd(description.pipe, Kind.PIPE_IN)) {
            signals.raise(SignalNumber.SIGPIPE, Signals.SI_USER, IdentityCalls.PID, 0);
            if (written == 0) {
                throw new Errno(Errno.EPIPE);
            }
            return OptionalLong.of(written);
        }
        int taken = description.pipe.write(Arrays.copyOfRange(bytes, written, bytes.length));
        written += taken;
        if (taken > 0) {
            process.scheduler().stir();
        }
        return written == bytes.length ? OptionalLong.of(written) : OptionalLong.empty();
    }

    @Override
    public long until() {
        return Long.MAX_VALUE;
    }

    @Override
    public long expired() {
        return written;
    }

    /** Not once a part is written: then a signal ends the call with what there is. */
    @Override
    public boolean restarts() {
        return written == 0;
    }
}
