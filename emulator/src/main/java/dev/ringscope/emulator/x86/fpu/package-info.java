/**
 * Floating-point arithmetic of x86 processors, apart from any processor: bits in, bits and exceptions out.
 *
 * <h2>x87</h2>
 *
 * A value is two words, see {@link dev.ringscope.emulator.x86.fpu.Float80}. An operation takes its operands and leaves
 * everything in an {@link dev.ringscope.emulator.x86.fpu.X87Context}:
 *
 * <pre>{@code
 * X87Context fpu = new X87Context();
 * fpu.control = 0x37f;
 * X87Arithmetic.divide(fpu, seA, a, seB, b);
 * if (fpu.delivered) {
 *     use(fpu.se, fpu.significand);
 * }
 * status |= fpu.raised;
 * }</pre>
 *
 * <h2>SSE</h2>
 *
 * Static methods on raw bits, one lane at a time, with an {@link dev.ringscope.emulator.x86.fpu.Mxcsr} that collects
 * the flags:
 *
 * <pre>{@code
 * long sum = SseFloat.addsd(mxcsr, a, b);
 * if (mxcsr.takeUnmasked() != 0) {
 *     throw simdException();
 * }
 * }</pre>
 *
 * <h2>How results are made</h2>
 *
 * Both sides compute the exact result as a {@link dev.ringscope.emulator.x86.fpu.Wide} number and round it once; they
 * differ in NaNs, denormals and masks. The transcendental functions work with about 120 good bits and round once too.
 * What the manuals leave open (condition codes behind a stack fault, arguments outside a function's domain) follows the
 * AMD Zen processors that the tests run beside.
 */
package dev.ringscope.emulator.x86.fpu;
