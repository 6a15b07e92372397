package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.Ports;

/**
 * The keyboard controller of the AT and PS/2 (IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary
 * Device Controller"): data at port 0x60, command and status at 0x64, IRQ 1 and IRQ 12, the A20 gate and the reset line
 * at its output port. It answers at once. After power-on it is as firmware leaves it: keyboard on, its interrupt on,
 * translated to scan code set 1; mouse off.
 */
public final class I8042 implements Device, BytePorts {
    private static final int OUTPUT_FULL = 1, SYSTEM = 4, COMMAND = 8, UNLOCKED = 0x10, FROM_MOUSE = 0x20;
    private static final int KEYBOARD_IRQ = 1, MOUSE_IRQ = 2, KEYBOARD_OFF = 0x10, MOUSE_OFF = 0x20, TRANSLATE = 0x40;
    private static final int NONE = -1;

    private final Ps2Keyboard keyboard;
    private final Ps2Mouse mouse;
    private final InterruptLine irq1;
    private final InterruptLine irq12;
    private final A20Gate a20;
    private final Runnable reset;

    private final byte[] ram = new byte[32];
    /** The controller's own answers, which go before what the devices send. */
    private final ByteQueue answers = new ByteQueue();

    /** What the guest put there as if the mouse had sent it. */
    private final ByteQueue mouseAnswers = new ByteQueue();

    private int data;
    private int status;
    /** A command that waits for its byte at port 0x60. */
    private int command = NONE;

    private boolean breakPrefix;

    /** @param reset called when the guest pulses the reset line */
    public I8042(
            Ps2Keyboard keyboard,
            Ps2Mouse mouse,
            InterruptLine irq1,
            InterruptLine irq12,
            A20Gate a20,
            Runnable reset) {
        this.keyboard = keyboard;
        this.mouse = mouse;
        this.irq1 = irq1;
        this.irq12 = irq12;
        this.a20 = a20;
        this.reset = reset;
        powerOn();
        keyboard.connect(this::fill);
        mouse.connect(this::fill);
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x60, 1, this);
        ports.claim(0x64, 1, this);
    }

    private void powerOn() {
        ram[0] = KEYBOARD_IRQ | SYSTEM | MOUSE_OFF | TRANSLATE;
        status = UNLOCKED;
        data = 0;
        command = NONE;
        breakPrefix = false;
        answers.clear();
        mouseAnswers.clear();
    }

    private boolean configured(int bit) {
        return (ram[0] & bit) != 0;
    }

    // ---- the output buffer ----

    /** Puts the next byte into the empty output buffer. */
    private void fill() {
        if ((status & OUTPUT_FULL) == 0) {
            if (answers.size() > 0) {
                offer(answers.remove(), 0);
            } else if (mouseAnswers.size() > 0) {
                offer(mouseAnswers.remove(), FROM_MOUSE);
            } else if (!configured(KEYBOARD_OFF) && keyboard.output().size() > 0) {
                fromKeyboard();
            } else if (!configured(MOUSE_OFF) && mouse.output().size() > 0) {
                offer(mouse.output().remove(), FROM_MOUSE);
            }
        }
        boolean full = (status & OUTPUT_FULL) != 0;
        boolean fromMouse = (status & FROM_MOUSE) != 0;
        irq1.set(full && !fromMouse && configured(KEYBOARD_IRQ) && !configured(KEYBOARD_OFF));
        irq12.set(full && fromMouse && configured(MOUSE_IRQ) && !configured(MOUSE_OFF));
    }

    private void offer(int value, int source) {
        data = value;
        status = status & ~FROM_MOUSE | OUTPUT_FULL | source;
    }

    /** With translation on, the prefix F0 of a released key becomes bit 7 of the code behind it. */
    private void fromKeyboard() {
        int value = keyboard.output().remove();
        if (!configured(TRANSLATE)) {
            offer(value, 0);
        } else if (value == 0xf0) {
            breakPrefix = true;
            if (keyboard.output().size() > 0) {
                fromKeyboard();
            }
        } else {
            offer(ScanCodes.translate(value) | (breakPrefix ? 0x80 : 0), 0);
            breakPrefix = false;
        }
    }

    private void answer(int value) {
        answers.add(value);
    }

    // ---- ports ----

    @Override
    public int readByte(int port) {
        if (port == 0x64) {
            return status | ram[0] & SYSTEM;
        }
        if (port != 0x60) {
            return 0xff;
        }
        int value = data;
        if ((status & OUTPUT_FULL) != 0) {
            status &= ~(OUTPUT_FULL | FROM_MOUSE);
            irq1.set(false);
            irq12.set(false);
            fill();
        }
        return value;
    }

    @Override
    public void writeByte(int port, int value) {
        if (port == 0x64) {
            status |= COMMAND;
            command = NONE;
            execute(value);
        } else if (port == 0x60) {
            status &= ~COMMAND;
            int waiting = command;
            command = NONE;
            take(waiting, value);
        }
        fill();
    }

    private void execute(int value) {
        switch (value) {
            case 0xa7 -> ram[0] |= MOUSE_OFF;
            case 0xa8 -> ram[0] &= ~MOUSE_OFF;
            case 0xa9, 0xab -> answer(0); // interface tests: no error
            case 0xaa -> {
                ram[0] |= SYSTEM;
                answer(0x55);
            }
            case 0xad -> ram[0] |= KEYBOARD_OFF;
            case 0xae -> ram[0] &= ~KEYBOARD_OFF;
            case 0xc0 -> answer(0x80); // input port: not locked
            case 0xd0 -> answer(outputPort());
            case 0xd1, 0xd2, 0xd3, 0xd4 -> command = value;
            case 0xdd -> a20.set(false);
            case 0xdf -> a20.set(true);
            default -> executeRange(value);
        }
    }

    private void executeRange(int value) {
        if (value >= 0x20 && value < 0x40) {
            answer(ram[value & 31] & 0xff);
        } else if (value >= 0x60 && value < 0x80) {
            command = value;
        } else if (value >= 0xf0 && (value & 1) == 0) { // pulses the output lines whose bits are zero
            reset.run();
        }
    }

    private int outputPort() {
        int waiting = (status & OUTPUT_FULL) == 0 ? 0 : (status & FROM_MOUSE) != 0 ? 0x20 : 0x10;
        return 0xc1 | (a20.isOpen() ? 2 : 0) | waiting;
    }

    /** A byte at the data port: for a command that waits for it, else for the keyboard, whose clock it starts again. */
    private void take(int waiting, int value) {
        switch (waiting) {
            case NONE -> {
                ram[0] &= ~KEYBOARD_OFF;
                keyboard.receive(value);
            }
            case 0xd1 -> {
                a20.set((value & 2) != 0);
                if ((value & 1) == 0) {
                    reset.run();
                }
            }
            case 0xd2 -> answer(value);
            case 0xd3 -> mouseAnswers.add(value);
            case 0xd4 -> {
                ram[0] &= ~MOUSE_OFF;
                mouse.receive(value);
            }
            default -> ram[waiting & 31] = (byte) value;
        }
    }

    @Override
    public String name() {
        return "i8042";
    }

    @Override
    public void reset() {
        powerOn();
        fill();
    }

    @Override
    public void save(StateOutput out) {
        out.put(ram).put(data).put(status).put(command).put(breakPrefix);
        answers.save(out);
        mouseAnswers.save(out);
    }

    @Override
    public void load(StateInput in) {
        in.next(ram);
        data = in.nextInt();
        status = in.nextInt();
        command = in.nextInt();
        breakPrefix = in.nextBoolean();
        answers.load(in);
        mouseAnswers.load(in);
    }
}
