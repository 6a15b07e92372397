package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.Ports;

/**
 * The system control ports of the AT and PS/2. Port 0x61: bit 0 gate of timer channel 2, bit 1 speaker, bits 2-3 masks
 * of the parity checks (stored), bit 4 toggles with each memory refresh, bit 5 output of channel 2. Port 0x92: bit 0
 * resets the machine on its way from 0 to 1, bit 1 opens the A20 gate. (82371AB datasheet, sections 4.2.5 and 4.2.6.)
 */
public final class SystemControl implements Device, BytePorts {
    /** Nanoseconds between two refreshes: 18 cycles of the timer. */
    private static final long REFRESH = 15_085;

    private final VirtualTime time;
    private final Pit pit;
    private final A20Gate a20;
    private final Runnable reset;
    private int stored61;
    private boolean fastReset;

    /** @param reset called when the guest asks for a reset of the machine */
    public SystemControl(VirtualTime time, Pit pit, A20Gate a20, Runnable reset) {
        this.time = time;
        this.pit = pit;
        this.a20 = a20;
        this.reset = reset;
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x61, 1, this);
        ports.claim(0x92, 1, this);
    }

    @Override
    public int readByte(int port) {
        return switch (port) {
            case 0x61 ->
                stored61
                        | (pit.gate2() ? 1 : 0)
                        | (time.now() / REFRESH % 2 != 0 ? 0x10 : 0)
                        | (pit.output2() ? 0x20 : 0);
            case 0x92 -> (a20.isOpen() ? 2 : 0) | (fastReset ? 1 : 0);
            default -> 0xff;
        };
    }

    @Override
    public void writeByte(int port, int value) {
        if (port == 0x61) {
            stored61 = value & 0x0e;
            pit.gate2((value & 1) != 0);
        } else if (port == 0x92) {
            a20.set((value & 2) != 0);
            boolean requested = (value & 1) != 0 && !fastReset;
            fastReset = (value & 1) != 0;
            if (requested) {
                reset.run();
            }
        }
    }

    @Override
    public String name() {
        return "system-control";
    }

    @Override
    public void reset() {
        stored61 = 0;
        fastReset = false;
    }

    @Override
    public void save(StateOutput out) {
        out.put(stored61).put(fastReset);
    }

    @Override
    public void load(StateInput in) {
        stored61 = in.nextInt();
        fastReset = in.nextBoolean();
    }
}
