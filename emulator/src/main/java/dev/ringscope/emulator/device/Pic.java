package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.Ports;

/**
 * The AT's pair of interrupt controllers: a master at ports 0x20-0x21 with the slave (0xa0-0xa1) on its input 2, and
 * the edge/level control registers of the EISA and PIIX chips at 0x4d0-0x4d1 (82371AB datasheet, section 4.2.4). IRQs
 * 0, 1, 2, 8 and 13 are always edge-triggered. A request that has gone by the time it is acknowledged gives the
 * spurious IRQ 7 or 15, which leaves no in-service bit.
 */
public final class Pic implements Device, BytePorts {
    private static final int CASCADE = 2;

    private final PicChip master = new PicChip(1 << CASCADE);
    private final PicChip slave = new PicChip(0);
    private InterruptLine output = InterruptLine.UNCONNECTED;

    /** Where the INTR pin leads: to the processor, or to the local APIC's LINT0. */
    public void connect(InterruptLine intr) {
        output = intr;
        update();
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x20, 2, this);
        ports.claim(0xa0, 2, this);
        ports.claim(0x4d0, 2, this);
    }

    /** The interrupt request input 0..15 (2 is the cascade and taken). */
    public InterruptLine line(int irq) {
        if (irq < 0 || irq > 15 || irq == CASCADE) {
            throw new IllegalArgumentException("no device can have IRQ " + irq);
        }
        return level -> {
            (irq < 8 ? master : slave).line(irq & 7, level);
            update();
        };
    }

    /** The chip of IRQs 0 to 7. */
    public PicState masterState() {
        return master.state();
    }

    /** The chip of IRQs 8 to 15. */
    public PicState slaveState() {
        return slave.state();
    }

    /** The INTR pin. */
    public boolean pending() {
        return master.request() >= 0;
    }

    /** The processor's interrupt acknowledge cycle: the vector, 0..255. */
    public int acknowledge() {
        int vector = masterVector();
        update();
        return vector;
    }

    private int masterVector() {
        int input = master.request();
        if (input < 0) {
            return master.vector(7);
        }
        master.accept(input);
        if (input != CASCADE) {
            return master.vector(input);
        }
        int behind = slave.request();
        if (behind < 0) {
            return slave.vector(7);
        }
        slave.accept(behind);
        return slave.vector(behind);
    }

    private void update() {
        master.line(CASCADE, false);
        master.line(CASCADE, slave.request() >= 0);
        output.set(pending());
    }

    @Override
    public int readByte(int port) {
        int value = switch (port) {
            case 0x20, 0x21 -> master.read(port == 0x21);
            case 0xa0, 0xa1 -> slave.read(port == 0xa1);
            case 0x4d0 -> master.elcr();
            case 0x4d1 -> slave.elcr();
            default -> 0xff;
        };
        update();
        return value;
    }

    @Override
    public void writeByte(int port, int value) {
        switch (port) {
            case 0x20, 0x21 -> master.write(port == 0x21, value);
            case 0xa0, 0xa1 -> slave.write(port == 0xa1, value);
            case 0x4d0 -> master.setElcr(value & 0xf8);
            case 0x4d1 -> slave.setElcr(value & 0xde);
            default -> {}
        }
        update();
    }

    @Override
    public String name() {
        return "pic";
    }

    @Override
    public void reset() {
        master.reset();
        slave.reset();
        output.set(false);
    }

    @Override
    public void save(StateOutput out) {
        master.save(out);
        slave.save(out);
    }

    @Override
    public void load(StateInput in) {
        master.load(in);
        slave.load(in);
        output.set(pending());
    }
}
