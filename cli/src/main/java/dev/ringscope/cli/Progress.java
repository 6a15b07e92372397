package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One line on a terminal that tells how far the guest has come; nothing anywhere else. It has no colours. */
final class Progress {
    /** Instructions between two looks at the clock. */
    static final long STRIDE = 20_000_000;

    private static final long INTERVAL = 500_000_000;

    private final Machine machine;
    private final boolean shown;
    private final long start = System.nanoTime();
    private long last = start;
    private long lastPosition;
    private LongSupplier bytes = () -> 0;
    private boolean visible;

    Progress(Machine machine, boolean quiet) {
        this.machine = machine;
        shown = !quiet && Terminal.isStandardError();
    }

    /** What has been written so far. */
    void bytes(LongSupplier written) {
        bytes = written;
    }

    void show() {
        long now = System.nanoTime();
        if (!shown || now - last < INTERVAL) {
            return;
        }
        double rate = (machine.position() - lastPosition) * 1e3 / (now - last);
        last = now;
        lastPosition = machine.position();
        String written = bytes.getAsLong() == 0 ? "" : String.format(Locale.ROOT, ", %,d KiB", bytes.getAsLong() >> 10);
        System.err.printf(
                Locale.ROOT,
                "%s%,d instructions, %.0f M/s%s, ring %d",
                Terminal.NEW_LINE,
                machine.position(),
                rate,
                written,
                machine.cpu().cpl);
        System.err.flush();
        visible = true;
    }

    void clear() {
        if (visible) {
            System.err.print(Terminal.NEW_LINE);
            visible = false;
        }
    }
}
