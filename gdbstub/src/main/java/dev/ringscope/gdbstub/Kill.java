package dev.ringscope.gdbstub;

/**
 * Ending the guest on the client's word: gdb's {@code kill}. A recording has no such capability, so nothing can destroy
 * it.
 */
public interface Kill {
    void kill();
}
