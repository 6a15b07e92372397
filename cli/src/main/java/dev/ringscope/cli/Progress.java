package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One line on a terminal that tells how far the guest has come; nothing anywhere else, nor with NO_COLOR's friends of plain logs. */
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
        // the launcher knows whether standard error is a terminal; Java does not
        shown = !quiet && "1".equals(System.getenv("RINGSCOPE_STDERR_IS_TERMINAL"));
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
                "\r\033[K%,d instructions, %.0f M/s%s, ring %d",
                machine.position(),
                rate,
                written,
                machine.cpu().cpl);
        System.err.flush();
        visible = true;
    }

    void clear() {
        if (visible) {
            System.err.print("\r\033[K");
            visible = false;
        }
    }
}
