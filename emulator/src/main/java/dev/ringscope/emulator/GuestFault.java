package dev.ringscope.emulator;

/**
 * An exception of the guest on its way to delivery. The instruction that throws it has committed nothing. No Java stack
 * trace.
 */
public abstract class GuestFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    protected GuestFault() {
        super(null, null, false, false);
    }
}
