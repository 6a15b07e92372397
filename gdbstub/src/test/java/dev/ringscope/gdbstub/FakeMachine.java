package dev.ringscope.gdbstub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/**
 * A target for tests: one processor that executes seven x86-64 instructions, 16 KiB of memory at 0x10000 whose physical
 * addresses begin at 0, and a history that it can go back in.
 */
public class FakeMachine implements Target {
    public static final long BASE = 0x10000;
    public static final int SIZE = 0x4000;
    private static final int MOST_HISTORY = 100_000;

    /** What one instruction undid: all registers, and the 8 bytes it stored at {@code at}, or -1. */
    private record Undo(Map<String, byte[]> registers, int at, long old) {}

    private final TargetDescription description = X86Description.machine();
    public final byte[] bytes = new byte[SIZE];
    private Map<String, byte[]> registers = new HashMap<>();
    private final Deque<Undo> history = new ArrayDeque<>();
    /** Released by the first instruction of a run, so that a test can wait for it. */
    public volatile CountDownLatch running = new CountDownLatch(1);

    public volatile Resume lastResume;
    public volatile boolean wasKilled;
    public boolean recording;
    private long touched;
    private boolean touchedByWrite;
    private boolean touching;

    public FakeMachine(int... code) {
        for (Register register : description.registers()) {
            registers.put(register.name(), new byte[register.bytes()]);
        }
        for (int i = 0; i < code.length; i++) {
            bytes[i] = (byte) code[i];
        }
        set("rip", BASE);
        set("rsp", BASE + SIZE);
        set("cr3", 0x1000);
        set("eflags", 2);
    }

    public long get(String name) {
        return description.register(name).decode(registers.get(name));
    }

    public final void set(String name, long value) {
        registers.put(name, description.register(name).encode(value));
    }

    @Override
    public TargetDescription description() {
        return description;
    }

    @Override
    public List<GuestThread> threads() {
        return List.of(new Cpu0());
    }

    @Override
    public Optional<ReverseExecution> reverse() {
        return Optional.of(this::backwards);
    }

    @Override
    public Optional<Memory> physicalMemory() {
        return Optional.of(new Space(0));
    }

    @Override
    public Optional<Kill> kill() {
        return recording ? Optional.empty() : Optional.of(() -> wasKilled = true);
    }

    @Override
    public Stop resume(Resume how) {
        lastResume = how;
        while (true) {
            if (how.interrupt().requested()) {
                return new Stop.Interrupted(1);
            }
            touching = false;
            Optional<Stop> stop = execute();
            running.countDown();
            if (stop.isEmpty()) {
                stop = watched(how);
            }
            if (stop.isPresent()) {
                return stop.get();
            }
            if (how.breakpoints().at(get("rip"))) {
                return new Stop.Breakpoint(1, get("rip"));
            }
            if (how.stepping().isPresent()) {
                return new Stop.StepDone(1);
            }
        }
    }

    /** How many instructions have been executed, less those taken back. */
    public final long position() {
        return history.size();
    }

    final Stop backwards(Resume how) {
        lastResume = how;
        running.countDown();
        while (true) {
            if (how.interrupt().requested()) {
                return new Stop.Interrupted(1);
            }
            if (history.isEmpty()) {
                return new Stop.ReplayLogBegin(1);
            }
            Undo undo = history.pop();
            registers = undo.registers();
            touching = undo.at() >= 0;
            if (touching) {
                touched = BASE + undo.at();
                touchedByWrite = true;
                putLong(undo.at(), undo.old());
            }
            Optional<Stop> stop = watched(how);
            if (stop.isPresent()) {
                return stop.get();
            }
            if (how.breakpoints().at(get("rip"))) {
                return new Stop.Breakpoint(1, get("rip"));
            }
            if (how.stepping().isPresent()) {
                return new Stop.StepDone(1);
            }
        }
    }

    private Optional<Stop> watched(Resume how) {
        if (!touching) {
            return Optional.empty();
        }
        return how.breakpoints().watchpoints().stream()
                .filter(w -> w.stopsAt(touchedByWrite) && w.touches(touched, 8))
                .map(w -> (Stop) new Stop.Watch(
                        1, w.kind(), Long.compareUnsigned(touched, w.address()) > 0 ? touched : w.address()))
                .findFirst();
    }

