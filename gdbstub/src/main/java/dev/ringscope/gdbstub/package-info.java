/**
 * A server of gdb's remote serial protocol for a whole machine.
 *
 * <p>The protocol is the one of the GDB manual, appendix "GDB Remote Serial Protocol". This module knows nothing of the
 * machine: an adapter implements {@link dev.ringscope.gdbstub.Target} and whichever of the optional capabilities it
 * has, and hands it to a {@link dev.ringscope.gdbstub.GdbServer}:
 *
 * <pre>{@code
 * try (GdbServer server = GdbServer.open(new InetSocketAddress("127.0.0.1", 1234), target)) {
 *     System.err.println("gdb: listening on " + server.address());
 *     Ending ending = server.run();      // the target runs on this thread
 * }
 * }</pre>
 *
 * <p>Breakpoints and watchpoints live here, never in guest memory; the target gets the whole set with every
 * {@link dev.ringscope.gdbstub.Resume} and says with a {@link dev.ringscope.gdbstub.Stop} why it stopped.
 */
package dev.ringscope.gdbstub;
