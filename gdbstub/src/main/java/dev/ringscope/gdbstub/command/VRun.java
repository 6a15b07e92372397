package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Restart;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code vRun;filename;argument...}: starts again from the beginning. There is only one program, so its name is not
 * looked at.
 */
record VRun(List<String> arguments) implements Command {
    static Command read(PacketScanner in) {
        in.hexText();
        List<String> arguments = new ArrayList<>();
        while (in.skip(';')) {
            arguments.add(in.hexText());
        }
        in.end();
        return new VRun(arguments);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (session.target().restart().isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        restart(session, arguments);
        return StopReply.of(session, session.stop());
    }

    static void restart(Session session, List<String> arguments) throws RefusedException {
        Optional<Restart> restart = session.target().restart();
        if (restart.isPresent()) {
            restart.get().restart(arguments);
            int first = session.target().threads().getFirst().id();
            session.stopped(new Stop.StepDone(first));
            session.selectContinuing(ThreadId.ANY);
        }
    }
}
