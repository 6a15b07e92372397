package dev.ringscope.gdbstub;

/** One command behind gdb's {@code monitor}. */
public interface MonitorCommand {
    /** What the user types: words with one space between, for example {@code info tlb}. */
    String name();

    /** One line for {@code monitor help}: the arguments, if any, and what it does. */
    String summary();

    /**
     * Does it.
     *
     * @param thread the thread that is selected in the client
     * @param arguments what follows the name, trimmed; may be empty
     * @return the text to show, each line ended by a newline; may be empty
     */
    String run(GuestThread thread, String arguments) throws RefusedException;
}
