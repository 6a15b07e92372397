package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.explain.View;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Names of Linux's tasks: {@code comm} of the task that a processor's per-CPU data calls the current one. Where
 * {@code comm} lies in a task is found in {@code init_task}, whose name is known; what cannot be found so is not
 * guessed.
 */
final class LinuxTasks {
    private static final int TASK = 16 << 10;
    private static final int NAME = 16;
    private static final String[] FIRST = {"swapper/0", "swapper"};
    private static final String[] CURRENT = {"pcpu_hot", "current_task"};
    /** Where the kernel half of linear addresses begins. */
    private static final long KERNEL = 0xffff_8000_0000_0000L;

    private final Recording recording;
    private final Asker asker;
    private final OptionalLong current;
    private final String explanation;
    private int comm = -1;

    LinuxTasks(Recording recording, Symbols symbols, Asker asker) throws IOException {
        this.recording = recording;
        this.asker = asker;
        OptionalLong variable = OptionalLong.empty();
        for (String name : CURRENT) {
            variable = variable.isPresent() ? variable : symbols.address(name);
        }
        OptionalLong init = symbols.address("init_task");
        current = variable;
        if (symbols.isEmpty()) {
            explanation = "no --symbols of a Linux kernel: names of tasks are not known";
        } else if (variable.isEmpty() || init.isEmpty()) {
            explanation = "the symbols have no init_task, or no current_task or pcpu_hot: names of tasks are not known";
        } else {
            comm = find(init.getAsLong());
            explanation = comm < 0
                    ? "init_task is nowhere called swapper: names of tasks are not known"
                    : "names are comm of the current task, 0x%x bytes into it".formatted(comm);
        }
    }

    boolean known() {
        return comm >= 0;
    }

    String explanation() {
        return explanation;
    }

    /** The place of the name in a task, found at the trace's end; -1 if it is not there just once. */
    private int find(long init) throws IOException {
        long end = recording.trace().endPosition();
        return recording.replays().at(Detail.FLOW, end, asker, timeline -> {
            byte[] task = new byte[TASK];
            int there = View.linear(timeline.machine()).read(init, task);
            String text = new String(task, 0, there, StandardCharsets.ISO_8859_1);
            for (String name : FIRST) {
                int at = text.indexOf(name + "\0");
                if (at >= 0 && text.indexOf(name + "\0", at + 1) < 0) {
                    return at;
                }
            }
            return -1;
        });
    }

    /** The name of the task that runs at a position in ring 0; empty if it cannot be told. */
    Optional<String> nameAt(long position) throws IOException {
        if (!known()) {
            return Optional.empty();
        }
        return recording.replays().at(Detail.FLOW, position, asker, timeline -> name(timeline.machine()));
    }

    private Optional<String> name(Machine machine) {
        View memory = View.linear(machine);
        for (String register : new String[] {"gs_base", "k_gs_base"}) {
            long base = Registers.read(machine.cpu(), register);
            byte[] pointer = new byte[8];
            boolean kernel = Long.compareUnsigned(base, KERNEL) >= 0;
            if (!kernel || memory.read(base + current.getAsLong(), pointer) < 8) {
                continue;
            }
            long task = LittleEndian.get(pointer, 0, 8);
            byte[] name = new byte[NAME];
            if (Long.compareUnsigned(task, KERNEL) >= 0 && memory.read(task + comm, name) == NAME) {
                return text(name);
            }
        }
        return Optional.empty();
    }

    /** Printable characters up to a zero, at least one. */
    private static Optional<String> text(byte[] name) {
        int length = 0;
        while (length < name.length && name[length] != 0) {
            if (name[length] < ' ' || name[length] > '~') {
                return Optional.empty();
            }
            length++;
        }
        return length == 0 || length == name.length
                ? Optional.empty()
                : Optional.of(new String(name, 0, length, StandardCharsets.US_ASCII));
    }
}
