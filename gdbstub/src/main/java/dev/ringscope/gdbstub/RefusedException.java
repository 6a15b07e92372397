package dev.ringscope.gdbstub;

/** The target will not do what the client asked; the message is shown to the user as it is, so it says why. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(String why) {
        super(why);
    }
}
