package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/**
 * The gate on address line 20 that the keyboard controller and port 0x92 both move; the one that wrote last decides,
 * and both read it back. Open after power-on, as firmware leaves it.
 */
public final class A20Gate implements Device, InterruptLine {
    private final InterruptLine output;
    private boolean open = true;

    /** @param output told whenever the gate is written: true while address line 20 passes */
    public A20Gate(InterruptLine output) {
        this.output = output;
    }

    @Override
    public void set(boolean level) {
        open = level;
        output.set(level);
    }

    public boolean isOpen() {
        return open;
    }

    @Override
    public String name() {
        return "a20";
    }

    @Override
    public void reset() {
        set(true);
    }

    @Override
    public void save(StateOutput out) {
        out.put(open);
    }

    @Override
    public void load(StateInput in) {
        set(in.nextBoolean());
    }
}
