/**
 * The devices of an ISA personal computer, one class each. A device knows nothing of the processor or of the other
 * devices: it is built with the {@link dev.ringscope.emulator.device.InterruptLine lines} it drives and the sinks it
 * feeds, answers at ports or physical addresses, and takes all its time from
 * {@link dev.ringscope.emulator.VirtualTime}; so it does the same in every run. What comes from outside (a serial byte,
 * a key, a disk's sector) enters through one method each, which the machine calls at a position that it records.
 */
package dev.ringscope.emulator.device;
