package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code ;thread:ID;} behind a register packet: how lldb names the thread, once {@code QThreadSuffixSupported} is
 * agreed on.
 */
final class ThreadSuffix {
    private ThreadSuffix() {}

    /** Reads the rest of the packet: the suffix, or nothing, which is the selected thread. */
    static ThreadId read(PacketScanner in) {
        ThreadId id = ThreadId.ANY;
        if (in.skip(";thread:")) {
            id = ThreadId.read(in);
            in.skip(';');
        }
        in.end();
        return id;
    }

    static GuestThread thread(Session session, ThreadId id) throws RefusedException {
        return id.equals(ThreadId.ANY) ? session.thread() : session.thread(id);
    }
}
