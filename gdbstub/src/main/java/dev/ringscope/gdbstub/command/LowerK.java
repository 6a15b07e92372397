package dev.ringscope.gdbstub.command;

/** {@code k}: ends the guest, with no answer. What can't be killed, such as a recording, is left as it is. */
record LowerK() implements Command {
    @Override
    public Reply answer(Session session) {
        session.killAsked();
        return Reply.NONE;
    }
}
