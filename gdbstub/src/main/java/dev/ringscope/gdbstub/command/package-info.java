/**
 * One record per packet, named as on the wire ({@code LowerM} is {@code m}, {@code QXferThreadsRead} is
 * {@code qXfer:threads:read}), the {@link dev.ringscope.gdbstub.command.CommandTable} that lists them, and the
 * {@link dev.ringscope.gdbstub.command.Session} that answers one client.
 */
package dev.ringscope.gdbstub.command;
