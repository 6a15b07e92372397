package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.Ports;

/**
 * The registers of the two 8237A DMA controllers (Intel 8237A datasheet, order 231466) and of their page latches at
 * ports 0x80-0x8f, for firmware that sets them up; port 0x80 also takes POST codes. No device here asks for a transfer,
 * so none ever happens.
 */
public final class Dma8237 implements Device, BytePorts {
    private static final int CHANNELS_PORTS = 8;

    /** One controller: 16 registers, two ports apart on the second one. */
    private static final class Controller {
        private final byte[] counters = new byte[2 * CHANNELS_PORTS];
        private boolean high;
        private int mask = 15;

        int read(int register) {
            if (register < CHANNELS_PORTS) {
                return counters[next(register)] & 0xff;
            }
            return register == 15 ? mask | 0xf0 : 0; // status: no request, no terminal count
        }

        void write(int register, int value) {
            if (register < CHANNELS_PORTS) {
                counters[next(register)] = (byte) value;
                return;
            }
            switch (register) {
                case 10 -> mask = (value & 4) != 0 ? mask | 1 << (value & 3) : mask & ~(1 << (value & 3));
                case 12 -> high = false;
                case 13 -> clear();
                case 14 -> mask = 0;
                case 15 -> mask = value & 15;
                default -> {} // command, request and mode have no effect without transfers
            }
        }

        private int next(int register) {
            int index = 2 * register + (high ? 1 : 0);
            high = !high;
            return index;
        }

        void clear() {
            high = false;
            mask = 15;
        }
    }

    private final Controller first = new Controller();
    private final Controller second = new Controller();
    private final byte[] pages = new byte[16];

    public void claimPorts(Ports ports) {
        ports.claim(0x00, 16, this);
        ports.claim(0x80, 16, this);
        ports.claim(0xc0, 32, this);
    }

    @Override
    public int readByte(int port) {
        if (port < 0x10) {
            return first.read(port);
        }
        return port < 0x90 ? pages[port & 15] & 0xff : second.read(port - 0xc0 >> 1 & 15);
    }

    @Override
    public void writeByte(int port, int value) {
        if (port < 0x10) {
            first.write(port, value);
        } else if (port < 0x90) {
            pages[port & 15] = (byte) value;
        } else {
            second.write(port - 0xc0 >> 1 & 15, value);
        }
    }

    @Override
    public String name() {
        return "dma";
    }

    @Override
    public void reset() {
        first.clear();
        second.clear();
    }

    @Override
    public void save(StateOutput out) {
        for (Controller controller : new Controller[] {first, second}) {
            out.put(controller.counters).put(controller.high).put(controller.mask);
        }
        out.put(pages);
    }

    @Override
    public void load(StateInput in) {
        for (Controller controller : new Controller[] {first, second}) {
            in.next(controller.counters);
            controller.high = in.nextBoolean();
            controller.mask = in.nextInt();
        }
        in.next(pages);
    }
}
