package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/**
 * A PS/2 mouse that lies still (IBM PS/2 Hardware Interface Technical Reference, "Mouse"): it answers every command, so
 * that drivers find it, and never moves.
 */
public final class Ps2Mouse implements Device, Ps2Device {
    private static final int ACK = 0xfa, RESEND = 0xfe;
    private static final int NONE = 0;

    private final ByteQueue output = new ByteQueue();
    private Runnable ready = () -> {};
    private boolean reporting, doubled, remote, wrap;
    private int resolution = 2;
    private int rate = 100;
    private int command = NONE;

    @Override
    public void connect(Runnable whenReady) {
        ready = whenReady;
    }

    @Override
    public ByteQueue output() {
        return output;
    }

    @Override
    public void receive(int value) {
        if (wrap && value != 0xec && value != 0xff) {
            output.add(value);
        } else if (command != NONE) {
            argument(value);
        } else {
            output.clear();
            command(value);
        }
        ready.run();
    }

    private void argument(int value) {
        if (command == 0xe8) {
            resolution = value & 3;
        } else {
            rate = value;
        }
        command = NONE;
        output.add(ACK);
    }

    private void command(int value) {
        output.add(ACK);
        switch (value) {
            case 0xe6 -> doubled = false;
            case 0xe7 -> doubled = true;
            case 0xe8, 0xf3 -> command = value;
            case 0xe9 -> {
                output.add((remote ? 0x40 : 0) | (reporting ? 0x20 : 0) | (doubled ? 0x10 : 0));
                output.add(resolution);
                output.add(rate);
            }
            case 0xea -> remote = false;
            case 0xeb -> {
                output.add(8); // no button, no movement; bit 3 is always set
                output.add(0);
                output.add(0);
            }
            case 0xec -> wrap = false;
            case 0xee -> wrap = true;
            case 0xf0 -> remote = true;
            case 0xf2 -> output.add(0);
            case 0xf4 -> reporting = true;
            case 0xf5 -> reporting = false;
            case 0xf6 -> defaults();
            case 0xff -> {
                defaults();
                output.add(0xaa);
                output.add(0);
            }
            default -> {
                output.clear();
                output.add(RESEND);
            }
        }
    }

    private void defaults() {
        reporting = doubled = remote = wrap = false;
        resolution = 2;
        rate = 100;
    }

    @Override
    public String name() {
        return "mouse";
    }

    @Override
    public void reset() {
        output.clear();
        command = NONE;
        defaults();
    }

    @Override
    public void save(StateOutput out) {
        output.save(out);
        out.put(reporting)
                .put(doubled)
                .put(remote)
                .put(wrap)
                .put(resolution)
                .put(rate)
                .put(command);
    }

    @Override
    public void load(StateInput in) {
        output.load(in);
        reporting = in.nextBoolean();
        doubled = in.nextBoolean();
        remote = in.nextBoolean();
        wrap = in.nextBoolean();
        resolution = in.nextInt();
        rate = in.nextInt();
        command = in.nextInt();
    }
}
