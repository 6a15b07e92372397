package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code qSupported[:feature;...]}: client and stub tell each other what they can do. Only what the target has is
 * offered.
 */
record QSupported(Set<String> client) implements Command {
    private static final List<String> PROCESS_EVENTS = List.of("fork-events+", "vfork-events+", "exec-events+");

    static Command read(PacketScanner in) {
        Set<String> client = new HashSet<>();
        if (!in.atEnd()) {
            in.expect(':');
            do {
                client.add(in.until(';'));
            } while (in.skip(';'));
        }
        in.end();
        return new QSupported(client);
    }

    @Override
    public Reply answer(Session session) {
        session.client().announced(client);
        Target target = session.target();
        StringBuilder text = new StringBuilder("PacketSize=").append(Hex.of(Session.PACKET_SIZE));
        text.append(
                ";QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;vContSupported+;ConditionalBreakpoints+");
        offer(text, "multiprocess+", session.client().multiprocess());
        offer(text, "swbreak+", session.client().swbreak());
        offer(text, "hwbreak+", session.client().hwbreak());
        offer(text, "no-resumed+", session.client().noResumed());
        offer(text, "error-message+", session.client().errorMessages());
        offer(text, "binary-upload+", session.client().binaryUpload());
        offer(text, "ReverseStep+;ReverseContinue+", target.reverse().isPresent());
        offer(text, "qXfer:exec-file:read+", target.execFile().isPresent());
        offer(text, "qXfer:auxv:read+", target.auxv().isPresent());
        Set<ProgramFeature> program = target.programFeatures();
        offer(text, "QCatchSyscalls+", program.contains(ProgramFeature.CATCH_SYSCALLS));
        offer(text, "QPassSignals+;QProgramSignals+", program.contains(ProgramFeature.SIGNALS));
        offer(text, "qXfer:siginfo:read+;qXfer:siginfo:write+", program.contains(ProgramFeature.SIGINFO));
        offer(text, "QThreadEvents+", program.contains(ProgramFeature.THREAD_EVENTS));
        offer(text, "QNonStop+", program.contains(ProgramFeature.NON_STOP));
        if (program.contains(ProgramFeature.NO_NEW_PROCESSES)) {
            PROCESS_EVENTS.forEach(event -> offer(text, event, client.contains(event)));
        }
        return Reply.text(text.toString());
    }

    private static void offer(StringBuilder text, String feature, boolean have) {
        if (have) {
            text.append(';').append(feature);
        }
    }
}
