package dev.ringscope.emulator.device;

/** An interrupt line that a test looks at. */
final class Wire implements InterruptLine {
    boolean level;
    /** How often it went from low to high. */
    int rises;

    @Override
    public void set(boolean newLevel) {
        if (newLevel && !level) {
            rises++;
        }
        level = newLevel;
    }
}
