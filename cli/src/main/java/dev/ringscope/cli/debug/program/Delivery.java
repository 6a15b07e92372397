package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The signals that gdb gives to threads as they go on. One that waits at its stop is replaced by gdb's; any other is
 * sent to the thread, and takes effect without another stop. A recording keeps the signals that it has, whatever gdb
 * says.
 */
final class Delivery {
    private static final int SIGINFO_BYTES = 128, SI_CODE = 8, SIGTRAP = 5, TRAP_BRKPT = 1;

    /** A signal that gdb has sent, on its way to its stop. @param information its siginfo_t, if gdb gave one */
    private record Sent(int thread, int number, Optional<byte[]> information) {}

    private final Moves moves;
    /** What gdb has written for threads that did not stop with a signal, or no longer. */
    private final Map<Integer, byte[]> written = new HashMap<>();

    private final List<Sent> sent = new ArrayList<>();

    Delivery(Moves moves) {
        this.moves = moves;
    }

    // ---- siginfo ----------------------------------------------------------------------------------------------------

    /** Of the signal that a thread stopped with; of SIGTRAP if it was something else. */
    byte[] information(int thread) {
        Optional<ProcessView.Signal> signal = waiting(thread);
        if (signal.isPresent()) {
            return signal.get().information();
        }
        byte[] trap = new byte[SIGINFO_BYTES];
        little(trap).putInt(0, SIGTRAP).putInt(SI_CODE, TRAP_BRKPT);
        return written.getOrDefault(thread, trap);
    }

    void write(int thread, byte[] information) throws RefusedException {
        moves.guest().checkWritable();
        if (waiting(thread).isPresent()) {
            moves.process().replaceInformation(information, 0);
        } else {
            written.put(thread, information.clone());
        }
    }

    private Optional<ProcessView.Signal> waiting(int thread) {
        return moves.process().signal().filter(s -> s.tid() == thread);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- signals ----------------------------------------------------------------------------------------------------

    /** A run is about to begin. */
    void begin(Resume how) throws RefusedException {
        boolean writable = moves.isPresent();
        for (Map.Entry<Integer, Resume.Action> entry : how.actions().entrySet()) {
            int thread = entry.getKey();
            Signal wanted = entry.getValue().signal();
            Optional<ProcessView.Signal> waiting = waiting(thread);
            if (waiting.isPresent()) {
                if (writable && waiting.get().number() != wanted.linuxNumber()) {
                    moves.process().replaceSignal(wanted.linuxNumber());
                }
            } else if (wanted != Signal.NONE) {
                moves.guest().checkWritable();
                send(thread, wanted.linuxNumber());
            }
        }
        written.keySet().removeAll(how.actions().keySet());
        Optional<ProcessView.Signal> here = moves.process().signal();
        if (writable
                && here.isPresent()
                && !how.actions().containsKey(here.get().tid())) {
            written.put(here.get().tid(), here.get().information());
            moves.process().replaceSignal(0); // gdb gives it again when it lets that thread go on
        }
    }

    private void send(int thread, int number) {
        Optional<byte[]> information =
                Optional.ofNullable(written.get(thread)).filter(b -> little(b).getInt(0) == number);
        sent.add(new Sent(thread, number, information));
        moves.process().send(thread, number);
    }

    /** Whether the signal at whose stop the machine stands was sent by gdb: then gdb knows of it. */
    boolean wasSent(ProcessView.Signal signal) {
        for (Sent s : sent) {
            if (s.thread == signal.tid() && s.number == signal.number()) {
                sent.remove(s);
                s.information.ifPresent(i -> moves.process().replaceInformation(i, 0));
                return true;
            }
        }
        return false;
    }
}
