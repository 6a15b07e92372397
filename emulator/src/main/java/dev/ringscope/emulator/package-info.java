/**
 * A whole x86-64 machine. {@link dev.ringscope.emulator.Machine} joins processor, memory, devices and clock; it tells
 * what happens through {@link dev.ringscope.emulator.Recorder}, asks the world through
 * {@link dev.ringscope.emulator.Outside}, and can be saved and restored between any two instructions. What it does
 * depends on its description, what was loaded, and its inputs with their positions; on nothing else.
 */
package dev.ringscope.emulator;
