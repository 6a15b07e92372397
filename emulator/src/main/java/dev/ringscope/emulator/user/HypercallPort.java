package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Outside;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.device.ByteSink;
import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.device.InterruptLine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.PortDevice;
import dev.ringscope.emulator.memory.Ports;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The port through which the built-in guest kernel hands over what ring 3 asked: see {@code guest/kernel.S}. */
public final class HypercallPort implements Device, PortDevice {
    /** The device's name. */
    public static final String NAME = "linux";

    static final int PORT = 0x5e0;
    private static final byte[] ZEROS = new byte[PhysicalMemory.PAGE];
    private static final int ALARM = 0x25, KERNEL_FAULT = 0x103;

    private final Machine machine;
    private final Outside outside;
    private final ByteSink standardOutput;
    private final ByteSink standardError;
    private final InterruptLine line;
    private final VirtualTime.Timer alarm;
    /** Null in a replay. */
    private LinuxProcess process;

    private OptionalInt killedBy = OptionalInt.empty();

    /** @param line interrupt request 5, by which the kernel learns that an alarm's time has come */
    public HypercallPort(
            Machine machine, Outside outside, InterruptLine line, ByteSink standardOutput, ByteSink standardError) {
        this.machine = machine;
        this.outside = outside;
        this.standardOutput = standardOutput;
        this.standardError = standardError;
        this.line = line;
        alarm = machine.cpu().time.timer("linux", () -> line.set(true));
    }

    public void claimPorts(Ports ports) {
        ports.claim(PORT, 1, this);
    }

    /** The program that answers from now on. */
    public void attach(LinuxProcess newProcess) {
        process = newProcess;
        process.connect(this::send);
    }

    /** A debugger's signal, as {@link ProcessView#send} writes it; number 0: the kernel shall look who may run. */
    public void receive(byte[] signal) {
        if (process != null) {
            ByteBuffer b = ByteBuffer.wrap(signal).order(ByteOrder.LITTLE_ENDIAN);
            int tid = b.getInt();
            int number = b.getInt();
            if (number != 0) {
                process.inject(tid, number);
            }
        }
        line.set(true);
    }

    /**
     * Gives the page at a linear address its memory, if it is mapped and has none yet, as if the program had touched
     * it. For a debugger of a live machine, between runs; recorded as the debugger's writes.
     *
     * @return whether the address leads somewhere now
     */
    boolean touch(long address) {
        if (process == null) {
            return false;
        }
        Optional<List<Answer.Deed>> deeds = process.touch(address);
        for (Answer.Deed deed : deeds.orElse(List.of())) {
            if (deed instanceof Answer.Store s) {
                machine.writeFromDebugger(s.physical(), s.data());
            } else if (deed instanceof Answer.Clear c) {
                machine.writeFromDebugger(c.physical(), ZEROS);
            }
        }
        return deeds.isPresent();
    }

    /**
     * Whether a thread that would wait for standard input shall leave its system call, to make it again. For a debugger
     * of a live machine that wants to see the program outside the kernel; nothing is recorded but the answers.
     */
    public void breakOffInput(boolean breaksOff) {
        if (process != null) {
            process.breakOffInput(breaksOff);
        }
    }

    /**
     * These threads stand still from the kernel's next question on. Nothing is recorded but what comes of it.
     *
     * @return whether the kernel should be asked at once
     */
    boolean hold(Set<Integer> tids) {
        return process != null && process.hold(tids);
    }

    /** The number of the signal that has ended the program, if one has. */
    public OptionalInt killedBy() {
        return killedBy;
    }

    @Override
    public int readPort(int port, int size) {
        return -1;
    }

    @Override
    public void writePort(int port, int size, int cause) {
        if (cause == KERNEL_FAULT) {
            machine.cpu().stop(StopReason.HALTED, "the built-in guest kernel met a fault of its own");
            return;
        }
        if (cause == ALARM) {
            line.set(false);
        }
        byte[] answer = outside.askOnce(
                "linux", machine.position(), () -> process.answer(cause).encode());
        for (Answer.Deed deed : Answer.decode(answer).deeds()) {
            apply(deed);
        }
    }

    private int send(int stream, byte[] data) {
        ByteSink sink = stream == 2 ? standardError : standardOutput;
        for (int n = 0; n < data.length; n++) {
            sink.accept(data[n] & 0xff);
            if (sink.broken()) {
                return n;
            }
        }
        return data.length;
    }

    private void apply(Answer.Deed deed) {
        switch (deed) {
            case Answer.Store s -> machine.cpu().paging.writeOutside(s.physical(), s.data());
            case Answer.Clear c -> machine.cpu().paging.writeOutside(c.physical(), ZEROS);
            case Answer.Output o -> {
                if (process == null) { // else it has gone out as the answer was worked out
                    send(o.stream(), o.data());
                }
            }
            case Answer.Sleep s -> {
                machine.cpu().time.skipTo(s.until());
                alarm.at(alarm.deadline()); // it and other timers may be due now
            }
            case Answer.Alarm a -> alarm.at(a.at());
            case Answer.Exit e -> {
                killedBy = e.signal() == 0 ? OptionalInt.empty() : OptionalInt.of(e.signal());
                machine.exit(e.signal() == 0 ? e.status() : 128 + e.signal(), explain(e));
            }
            case Answer.Halt h -> machine.cpu().stop(StopReason.HALTED, h.why());
        }
    }

    private static String explain(Answer.Exit e) {
        String how = e.signal() == 0
                ? "exit"
                : "killed by signal %d (%s)".formatted(e.signal(), SignalNumber.name(e.signal()));
        return e.why().isEmpty() ? how : how + ", " + e.why();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void reset() {}

    @Override
    public void save(StateOutput out) {}

    @Override
    public void load(StateInput in) {}
}
