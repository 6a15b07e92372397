package dev.ringscope.gdbstub;

/**
 * The registers of one thread, by the rows of its {@link TargetDescription}.
 *
 * <p>Every value is exactly {@link Register#bytes()} long, in the target's byte order ({@link Register#encode} and
 * {@link Register#decode} convert integers). An adapter may go by {@link Register#name()} or, faster, keep an array of
 * accessors indexed by {@link Register#number()}.
 *
 * <p>x86-64: the layout is the 64-bit one in every mode. {@code rip} is the <em>linear</em> address of the next
 * instruction: outside 64-bit mode CS base + EIP, for gdb knows no segment bases and compares it with breakpoint
 * addresses; writing it must undo the sum. Other registers are as they are.
 */
public interface RegisterFile {
    /** The value, or an empty array when it is not known: gdb shows {@code <unavailable>}. */
    byte[] read(Register register);

    /** @throws RefusedException if the register is read-only or the target is a recording */
    void write(Register register, byte[] value) throws RefusedException;
}
