package dev.ringscope.emulator.device;

/**
 * A clock signal that counts from power-on: converts between its cycles and nanoseconds of virtual time, without drift.
 *
 * @param hertz cycles per second, 1 to 10^9
 */
record Oscillator(long hertz) {
    private static final long SECOND = 1_000_000_000;

    /** Cycles completed at that time. */
    long cycles(long nanoseconds) {
        return nanoseconds / SECOND * hertz + nanoseconds % SECOND * hertz / SECOND;
    }

    /** The earliest time at which that many cycles are complete. */
    long nanoseconds(long cycles) {
        return cycles / hertz * SECOND + Math.ceilDiv(cycles % hertz * SECOND, hertz);
    }
}
