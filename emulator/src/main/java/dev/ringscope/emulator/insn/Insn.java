package dev.ringscope.emulator.insn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One instruction: the annotated static method is its only definition. Decoder, interpreter, disassembler and region
 * compiler derive from this row and the method's signature; the grammar is in the package documentation.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Insn {
    /** Encodings in the notation of the manual's opcode maps, one row each: {@code "01 /r Ev,Gv lock"}. */
    String[] enc();

    /**
     * What the method takes and gives, in order, separated by commas: {@code a}, {@code b}, {@code d} are the first,
     * second and third operand read, {@code =a} the first operand read and written, {@code >a} written only, {@code c}
     * the carry flag (0 or 1), {@code cc} the condition in the opcode's low four bits (boolean). With 16-byte operands
     * {@code b0} is the low half of b whichever half of a is computed, and {@code =a:b} takes the halves two by two.
     * Empty: the method works on the processor and the decoded instruction alone.
     */
    String ops() default "";

    /**
     * The rule in {@link Flags} that makes the arithmetic flags from width, operands and result; empty: none change.
     */
    String flags() default "";

    /**
     * The mnemonic where it is not the method's name without a trailing underscore. {@code a|b|c}: by operand size 2,
     * 4, 8; {@code a|b}: without and with REX.W; {@code a/b/c}: by address size 2, 4, 8. In it stand: {@code *} for the
     * predicate that an immediate names; {@code ~} for the operand size's letter where that is not usual and no operand
     * tells it; {@code ^} for that letter in 64-bit code, {@code #} in other code.
     */
    String name() default "";

    /**
     * AT&amp;T's mnemonic where it is not the other one with the size's letter for an operand in memory. {@code <} and
     * {@code >} stand for the letters of source and destination, {@code ?} for that of an operand in memory, {@code %}
     * for that of an unusual address size.
     */
    String att() default "";

    /**
     * Arithmetic flags that the manual leaves undefined after this instruction: letters of {@code OSZAPC}, for tests.
     */
    String undefined() default "";

    /**
     * What the region compiler puts in the place of the method where pc or stack pointer change in the one way that
     * compiled code can follow; the interpreter knows nothing of it.
     */
    Role role() default Role.PLAIN;
}
