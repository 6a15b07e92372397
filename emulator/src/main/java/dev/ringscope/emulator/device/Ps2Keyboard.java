package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;

/**
 * A PS/2 keyboard (IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-key)") with scan code sets
 * 1 and 2. It does not repeat keys that are held. Text to be typed waits until the guest has scanning on and has taken
 * what was sent, and goes down key by key, {@value #PACE} ns apart.
 */
public final class Ps2Keyboard implements Device, Ps2Device {
    private static final long PACE = 10_000_000;
    private static final int ACK = 0xfa, RESEND = 0xfe, SELF_TEST_PASSED = 0xaa;
    private static final int RELEASE = 0x80;
    private static final int NONE = 0;

    private final VirtualTime time;
    private final VirtualTime.Timer typist;
    private final ByteQueue output = new ByteQueue();
    /** Keys to be pressed, and with {@link #RELEASE} let go. */
    private final ByteQueue typed = new ByteQueue();

    private Runnable ready = () -> {};
    private boolean scanning = true;
    private int set = 2;
    private int leds;
    /** A command that waits for its argument. */
    private int command = NONE;

    private int last;

    public Ps2Keyboard(VirtualTime time) {
        this.time = time;
        typist = time.timer("keyboard", this::strike);
    }

    /**
     * Somebody types: printable ASCII, newline (Enter), tab, backspace, escape; a US keyboard.
     *
     * @throws IllegalArgumentException for a character that no key types; then nothing is typed
     */
    public void press(String text) {
        for (char c : text.toCharArray()) {
            ScanCodes.keyFor(c);
        }
        for (char c : text.toCharArray()) {
            int key = ScanCodes.keyFor(c);
            if (key < 0) {
                typed.add(ScanCodes.LEFT_SHIFT);
            }
            typed.add(Math.abs(key));
            typed.add(Math.abs(key) | RELEASE);
            if (key < 0) {
                typed.add(ScanCodes.LEFT_SHIFT | RELEASE);
            }
        }
        if (typed.size() > 0 && typist.deadline() == Long.MAX_VALUE) {
            typist.at(time.now() + PACE);
        }
    }

    private void strike() {
        if (scanning && output.size() == 0) {
            int key = typed.remove();
            send(key & 0x7f, (key & RELEASE) != 0);
        }
        if (typed.size() > 0) {
            typist.at(time.now() + PACE);
        }
    }

    private void send(int key, boolean release) {
        if (set == 1) {
            output.add(key | (release ? 0x80 : 0));
        } else {
            if (release) {
                output.add(0xf0);
            }
            output.add(ScanCodes.set2(key));
        }
        ready.run();
    }

    @Override
    public void connect(Runnable whenReady) {
        ready = whenReady;
    }

    @Override
    public ByteQueue output() {
        return output;
    }

    /** Num Lock 2, Caps Lock 4, Scroll Lock 1. */
    public int leds() {
        return leds;
    }

    @Override
    public void receive(int value) {
        int waiting = command;
        command = NONE;
        if (value >= 0xed) {
            command(value);
        } else {
            argument(waiting, value);
        }
        ready.run();
    }

    private void argument(int waiting, int value) {
        switch (waiting) {
            case 0xed -> {
                leds = value & 7;
                answer(ACK);
            }
            case 0xf0 -> scanCodeSet(value);
            case 0xf3 -> answer(ACK);
            default -> answer(RESEND);
        }
    }

    private void scanCodeSet(int value) {
        if (value == 0) {
            answer(ACK);
            answer(set);
        } else if (value < 3) {
            set = value;
            answer(ACK);
        } else {
            answer(RESEND);
        }
    }

    private void command(int value) {
        switch (value) {
            case 0xed, 0xf0, 0xf3 -> {
                output.clear();
                command = value;
                answer(ACK);
            }
            case 0xee -> answer(0xee);
            case 0xf2 -> {
                answer(ACK);
                answer(0xab);
                answer(0x83);
            }
            case 0xf4 -> {
                output.clear();
                scanning = true;
                answer(ACK);
            }
            case 0xf5 -> {
                defaults(false);
                answer(ACK);
            }
            case 0xf6 -> {
                defaults(true);
                answer(ACK);
            }
            case 0xfe -> output.add(last);
            case 0xff -> {
                defaults(true);
                answer(ACK);
                answer(SELF_TEST_PASSED);
            }
            default -> answer(RESEND); // what only scan code set 3 has
        }
    }

    private void defaults(boolean scan) {
        output.clear();
        set = 2;
        leds = 0;
        scanning = scan;
    }

    private void answer(int value) {
        last = value;
        output.add(value);
    }

    @Override
    public String name() {
        return "keyboard";
    }

    @Override
    public void reset() {
        defaults(true);
        command = NONE;
    }

    @Override
    public void save(StateOutput out) {
        output.save(out);
        typed.save(out);
        out.put(scanning).put(set).put(leds).put(command).put(last);
    }

    @Override
    public void load(StateInput in) {
        output.load(in);
        typed.load(in);
        scanning = in.nextBoolean();
        set = in.nextInt();
        leds = in.nextInt();
        command = in.nextInt();
        last = in.nextInt();
    }
}
