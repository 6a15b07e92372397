package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.Ports;

/**
 * The AT's way to report x87 exceptions while CR0.NE is clear: FERR# is latched and raises IRQ 13, until the handler
 * writes port 0xf0 (IBM PC AT Technical Reference, "Math Coprocessor"; Intel SDM vol. 1, D.2.1).
 */
public final class CoprocessorError implements Device, BytePorts {
    private static final int PORT = 0xf0;

    private final InterruptLine irq13;
    private boolean latched;

    public CoprocessorError(InterruptLine irq13) {
        this.irq13 = irq13;
    }

    public void claimPorts(Ports ports) {
        ports.claim(PORT, 1, this);
    }

    /** The processor asserts FERR#. */
    public void raise() {
        latched = true;
        irq13.set(true);
    }

    @Override
    public int readByte(int port) {
        return 0xff;
    }

    @Override
    public void writeByte(int port, int value) {
        latched = false;
        irq13.set(false);
    }

    @Override
    public String name() {
        return "ferr";
    }

    @Override
    public void reset() {
        latched = false;
        irq13.set(false);
    }

    @Override
    public void save(StateOutput out) {
        out.put(latched);
    }

    @Override
    public void load(StateInput in) {
        latched = in.nextBoolean();
    }
}
