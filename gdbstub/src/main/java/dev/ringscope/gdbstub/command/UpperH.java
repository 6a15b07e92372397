package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code H op thread-id}: selects the thread for register and memory packets ({@code g}) or for resuming ({@code c}).
 */
record UpperH(boolean forResuming, ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        boolean forResuming = in.skip('c');
        if (!forResuming) {
            in.expect('g');
        }
        ThreadId id = ThreadId.read(in);
        in.end();
        return new UpperH(forResuming, id);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (thread.thread() > 0) {
            session.thread(thread);
        }
        if (forResuming) {
            session.selectContinuing(thread);
        } else {
            session.selectGeneral(thread);
        }
        return Reply.OK;
    }
}
