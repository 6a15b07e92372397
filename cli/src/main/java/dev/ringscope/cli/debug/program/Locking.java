package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.Resume;
import java.util.HashSet;
import java.util.Set;

/**
 * Threads that gdb does not resume stand still: the guest's scheduler passes them over ({@code set scheduler-locking},
 * a step over a breakpoint). In a recording threads run as they ran.
 */
final class Locking {
    private final Moves moves;
    private Set<Integer> held = Set.of();

    Locking(Moves moves) {
        this.moves = moves;
    }

    /** A run is about to begin. */
    void begin(Resume how) {
        Set<Integer> wanted = Set.of();
        if (moves.isPresent()) {
            Set<Integer> others = new HashSet<>(moves.process().threads());
            others.removeAll(how.actions().keySet());
            wanted = Set.copyOf(others);
        }
        ProcessView process = moves.process();
        if (!wanted.equals(held) || wanted.contains(process.currentThread())) {
            process.hold(wanted);
        }
        held = wanted;
    }

    boolean holds(int thread) {
        return held.contains(thread);
    }

    /** Whether all threads that there are stand still. */
    boolean holdsAll() {
        return held.containsAll(moves.process().threads());
    }
}