    /** One instruction; a stop if it ends the program or faults. */
    private Optional<Stop> execute() {
        if (Long.compareUnsigned(get("rip") - BASE, SIZE - 2) >= 0) {
            return Optional.of(new Stop.Signalled(1, Signal.SIGSEGV, "no code there"));
        }
        int at = (int) (get("rip") - BASE);
        Map<String, byte[]> before = new HashMap<>(registers);
        int stored = -1;
        long old = 0;
        int rdi = (int) (get("rdi") - BASE);
        switch (opcode(at)) {
            case 0x90, 0xf4 -> next(1); // nop, hlt
            case 0xeb -> next(2 + bytes[at + 1]); // jmp rel8
            case 0x48ffc0 -> { // inc rax
                set("rax", get("rax") + 1);
                next(3);
            }
            case 0x488907 -> { // mov [rdi], rax
                stored = rdi;
                old = getLong(rdi);
                putLong(rdi, get("rax"));
                touch(rdi, true);
                next(3);
            }
            case 0x488b1f -> { // mov rbx, [rdi]
                set("rbx", getLong(rdi));
                touch(rdi, false);
                next(3);
            }
            case 0xcd80 -> { // int 0x80: exit(rbx)
                return Optional.of(new Stop.Exited((int) get("rbx") & 0xff));
            }
            default -> {
                return Optional.of(new Stop.Signalled(1, Signal.SIGILL, "no such instruction"));
            }
        }
        history.push(new Undo(before, stored, old));
        if (history.size() > MOST_HISTORY) {
            history.removeLast();
        }
        return Optional.empty();
    }

    private void touch(int at, boolean write) {
        touching = true;
        touched = BASE + at;
        touchedByWrite = write;
    }

    private void next(int length) {
        set("rip", get("rip") + length);
    }

    private int opcode(int at) {
        int first = bytes[at] & 0xff;
        return switch (first) {
            case 0x48 -> first << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff;
            case 0xcd -> first << 8 | bytes[at + 1] & 0xff;
            default -> first;
        };
    }

    public long getLong(int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    private void putLong(int at, long value) {
        for (int i = 0; i < 8; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private final class Cpu0 implements GuestThread, RegisterFile {
        @Override
        public int id() {
            return 1;
        }

        @Override
        public int core() {
            return 0;
        }

        @Override
        public String describe() {
            return "CPU0 ring0 cr3=0x" + Long.toHexString(get("cr3"));
        }

        @Override
        public OptionalLong quantity(String name) {
            return name.equals("position") ? OptionalLong.of(position()) : OptionalLong.empty();
        }

        @Override
        public RegisterFile registers() {
            return this;
        }

        @Override
        public Memory memory() {
            return new Space(BASE);
        }

        @Override
        public byte[] read(Register register) {
            return registers.get(register.name()).clone();
        }

        @Override
        public void write(Register register, byte[] value) throws RefusedException {
            if (recording) {
                throw new RefusedException("this is a recording: " + register.name() + " cannot be written");
            }
            registers.put(register.name(), value.clone());
        }
    }

    /** The memory, as it appears from {@code base} on. */
    private final class Space implements Memory {
        private final long base;

        Space(long base) {
            this.base = base;
        }

        @Override
        public int read(long address, byte[] into, int offset, int length) {
            long at = address - base;
            if (at < 0 || at >= SIZE) {
                return 0;
            }
            int n = (int) Math.min(length, SIZE - at);
            System.arraycopy(bytes, (int) at, into, offset, n);
            return n;
        }

        @Override
        public void write(long address, byte[] data) throws RefusedException {
            long at = address - base;
            if (recording || at < 0 || at + data.length > SIZE) {
                throw new RefusedException(recording ? "this is a recording" : "no memory at all of these addresses");
            }
            System.arraycopy(data, 0, bytes, (int) at, data.length);
        }

        @Override
        public Optional<Region> region(long address) {
            long at = address - base;
            if (at >= 0 && at < SIZE) {
                return Optional.of(new Region(base, SIZE, "rwx"));
            }
            return Optional.of(at < 0 ? new Region(0, base, "") : new Region(base + SIZE, -(base + SIZE), ""));
        }
    }

    @Override
    public List<MonitorCommand> monitorCommands() {
        return new ArrayList<>(List.of(new Where()));
    }

    private final class Where implements MonitorCommand {
        @Override
        public String name() {
            return "info where";
        }

        @Override
        public String summary() {
            return "[TEXT]: the pc";
        }

        @Override
        public String run(GuestThread thread, String arguments) {
            return "pc=" + Long.toHexString(get("rip")) + " thread=" + thread.id() + " [" + arguments + "]\n";
        }
    }
}
