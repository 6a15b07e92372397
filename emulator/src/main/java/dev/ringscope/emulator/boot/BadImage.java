package dev.ringscope.emulator.boot;

/** A guest's file is not what it should be, or does not fit into the machine. The message is one line for the user. */
public final class BadImage extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param file as the user named it
     * @param problem what was expected and what is there
     */
    public BadImage(String file, String problem) {
        super(file + ": " + problem);
    }

    /** @param offset where in the file, in bytes */
    public BadImage(String file, long offset, String problem) {
        super("%s, offset 0x%x: %s".formatted(file, offset, problem));
    }
}
