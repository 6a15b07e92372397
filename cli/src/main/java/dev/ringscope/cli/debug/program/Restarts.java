package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.Resume;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Threads that a debugger has taken out of a system call in which they waited, to call a function there, and has put
 * back: they make the call again. As in Linux (arch_do_signal_or_restart), that is so if {@code orig_rax} is the call's
 * number and RAX holds -ERESTARTSYS, as it was found.
 */
final class Restarts {
    private static final int ERESTARTSYS = 512;
    /** SYSCALL and INT 0x80 alike. */
    private static final int INSTRUCTION = 2;

    private final Moves moves;
    private final Map<Integer, Long> numbers = new HashMap<>();

    Restarts(Moves moves) {
        this.moves = moves;
    }

    /** What gdb has written to a thread's {@code orig_rax} since it last ran. */
    OptionalLong number(int thread) {
        return numbers.containsKey(thread) ? OptionalLong.of(numbers.get(thread)) : OptionalLong.empty();
    }

    void write(int thread, long number) {
        numbers.put(thread, number);
    }

    /** A run is about to begin. */
    void begin(Resume how) {
        ProcessView process = moves.process();
        for (int thread : how.actions().keySet()) {
            Long number = numbers.remove(thread);
            if (number != null && number >= 0 && (int) process.words(thread, "rax")[0] == -ERESTARTSYS) {
                process.write(thread, "rax", number);
                process.write(thread, "rip", process.words(thread, "rip")[0] - INSTRUCTION);
            }
        }
    }
}
