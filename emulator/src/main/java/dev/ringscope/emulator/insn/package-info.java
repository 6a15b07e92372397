/**
 * Instruction definitions and everything derived from them: decoder, interpreter operations, disassembler.
 *
 * <h2>A definition</h2>
 *
 * An instruction is one static method with {@link dev.ringscope.emulator.insn.Insn}, in a class of its family in
 * {@code x86}:
 *
 * <pre>{@code
 * @Insn(enc = {"00 /r Eb,Gb lock", "01 /r Ev,Gv lock", "83 /0 Ev,Ibs lock"}, ops = "=a,b", flags = "add")
 * static long add(long a, long b) { return a + b; }
 * }</pre>
 *
 * <h2>Encodings</h2>
 *
 * {@code [NP|66|F3|F2] opcode-bytes [/r | /digit | =XX] [operands] [attributes]}. A first token NP, 66, F3 or F2 in
 * front of 0F is a mandatory prefix (NP: none of 66, F3, F2). In front of any other opcode F3 is required the same way
 * ({@code "F3 90"}). {@code 50+r}: the low three bits of the opcode are a register. {@code 70+c}: the low four are a
 * condition. {@code /r}: a ModRM byte; {@code /0}..{@code /7}: with that reg field; {@code =C1}: the third byte is
 * exactly this.
 *
 * <p>Operands are Intel's: a letter for where, one for the size. E register or memory (ModRM.rm), G register
 * (ModRM.reg), R register only (ModRM.rm), M memory only, Z register in the opcode, I immediate, J relative target, O
 * offset without ModRM, A far pointer, S segment register, C control register, D debug register, V XMM (reg), W XMM or
 * memory, U XMM only (rm), P MMX (reg), Q MMX or memory, N MMX only (rm), X and Y string source and destination; BXb
 * XLAT's table; AL CL AX DX eAX rAX 1 ES CS SS DS FS GS and ST0 STi by name. Sizes: b 1, w 2, d 4, q 8, x 16, t 10
 * bytes; v = operand size (2, 4, 8); z = 2, or 4 for operand sizes 4 and 8; y = 4, or 8 with REX.W; bs = a byte
 * sign-extended to the operand size; a = two of v, yy = two of y; p = far pointer; none = address only. ss sd ps pd as
 * in the manual are 4, 8, 16, 16 bytes. A 16-byte memory operand must be aligned unless its size has a trailing u
 * ({@code Wxu}). A result that is smaller than its XMM register leaves the rest alone, or clears it where the size has
 * a trailing z ({@code Vdz}, {@code Vqz}, {@code Vyz}).
 *
 * <p>Attributes: {@code i64} not in 64-bit mode; {@code o64} only there; {@code d64} operand size 8 by default there
 * (no 4); {@code f64} always 8 there; {@code lock} takes LOCK with a memory destination; {@code rw} writes back what it
 * has read from memory, although the ops do not say so; {@code end} ends a block (anything that may change pc, mode,
 * translation, interrupt flag or privilege, or that touches devices); {@code rm} ModRM must name a register; {@code b0}
 * REX.B must be 0; {@code sources} no operand is a destination, so AT&amp;T does not reverse them.
 *
 * <h2>Methods</h2>
 *
 * The parameters say what the method gets, in this order and each only if wanted: the processor ({@code X86Cpu cpu}),
 * the operand width in bytes of the first operand ({@code int w}, a constant of the kind), the decoded instruction
 * ({@code Instruction i}), then one value per entry of {@link dev.ringscope.emulator.insn.Insn#ops} that is read
 * ({@code long}; {@code boolean} for {@code cc}). Integer operands come sign-extended from their own width. A returned
 * {@code long} goes to the operand marked {@code =} or {@code >}; its upper bits do not matter. Memory is read before,
 * and written before flags and registers, so a fault leaves nothing half done.
 *
 * <p>On XMM and MMX operands the method is applied to each 64-bit half (16-byte operands) or once (8 bytes: the low
 * half; 4 bytes: the low 32 bits, zero-extended; the rest of the destination stays). {@code b0} in the ops is the low
 * half of b in both calls. {@code =a:b} instead of {@code =a,b}: the halves of a, then those of b, go to the method two
 * by two (a.low, a.high make the low half of the result, b.low, b.high the high one; with 8-byte operands a, b the
 * whole). A method that takes {@code Mxcsr} (where others take the processor) computes with floating-point numbers: it
 * sets MXCSR's flags, and if they hold an unmasked exception after the last call, #XM is raised and nothing written.
 *
 * <p>A method that takes {@code cpu} and {@code i} with {@code ops = ""} does everything itself. It must not change
 * anything before its last possible fault.
 */
package dev.ringscope.emulator.insn;
