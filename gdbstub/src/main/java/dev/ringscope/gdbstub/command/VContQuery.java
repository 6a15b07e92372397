package dev.ringscope.gdbstub.command;

/** {@code vCont?}: which actions {@link VCont} knows. gdb uses the packet only if all of c, C, s and S are there. */
record VContQuery() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.text("vCont;c;C;s;S;t;r");
    }
}
