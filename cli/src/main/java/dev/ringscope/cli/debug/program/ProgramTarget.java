package dev.ringscope.cli.debug.program;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.MachineTarget;
import dev.ringscope.emulator.user.HypercallPort;
import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.GuestFiles;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Kill;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Restart;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.ReverseExecution;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.X86Description;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program under the built-in guest kernel as gdb would see it natively, over a machine of any kind: gdb sees ring 3,
 * the program's threads and its half of the address space, and is told of its signals and system calls.
 */
public final class ProgramTarget implements Target {
    private static final Set<ProgramFeature> FEATURES = Set.of(
            ProgramFeature.CATCH_SYSCALLS,
            ProgramFeature.SIGNALS,
            ProgramFeature.SIGINFO,
            ProgramFeature.NO_NEW_PROCESSES);
    private static final Set<ProgramFeature> LIVE_FEATURES = Stream.concat(
                    FEATURES.stream(), Stream.of(ProgramFeature.NON_STOP))
            .collect(Collectors.toUnmodifiableSet());

    private final Guest guest;
    private final MachineTarget machine;
    private final Moves moves;
    private final ExitStop exit;
    private final Stops stops;
    private final Delivery delivery;
    private final Locking locking;
    private final Restarts restarts;
    private final ProgramMemory memory;
    private final GuestFiles files;
    private final TargetDescription description;
    private final long start;

    private ProgramTarget(Guest guest, Moves moves, long start) {
        this.guest = guest;
        this.moves = moves;
        this.start = start;
        machine = new MachineTarget(guest);
        exit = new ExitStop(guest, moves);
        stops = new Stops(exit);
        memory = new ProgramMemory(moves);
        delivery = new Delivery(moves);
        locking = new Locking(moves);
        restarts = new Restarts(moves);
        files = new ProgramFiles(moves);
        description = moves.process().wide() ? X86Description.linuxProgram() : X86Description.linuxProgramForI386();
    }

    /**
     * Puts the guest where its program's debugger begins: at the first instruction, or at the first of the program's
     * from where it stands on.
     *
     * @return the whole machine if no program begins on it
     */
    public static Target of(Guest guest) throws RefusedException {
        boolean program = guest.machine().description().devices().stream()
                .anyMatch(d -> d.name().equals(HypercallPort.NAME));
        if (!program) {
            return new MachineTarget(guest);
        }
        long wanted = guest.machine().position();
        Moves moves = new Moves(guest);
        if (wanted > 0) {
            guest.seek(0);
        }
        while (!moves.inProgram()) {
            if (!(moves.step(Breakpoints.NONE) instanceof Stop.StepDone)) {
                return new MachineTarget(guest);
            }
        }
        long start = guest.machine().position();
        if (wanted > start) {
            guest.seek(wanted);
        }
        return new ProgramTarget(guest, moves, start);
    }

    /** Whoever moved the machine by other means may have left it in the kernel. */
    private void settle() {
        try {
            if (guest.machine().position() < start) {
                guest.seek(start);
            }
            ForwardRun.settle(moves, stops, delivery, locking);
        } catch (RefusedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private ProcessView process() {
        return moves.process();
    }

    @Override
    public TargetDescription description() {
        return description;
    }

    @Override
    public List<GuestThread> threads() {
        settle();
        List<GuestThread> threads = new ArrayList<>();
        for (int tid : process().threads()) {
            threads.add(new ProgramThread(moves, tid, memory, delivery, restarts));
        }
        return threads;
    }

    @Override
    public Stop resume(Resume how) throws RefusedException {
        settle();
        delivery.begin(how);
        restarts.begin(how);
        locking.begin(how);
        ForwardRun run = new ForwardRun(moves, how, stops, delivery, locking);
        return how.stepping().isPresent() ? run.step(how.stepping().getAsInt()) : run.run();
    }

    /** Natively it would be written there. Elsewhere in a recording it may be mapped at another time. */
    @Override
    public void checkSoftwareBreakpoint(long address) throws RefusedException {
        if (moves.isPresent() && !memory.isMapped(address)) {
            throw new RefusedException("0x%x is not mapped: nothing can be executed there".formatted(address));
        }
    }

    @Override
    public Optional<ReverseExecution> reverse() {
        return guest.reversible() ? Optional.of(this::backwards) : Optional.empty();
    }

    private Stop backwards(Resume how) throws RefusedException {
        settle();
        BackwardRun run = new BackwardRun(moves, how, stops, delivery, start);
        return how.stepping().isPresent() ? run.step(how.stepping().getAsInt()) : run.run();
    }

    @Override
    public Optional<Memory> physicalMemory() {
        return machine.physicalMemory();
    }

    @Override
    public Optional<Restart> restart() {
        return guest.live() ? Optional.empty() : Optional.of(arguments -> guest.seek(start));
    }

    @Override
    public Optional<Kill> kill() {
        return machine.kill();
    }

    /** The client has not found the program running: it was started for it. */
    @Override
    public boolean attached() {
        return !guest.live();
    }

    @Override
    public Optional<String> execFile() {
        return Optional.of(process().executable());
    }

    @Override
    public Optional<byte[]> auxv() {
        return Optional.of(process().auxiliaryVector());
    }

    @Override
    public Optional<GuestFiles> files() {
        return Optional.of(files);
    }

    @Override
    public Set<ProgramFeature> programFeatures() {
        return guest.live() ? LIVE_FEATURES : FEATURES;
    }

    @Override
    public List<MonitorCommand> monitorCommands() {
        List<MonitorCommand> commands = new ArrayList<>(machine.monitorCommands());
        if (exit.exists()) {
            commands.add(exit);
        }
        return List.copyOf(commands);
    }

    @Override
    public boolean runsDetached() {
        return machine.runsDetached();
    }
}
