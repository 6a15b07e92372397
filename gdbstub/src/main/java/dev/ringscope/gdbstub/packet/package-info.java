/**
 * Framing, checksum, acknowledgement and hex: GDB manual, appendix "GDB Remote Serial Protocol", section "Overview".
 */
package dev.ringscope.gdbstub.packet;
