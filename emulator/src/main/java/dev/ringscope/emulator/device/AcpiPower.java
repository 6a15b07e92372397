package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.Ports;

/**
 * The fixed hardware of ACPI (specification 6.5, section 4.8.3): PM1a status and enable at 0x600 and 0x602, PM1a
 * control at 0x604, the 24-bit power-management timer at 0x608. The machine is always in ACPI mode (there is no SMI to
 * ask for it): SCI_EN reads as one. Sleep type 0 is S5, so that 0x2000 written to 0x604 switches the power off as on
 * QEMU; other types do nothing.
 */
public final class AcpiPower implements Device, BytePorts {
    public static final int BASE = 0x600;
    public static final int EVENT_BLOCK = BASE;
    public static final int CONTROL_BLOCK = BASE + 4;
    public static final int TIMER_BLOCK = BASE + 8;
    /** SLP_TYP of the soft-off state, for the DSDT's _S5 object. */
    public static final int SLEEP_TYPE_S5 = 0;

    private static final Oscillator CLOCK = new Oscillator(3_579_545);
    private static final int TMR_STS = 1, PWRBTN_STS = 1 << 8, WRITABLE_STATUS = 0x8931;
    private static final int SCI_EN = 1, SLP_EN = 1 << 13;
    private static final int HALF = 1 << 23;

    private final VirtualTime time;
    private final InterruptLine sci;
    private final Runnable powerOff;
    private final VirtualTime.Timer overflow;
    private int status;
    private int enable;
    private int control;
    /** How often the timer's high bit had toggled when TMR_STS was last brought up to date. */
    private long toggles;

    /**
     * @param sci the system control interrupt, IRQ 9
     * @param powerOff called when the guest enters S5
     */
    public AcpiPower(VirtualTime time, InterruptLine sci, Runnable powerOff) {
        this.time = time;
        this.sci = sci;
        this.powerOff = powerOff;
        overflow = time.timer("pm-timer", this::update);
    }

    public void claimPorts(Ports ports) {
        ports.claim(BASE, 12, this);
    }

    /** The power button is pressed: an ACPI operating system is asked to shut down. */
    public void pressPowerButton() {
        status |= PWRBTN_STS;
        update();
    }

    private void update() {
        long now = CLOCK.cycles(time.now()) / HALF;
        if (now != toggles) {
            toggles = now;
            status |= TMR_STS;
        }
        sci.set((status & enable) != 0);
        overflow.at((enable & TMR_STS) != 0 ? CLOCK.nanoseconds((now + 1) * HALF) : Long.MAX_VALUE);
    }

    @Override
    public int readPort(int port, int size) {
        if (port == TIMER_BLOCK && size == 4) {
            return timer();
        }
        return BytePorts.super.readPort(port, size);
    }

    private int timer() {
        return (int) CLOCK.cycles(time.now()) & 0xff_ffff;
    }

    @Override
    public int readByte(int port) {
        update();
        int offset = port - BASE;
        return switch (offset) {
            case 0, 1 -> status >> 8 * offset & 0xff;
            case 2, 3 -> enable >> 8 * (offset - 2) & 0xff;
            case 4, 5 -> (control | SCI_EN) >> 8 * (offset - 4) & 0xff;
            case 8, 9, 10, 11 -> timer() >> 8 * (offset - 8) & 0xff;
            default -> 0;
        };
    }

    @Override
    public void writeByte(int port, int value) {
        update();
        int offset = port - BASE;
        switch (offset) {
            case 0, 1 -> status &= ~(value << 8 * offset & WRITABLE_STATUS);
            case 2, 3 -> enable = replace(enable, offset - 2, value);
            case 4, 5 -> writeControl(offset - 4, value);
            default -> {} // the timer is read only
        }
        update();
    }

    private static int replace(int word, int index, int value) {
        return word & ~(0xff << 8 * index) | value << 8 * index;
    }

    /** SLP_EN reads as zero and acts when it is written as one. */
    private void writeControl(int index, int value) {
        int written = replace(control, index, value);
        control = written & ~SLP_EN;
        if ((written & SLP_EN) != 0 && (written >> 10 & 7) == SLEEP_TYPE_S5) {
            powerOff.run();
        }
    }

    @Override
    public String name() {
        return "acpi";
    }

    @Override
    public void reset() {
        status = enable = control = 0;
        update();
        status = 0;
        sci.set(false);
    }

    @Override
    public void save(StateOutput out) {
        out.put(status).put(enable).put(control).put(toggles);
    }

    @Override
    public void load(StateInput in) {
        status = in.nextInt();
        enable = in.nextInt();
        control = in.nextInt();
        toggles = in.next();
    }
}
