package dev.ringscope.emulator.device;

/**
 * A wire that is high (true) or low: an interrupt request, a gate, the A20 line. Setting the level it already has
 * changes nothing.
 */
@FunctionalInterface
public interface InterruptLine {
    /** A wire that ends nowhere. */
    InterruptLine UNCONNECTED = level -> {};

    void set(boolean level);
}
