/**
 * The host half of the built-in guest kernel: what a static Linux program asks by system calls, and what becomes of its
 * faults.
 *
 * <p>The guest's half is {@code guest/kernel.S}, whose header defines the hypercall.
 * {@link dev.ringscope.emulator.user.HypercallPort} is the device behind it. A live machine has a
 * {@link dev.ringscope.emulator.user.LinuxProcess} that works out an {@link dev.ringscope.emulator.user.Answer}: bytes
 * to put into memory, output, an exit. The answer is an input of the machine and recorded; a replay applies it and
 * needs neither the program's file nor the host.
 */
package dev.ringscope.emulator.user;
