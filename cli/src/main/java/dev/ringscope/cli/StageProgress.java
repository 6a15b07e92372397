package dev.ringscope.cli;

import java.util.Locale;

/** One line on a terminal that tells how far the work on a trace has come. */
final class StageProgress {
    private static final long INTERVAL = 500_000_000;

    private final String what;
    private final long end;
    private final boolean shown;
    private long last = System.nanoTime();
    private boolean visible;

    /** @param what what has been done to the instructions, in the past tense */
    StageProgress(String what, long end, boolean quiet) {
        this.what = what;
        this.end = end;
        shown = !quiet && Terminal.isStandardError();
    }

    void show(long position) {
        long now = System.nanoTime();
        if (!shown || now - last < INTERVAL) {
            return;
        }
        last = now;
        System.err.printf(
                Locale.ROOT,
                "%s%s %,d of %,d instructions, %d %%",
                Terminal.NEW_LINE,
                what,
                position,
                end,
                100 * position / end);
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
