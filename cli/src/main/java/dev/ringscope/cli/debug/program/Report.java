package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.HypercallPort;
import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import java.util.Optional;
import java.util.OptionalInt;

/** What gdb is told of the machine's stops, in the program's terms. */
final class Report {
    private final Moves moves;
    private final Resume how;
    private final Delivery delivery;
    private final ExitStop exit;

    Report(Moves moves, Resume how, Delivery delivery, ExitStop exit) {
        this.moves = moves;
        this.how = how;
        this.delivery = delivery;
        this.exit = exit;
    }

    /** Of a run that ended. Empty if that is no stop of the program. */
    Optional<Stop> of(Stop machine) {
        int thread = moves.current();
        return switch (machine) {
            case Stop.Breakpoint b ->
                moves.inProgram() ? Optional.of(new Stop.Breakpoint(thread, b.address())) : phase();
            case Stop.Watch w -> Optional.of(new Stop.Watch(thread, w.kind(), w.address()));
            case Stop.StepDone s -> phase();
            case Stop.Interrupted i -> Optional.of(new Stop.Interrupted(resumed(thread)));
            case Stop.Signalled s -> Optional.of(new Stop.Signalled(thread, s.signal(), s.text()));
            case Stop.ReplayLogBegin b -> Optional.of(new Stop.ReplayLogBegin(thread));
            case Stop.ReplayLogEnd e -> Optional.of(new Stop.ReplayLogEnd(thread, e.text()));
            case Stop.Exited e -> Optional.of(ended(e));
            case Stop.OfThread o -> Optional.empty();
            case Stop.NoneResumed n -> Optional.empty();
            case Stop.Terminated t -> Optional.of(t);
        };
    }

    /** That thread, or one of those that gdb let run if it is none of them. */
    int resumed(int thread) {
        return how.actions().containsKey(thread)
                ? thread
                : how.actions().keySet().stream()
                        .filter(moves.process().threads()::contains)
                        .min(Integer::compare)
                        .orElse(thread);
    }

    private Stop ended(Stop.Exited exited) {
        OptionalInt signal =
                moves.machine().device(HypercallPort.NAME, HypercallPort.class).killedBy();
        return signal.isEmpty() ? exited : new Stop.Terminated(signal(signal.getAsInt()));
    }

    static Signal signal(int linux) {
        return Signal.ofLinux(linux).orElseThrow();
    }

    /** What the present moment is to gdb, if the machine stands at a phase of the kernel. */
    Optional<Stop> phase() {
        ProcessView process = moves.process();
        return switch (moves.phase()) {
            case PROGRAM, KERNEL, IDLE -> Optional.empty();
            case CALL_ENTRY ->
                caught(process)
                        .<Stop>map(n -> new Stop.SyscallEntry(process.currentThread(), n))
                        .or(() -> exit.before(process));
            case CALL_RETURN -> caught(process).map(n -> new Stop.SyscallReturn(process.currentThread(), n));
            case SIGNAL_STOP -> signalled(process);
        };
    }

    private Optional<Integer> caught(ProcessView process) {
        return process.call().map(c -> (int) c.number()).filter(how.events().syscalls()::catches);
    }

    /**
     * Like gdbserver: a thread that steps is told of every signal, and so is one that stands at a breakpoint. gdb lets
     * a function that it calls return to one on the stack, which may not be executed.
     */
    private Optional<Stop> signalled(ProcessView process) {
        ProcessView.Signal here = process.signal().orElseThrow();
        if (here.number() == 0 || delivery.wasSent(here)) {
            return Optional.empty();
        }
        Signal signal = signal(here.number());
        boolean steps = how.stepping().isPresent() && how.stepping().getAsInt() == here.tid();
        boolean place = how.breakpoints().at(moves.process().words(here.tid(), "rip")[0]);
        return !steps && !place && how.events().passSignals().contains(signal)
                ? Optional.empty()
                : Optional.of(new Stop.Signalled(here.tid(), signal, ""));
    }
}
