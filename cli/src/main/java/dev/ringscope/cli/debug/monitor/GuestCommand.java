package dev.ringscope.cli.debug.monitor;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceFormatException;
import java.io.IOException;

/** A command about the machine; it may have to read the recording. */
interface GuestCommand extends MonitorCommand {
    /**
     * Does it.
     *
     * @param arguments what follows the name: words with one space between; may be empty
     * @return lines, each ended by a newline
     */
    String answer(String arguments) throws RefusedException, IOException;

    @Override
    default String run(GuestThread thread, String arguments) throws RefusedException {
        try {
            return answer(arguments);
        } catch (IOException | DivergenceException | TraceFormatException e) {
            throw new RefusedException("the recording cannot be read: " + e.getMessage());
        }
    }
}
