package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.Ports;

/**
 * The 8254 interval timer at ports 0x40-0x43, clocked at 1.193182 MHz: channel 0 drives IRQ 0, channel 1 would refresh
 * memory, channel 2 has its gate and output at port 0x61 ({@link SystemControl}). Intel 82C54 datasheet, order 231244.
 */
public final class Pit implements Device, BytePorts {
    /** A third of the colour burst's frequency, 14.31818 MHz / 12. */
    static final Oscillator CLOCK = new Oscillator(1_193_182);

    private final VirtualTime time;
    private final PitChannel[] channels;
    private final VirtualTime.Timer edge;

    /** @param irq0 the output of channel 0 */
    public Pit(VirtualTime time, InterruptLine irq0) {
        this.time = time;
        channels = new PitChannel[] {
            new PitChannel(true, irq0),
            new PitChannel(true, InterruptLine.UNCONNECTED),
            new PitChannel(false, InterruptLine.UNCONNECTED)
        };
        edge = time.timer("pit", this::schedule);
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x40, 4, this);
    }

    /** The gate input of channel 2. */
    void gate2(boolean level) {
        channels[2].gate(level, cycle());
    }

    boolean gate2() {
        return channels[2].gate();
    }

    /** The output of channel 2. */
    boolean output2() {
        return channels[2].level(cycle());
    }

    private long cycle() {
        return CLOCK.cycles(time.now());
    }

    /** Only channel 0 drives anything, so only its edges need the timer. */
    private void schedule() {
        long next = channels[0].update(cycle());
        edge.at(next == Long.MAX_VALUE ? next : CLOCK.nanoseconds(next));
    }

    @Override
    public int readByte(int port) {
        return port == 0x43 ? 0xff : channels[port & 3].readByte(cycle());
    }

    @Override
    public void writeByte(int port, int value) {
        if (port == 0x43) {
            control(value);
        } else {
            channels[port & 3].writeByte(value, cycle());
        }
        schedule();
    }

    private void control(int word) {
        int select = word >> 6;
        if (select == 3) {
            readBack(word);
        } else if ((word & 0x30) == 0) {
            channels[select].latchCount(cycle());
        } else {
            channels[select].control(word, cycle());
        }
    }

    /** Bits 5 and 4, active low, choose count and status; bits 3-1 the channels. */
    private void readBack(int word) {
        for (int i = 0; i < 3; i++) {
            if ((word & 2 << i) != 0) {
                if ((word & 0x20) == 0) {
                    channels[i].latchCount(cycle());
                }
                if ((word & 0x10) == 0) {
                    channels[i].latchStatus(cycle());
                }
            }
        }
    }

    @Override
    public String name() {
        return "pit";
    }

    @Override
    public void reset() {
        channels[0].reset(true);
        channels[1].reset(true);
        channels[2].reset(false);
        schedule();
    }

    @Override
    public void save(StateOutput out) {
        for (PitChannel channel : channels) {
            channel.save(out);
        }
    }

    @Override
    public void load(StateInput in) {
        for (PitChannel channel : channels) {
            channel.load(in);
        }
    }
}
