package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.PortDevice;
import dev.ringscope.emulator.memory.Ports;
import java.util.function.IntConsumer;

/**
 * Ends the run with a status, as QEMU's isa-debug-exit does: writing v gives the odd status (v << 1) | 1. Four ports;
 * reads give zero.
 */
public final class DebugExit implements Device, PortDevice {
    /** The port that test suites expect. */
    public static final int DEFAULT_PORT = 0xf4;

    private final int port;
    private final IntConsumer exit;

    /** @param exit takes the status */
    public DebugExit(int port, IntConsumer exit) {
        this.port = port;
        this.exit = exit;
    }

    public void claimPorts(Ports ports) {
        ports.claim(port, 4, this);
    }

    @Override
    public int readPort(int at, int size) {
        return 0;
    }

    @Override
    public void writePort(int at, int size, int value) {
        int written = size == 4 ? value : value & (1 << 8 * size) - 1;
        exit.accept(written << 1 | 1);
    }

    @Override
    public String name() {
        return "debug-exit";
    }

    @Override
    public void reset() {}

    @Override
    public void save(StateOutput out) {}

    @Override
    public void load(StateInput in) {}
}
