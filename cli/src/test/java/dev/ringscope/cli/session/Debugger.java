package dev.ringscope.cli.session;

import java.io.IOException;
import java.util.List;

/** A debugger that is typed to, one command after the other. */
interface Debugger extends AutoCloseable {
    /** Types a command; gives the lines of its answer. */
    List<String> ask(String command) throws IOException;

    @Override
    void close();
}
