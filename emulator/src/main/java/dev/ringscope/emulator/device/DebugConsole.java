package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.Ports;

/**
 * The debug console of Bochs and QEMU at port 0xe9: what is written goes out, and reading gives 0xe9, by which guests
 * recognise it.
 */
public final class DebugConsole implements Device, BytePorts {
    public static final int DEFAULT_PORT = 0xe9;

    private final int port;
    private final ByteSink sink;

    public DebugConsole(int port, ByteSink sink) {
        this.port = port;
        this.sink = sink;
    }

    public void claimPorts(Ports ports) {
        ports.claim(port, 1, this);
    }

    @Override
    public int readByte(int at) {
        return at == port ? 0xe9 : 0xff;
    }

    @Override
    public void writeByte(int at, int value) {
        if (at == port) {
            sink.accept(value);
        }
    }

    @Override
    public String name() {
        return "debug-console";
    }

    @Override
    public void reset() {}

    @Override
    public void save(StateOutput out) {}

    @Override
    public void load(StateInput in) {}
}
