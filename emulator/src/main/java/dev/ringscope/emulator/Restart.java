package dev.ringscope.emulator;

/**
 * The instruction is not finished and shall be executed again, with nothing retired: a REP string instruction between
 * two slices. What it has done so far is in the registers.
 */
public final class Restart extends RuntimeException {
    private static final long serialVersionUID = 1;
    public static final Restart INSTANCE = new Restart();

    private Restart() {
        super(null, null, false, false);
    }
}
