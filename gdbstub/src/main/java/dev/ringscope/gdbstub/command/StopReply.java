package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Watchpoint;
import dev.ringscope.gdbstub.packet.Hex;
import java.util.stream.Collectors;

/** A {@link Stop} as the client is told of it: GDB manual, "Stop Reply Packets". */
final class StopReply {
    /** There is no thread any more. */
    private static final int NOBODY = 0;

    private StopReply() {}

    static Reply of(Session session, Stop stop) {
        return Reply.text(text(session, stop));
    }

    static String text(Session session, Stop stop) {
        ClientFeatures client = session.client();
        return switch (stop) {
            case Stop.Breakpoint b -> at(session, b, Signal.SIGTRAP, breakpoint(session, b.address()));
            case Stop.Watch w -> at(session, w, Signal.SIGTRAP, kind(w.kind()) + ":" + Hex.of(w.address()) + ";");
            case Stop.StepDone s -> at(session, s, Signal.SIGTRAP, "");
            case Stop.Interrupted i -> at(session, i, Signal.SIGINT, "");
            case Stop.Signalled s -> at(session, s, s.signal(), "");
            case Stop.SyscallEntry e -> at(session, e, Signal.SIGTRAP, "syscall_entry:" + Hex.of(e.number()) + ";");
            case Stop.SyscallReturn r -> at(session, r, Signal.SIGTRAP, "syscall_return:" + Hex.of(r.number()) + ";");
            case Stop.ThreadCreated c -> at(session, c, Signal.SIGTRAP, "create:;");
            case Stop.ThreadExited e ->
                "w" + Hex.of(new byte[] {(byte) e.status()}) + ";" + ThreadId.write(client, e.thread());
            case Stop.ReplayLogBegin b -> at(session, b, Signal.SIGTRAP, "replaylog:begin:;");
            case Stop.ReplayLogEnd e -> at(session, e, Signal.SIGTRAP, "replaylog:end:;");
            // A client that doesn't know the N reply is told of a thread that stands where it stood.
            case Stop.NoneResumed n ->
                client.noResumed()
                        ? "N"
                        : place(
                                session,
                                Signal.NONE,
                                session.target().threads().getFirst().id());
            case Stop.Exited e -> ended(client, 'W', e.status());
            case Stop.Terminated t -> ended(client, 'X', t.signal().number());
        };
    }

    /** For lldb: a thread that stands only because another one stopped. */
    static String idle(Session session, int id) {
        return place(session, Signal.NONE, id) + "reason:none;";
    }

    /** The thread that a stop is about, or 0. */
    static int thread(Stop stop) {
        return switch (stop) {
            case Stop.OfThread o -> o.thread();
            case Stop.NoneResumed n -> NOBODY;
            case Stop.Exited e -> NOBODY;
            case Stop.Terminated t -> NOBODY;
        };
    }

    private static String kind(Watchpoint.Kind kind) {
        return switch (kind) {
            case WRITE -> "watch";
            case READ -> "rwatch";
            case ACCESS -> "awatch";
        };
    }

    /** lldb's word for why a thread stopped. */
    static String lldbReason(Stop stop) {
        return switch (stop) {
            case Stop.Breakpoint b -> "breakpoint";
            case Stop.Watch w -> "watchpoint";
            case Stop.Interrupted i -> "signal";
            case Stop.Signalled s -> "signal";
            case Stop.OfThread o -> "trace";
            case Stop.NoneResumed n -> "none";
            case Stop.Exited e -> "none";
            case Stop.Terminated t -> "none";
        };
    }

    private static String breakpoint(Session session, long address) {
        if (session.breakpoints().isHardware(address)) {
            return session.client().hwbreak() ? "hwbreak:;" : "";
        }
        return session.client().swbreak() ? "swbreak:;" : "";
    }

    private static String at(Session session, Stop.OfThread stop, Signal signal, String reason) {
        String place = place(session, signal, stop.thread());
        String forLldb =
                session.client().threadsInStopReply() ? threads(session) + "reason:" + lldbReason(stop) + ";" : "";
        return place + forLldb + reason;
    }

    private static String place(Session session, Signal signal, int id) {
        StringBuilder text = new StringBuilder("T").append(Hex.of(new byte[] {(byte) signal.number()}));
        session.find(id).ifPresent(thread -> {
            for (Register register : session.view().description().expedited()) {
                byte[] value = session.view().registers(thread).read(register);
                if (value.length != 0) {
                    text.append(Hex.of(new byte[] {(byte) register.number()})).append(':');
                    text.append(Hex.of(value)).append(';');
                }
            }
            text.append("thread:").append(ThreadId.write(session.client(), id)).append(';');
            text.append("core:").append(Hex.of(thread.core())).append(';');
        });
        return text.toString();
    }

    /** lldb's list of all threads and where they are, which spares it a round trip for each. */
    private static String threads(Session session) {
        Register pc = session.view().description().pc();
        String ids = session.target().threads().stream()
                .map(t -> ThreadId.write(session.client(), t.id()))
                .collect(Collectors.joining(","));
        String pcs = session.target().threads().stream()
                .map(t -> Hex.of(pc.decode(session.view().registers(t).read(pc))))
                .collect(Collectors.joining(","));
        return "threads:" + ids + ";thread-pcs:" + pcs + ";";
    }

    private static String ended(ClientFeatures client, char letter, int number) {
        String process = client.multiprocess() ? ";process:" + Hex.of(ThreadId.PROCESS) : "";
        return letter + Hex.of(new byte[] {(byte) number}) + process;
    }
}
