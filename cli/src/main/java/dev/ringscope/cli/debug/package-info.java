/**
 * What gdb sees: the adapters that make a {@link dev.ringscope.gdbstub.Target} of a live machine and of a recording.
 */
package dev.ringscope.cli.debug;
