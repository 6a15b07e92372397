package dev.ringscope.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and its relatives: the first asks what runs to come to an end in good order, the second ends the process at
 * once. Java's own way, shutdown hooks, knows no second time.
 */
final class Interruption implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
    private static final int SIGNALLED = 128;

    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private final Runnable action;
    private volatile int status;

    private Interruption(Runnable action) {
        this.action = action;
    }

    /** @param action called once, on another thread; must not block */
    static Interruption handle(Runnable action) {
        Interruption interruption = new Interruption(action);
        for (String name : SIGNALS) {
            try {
                Signal signal = new Signal(name);
                interruption.before.put(signal, Signal.handle(signal, interruption::signalled));
            } catch (IllegalArgumentException e) {
                // the JVM was started with -Xrs, or by nohup: then the signal is not ours
                continue;
            }
        }
        return interruption;
    }

    private void signalled(Signal signal) {
        int code = SIGNALLED + signal.getNumber();
        if (status != 0) {
            Runtime.getRuntime().halt(code);
        }
        status = code;
        action.run();
    }

    /** Signals do again what they did before. */
    @Override
    public void close() {
        before.forEach(Signal::handle);
    }

    /** The exit status for the signal that came; 0 if none has. */
    int status() {
        return status;
    }
}
