package dev.ringscope.cli;

import java.util.List;
import sun.misc.Signal;

/**
 * Ctrl-C and its relatives: the first asks what runs to come to an end in good order, the second ends the process at
 * once. Java's own way, shutdown hooks, knows no second time.
 */
final class Interruption {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
    private static final int SIGNALLED = 128;

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
                Signal.handle(new Signal(name), interruption::signalled);
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

    /** The exit status for the signal that came; 0 if none has. */
    int status() {
        return status;
    }
}
