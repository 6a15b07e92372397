/**
 * What gdb's {@code monitor} offers for a whole machine, live or recorded: one class per command, listed in
 * {@link dev.ringscope.cli.debug.monitor.MachineCommands}. Names and formats are QEMU's where QEMU has the command.
 */
package dev.ringscope.cli.debug.monitor;
