package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Resume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the machine has to stop so that gdb gets what it wants of a program. The sets are kept from run to run: a
 * machine whose breakpoints change forgets its decoded code.
 */
final class Stops {
    private Breakpoints wanted = Breakpoints.NONE;
    private final ExitStop exit;
    private boolean calls;
    private boolean exits;
    private Breakpoints set;
    private Breakpoints withDoors;

    Stops(ExitStop exit) {
        this.exit = exit;
    }

    ExitStop exit() {
        return exit;
    }

    private void prepare(Resume how, ProcessView process) {
        boolean callsNow = how.events().syscalls().enabled();
        boolean exitsNow = exit.wanted();
        if (set != null && calls == callsNow && exits == exitsNow && wanted.equals(how.breakpoints())) {
            return;
        }
        wanted = how.breakpoints();
        calls = callsNow;
        exits = exitsNow;
        set = plus(wanted, phases(process));
        withDoors = null;
    }

    private List<Long> phases(ProcessView process) {
        if (calls) {
            return List.of(process.signalStop(), process.callEntry(), process.callReturn());
        }
        return exits ? List.of(process.signalStop(), process.callEntry()) : List.of(process.signalStop());
    }

    private static Breakpoints plus(Breakpoints some, List<Long> more) {
        List<Long> code = new ArrayList<>(more);
        Arrays.stream(some.code()).forEach(code::add);
        return new Breakpoints(code, some.watchpoints());
    }

    /** gdb's breakpoints, and the phases in the kernel that may be a stop of the program. */
    Breakpoints of(Resume how, ProcessView process) {
        prepare(how, process);
        return set;
    }

    /** Those, and where the kernel is entered. */
    Breakpoints withDoors(Resume how, Moves moves) {
        prepare(how, moves.process());
        if (withDoors == null) {
            withDoors = plus(set, moves.doors());
        }
        return withDoors;
    }
}
