package dev.ringscope.emulator.insn;

/** A linear page of code at the physical page where it was fetched: what blocks of one page and code key share. */
public final class CodePlace {
    /** The {@link dev.ringscope.emulator.Cpu#epoch} in which a fetch there was last translated. */
    public int epoch = -1;
}
