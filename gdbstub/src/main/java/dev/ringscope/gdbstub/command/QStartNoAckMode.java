package dev.ringscope.gdbstub.command;

/** {@code QStartNoAckMode}: from the answer on, packets are no longer acknowledged; the connection is reliable. */
record QStartNoAckMode() implements Command {
    @Override
    public Reply answer(Session session) {
        session.connection().stopAcknowledging();
        return Reply.OK;
    }
}
