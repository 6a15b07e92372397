package dev.ringscope.cli;

/** Ends the command with one line on standard error and an exit status. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final int status;

    public CommandFailure(int status, String message) {
        super(message);
        this.status = status;
    }
}
