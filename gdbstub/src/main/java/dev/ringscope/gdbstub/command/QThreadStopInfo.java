package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code qThreadStopInfo thread-id}: lldb asks for one thread's stop; those that nothing happened to have none of their
 * own.
 */
record QThreadStopInfo(ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        ThreadId id = ThreadId.read(in);
        in.end();
        return new QThreadStopInfo(id);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        int id = session.thread(thread).id();
        return Reply.text(
                StopReply.thread(session.stop()) == id
                        ? StopReply.text(session, session.stop())
                        : StopReply.idle(session, id));
    }
}
