package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.PortDevice;
import dev.ringscope.emulator.memory.Ports;
import java.util.Optional;

/**
 * The primary IDE channel: ports 0x1f0-0x1f7, 0x3f6, IRQ 14, with up to two {@link AtaDrive disks} (ATA/ATAPI-6, ch.
 * 7). Where there is no drive, its registers read as zeros and commands vanish; without any the channel's ports read as
 * ones.
 */
public final class IdeController implements Device, PortDevice {
    private static final int COMMAND_BLOCK = 0x1f0, CONTROL = 0x3f6;
    private static final int DATA = 0, ERROR = 1, STATUS = 7;
    private static final int INTERRUPTS_OFF = 2, SOFT_RESET = 4, HIGH_ORDER = 0x80;
    private static final int DIAGNOSTIC = 0x90;

    private final AtaDrive[] drives = new AtaDrive[2];
    private final InterruptLine irq14;
    private int selected;
    private int control;
    private boolean requested;

    /** @param disk0 and {@code disk1}: what is behind drives 0 and 1 */
    public IdeController(InterruptLine irq14, Optional<Disk> disk0, Optional<Disk> disk1) {
        this.irq14 = irq14;
        disk0.ifPresent(disk -> drives[0] = new AtaDrive("RS0", disk, () -> interrupt(0)));
        disk1.ifPresent(disk -> drives[1] = new AtaDrive("RS1", disk, () -> interrupt(1)));
    }

    public void claimPorts(Ports ports) {
        ports.claim(COMMAND_BLOCK, 8, this);
        ports.claim(CONTROL, 1, this);
    }

    private void interrupt(int drive) {
        if (drive == selected) {
            requested = true;
            update();
        }
    }

    private void update() {
        irq14.set(requested && (control & INTERRUPTS_OFF) == 0);
    }

    private boolean empty() {
        return drives[0] == null && drives[1] == null;
    }

    @Override
    public int readPort(int port, int size) {
        int register = port - COMMAND_BLOCK;
        AtaDrive drive = drives[selected];
        if (empty()) {
            return -1;
        }
        if (register == DATA) {
            return drive == null ? 0 : drive.readData(size);
        }
        if (drive == null) {
            return 0;
        }
        if (port == CONTROL) {
            return drive.status();
        }
        if (register == STATUS) {
            requested = false;
            update();
            return drive.status();
        }
        return register == ERROR ? drive.error() : drive.read(register, (control & HIGH_ORDER) != 0);
    }

    @Override
    public void writePort(int port, int size, int value) {
        int register = port - COMMAND_BLOCK;
        if (port == CONTROL) {
            writeControl(value & 0xff);
        } else if (register == DATA) {
            if (drives[selected] != null) {
                drives[selected].writeData(size, value);
            }
        } else if (register == STATUS) {
            command(value & 0xff);
        } else {
            writeRegister(register, value & 0xff);
        }
    }

    /** Both drives take what is written; bit 4 of the device register says which of them answers. */
    private void writeRegister(int register, int value) {
        control &= ~HIGH_ORDER;
        if (register == AtaDrive.DEVICE) {
            selected = value >> 4 & 1;
        }
        for (AtaDrive drive : drives) {
            if (drive != null) {
                drive.write(register, value);
            }
        }
    }

    private void command(int value) {
        control &= ~HIGH_ORDER;
        requested = false;
        update();
        if (value == DIAGNOSTIC) {
            selected = 0;
        }
        if (drives[selected] != null) {
            drives[selected].execute(value);
        }
    }

    private void writeControl(int value) {
        boolean released = (control & SOFT_RESET) != 0 && (value & SOFT_RESET) == 0;
        control = value;
        if (released) {
            resetDrives();
        }
        update();
    }

    private void resetDrives() {
        selected = 0;
        requested = false;
        for (AtaDrive drive : drives) {
            if (drive != null) {
                drive.reset();
            }
        }
    }

    @Override
    public String name() {
        return "ide";
    }

    @Override
    public void reset() {
        control = 0;
        resetDrives();
        update();
    }

    @Override
    public void save(StateOutput out) {
        out.put(selected).put(control).put(requested);
        for (AtaDrive drive : drives) {
            if (drive != null) {
                drive.save(out);
            }
        }
    }

    @Override
    public void load(StateInput in) {
        selected = in.nextInt();
        control = in.nextInt();
        requested = in.nextBoolean();
        for (AtaDrive drive : drives) {
            if (drive != null) {
                drive.load(in);
            }
        }
    }
}
