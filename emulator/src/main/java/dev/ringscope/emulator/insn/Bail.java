package dev.ringscope.emulator.insn;

/**
 * A region leaves the instruction that it is executing to the interpreter, from its start: nothing of it is done yet
 * that doing again would show.
 */
public final class Bail extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final Bail INSTANCE = new Bail();

    private Bail() {
        super(null, null, false, false);
    }
}
