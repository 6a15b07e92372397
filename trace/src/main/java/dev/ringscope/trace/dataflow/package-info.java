/**
 * What each instruction makes its results of, byte by byte: from the definitions' operands and from the accesses that
 * re-execution tells. For the question where a value came from.
 *
 * <h2>How precise it is</h2>
 *
 * Nothing that a result depends on is left out: its values, the registers that made addresses, and what decided whether
 * and which way something was moved (flags, masks, counters, what was compared). Moves of bytes tell exactly what they
 * move: moves between registers and memory of every size, PUSH, POP, exchanges, string moves, BSWAP, AND, OR, XOR with
 * the bytes that an immediate lets through, conditional moves, shuffles, unpacks, blends, insertions and extractions,
 * loads and stores of x87 registers, FXSAVE's and FNSAVE's images. Shifts and rotations tell the bytes whose bits they
 * bring, and the register that counts. Sums, differences and low products tell the bytes up to the same place. Packed
 * arithmetic tells the element. Everything else tells all that it reads, and so do flags, which are two: carry, and the
 * other arithmetic ones.
 *
 * <p>Not followed: control words and MXCSR, which decide how is computed and what is remembered of it; the top of the
 * x87 stack and its tags; segments' bases. That a byte was <em>not</em> written, where it might have been, is no origin
 * either.
 */
package dev.ringscope.trace.dataflow;
