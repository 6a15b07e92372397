package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.Ports;

/**
 * A 16550A serial port (National PC16550D datasheet, section 8). A byte is sent the moment it is written, whatever the
 * divisor says, so the transmitter is always empty; received bytes wait outside and enter one per character time, while
 * the receiver has room. The modem lines CTS, DSR and DCD are active. The interrupt reaches the bus only with OUT2 set,
 * as on a PC.
 */
public final class Uart16550 implements Device, BytePorts {
    private static final int FIFO = 16;
    /** Interrupt enable and pending bits, as in IER: received data, transmitter empty, line status, modem status. */
    private static final int RDA = 1, THRE = 2, RLS = 4, MODEM = 8;

    private static final int LSR_DR = 1, LSR_OE = 2, LSR_ERRORS = 0x1e, LSR_EMPTY = 0x60;
    private static final int MCR_OUT2 = 8, MCR_LOOP = 0x10;
    private static final int MSR_CONNECTED = 0xb0;

    private final String name;
    private final int base;
    private final InterruptLine irq;
    private final ByteSink transmit;
    private final VirtualTime time;
    private final VirtualTime.Timer arrival;
    private final VirtualTime.Timer silence;

    private final ByteQueue waiting = new ByteQueue();
    private final ByteQueue received = new ByteQueue();
    private int ier, lcr, mcr, lsr, modemDelta, scratch;
    private int divisor = 12;
    private boolean fifo;
    private int trigger = 1;
    private boolean transmitterInterrupt;
    private boolean timedOut;

    /**
     * @param name {@code com1} to {@code com4}
     * @param base the first of its eight ports: 0x3f8, 0x2f8, 0x3e8, 0x2e8
     * @param transmit takes what the guest sends
     */
    public Uart16550(String name, int base, VirtualTime time, InterruptLine irq, ByteSink transmit) {
        this.name = name;
        this.base = base;
        this.time = time;
        this.irq = irq;
        this.transmit = transmit;
        arrival = time.timer(name + " receive", this::arrive);
        silence = time.timer(name + " timeout", this::fallSilent);
    }

    public void claimPorts(Ports ports) {
        ports.claim(base, 8, this);
    }

    /** A byte comes over the line from outside. */
    public void receive(int value) {
        waiting.add(value & 0xff);
        if (arrival.deadline() == Long.MAX_VALUE) {
            arrival.at(time.now() + characterTime());
        }
    }

    /** Bytes that came over the line and that the guest has not read yet. */
    public int unread() {
        return waiting.size() + received.size();
    }

    /** Nanoseconds of a start bit, the data bits, parity and stop bit at 1.8432 MHz / 16 / divisor. */
    private long characterTime() {
        int bits = 7 + (lcr & 3) + ((lcr & 4) >> 2) + ((lcr & 8) >> 3);
        return Math.max(1, divisor) * 16L * bits * 1_000_000_000 / 1_843_200;
    }

    private int capacity() {
        return fifo ? FIFO : 1;
    }

    private void arrive() {
        if (received.size() < capacity() && (mcr & MCR_LOOP) == 0) {
            take(waiting.remove());
        }
        continueArrival();
    }

    private void continueArrival() {
        if (waiting.size() > 0 && received.size() < capacity() && arrival.deadline() == Long.MAX_VALUE) {
            arrival.at(time.now() + characterTime());
        }
    }

    private void take(int value) {
        if (received.size() == capacity()) {
            lsr |= LSR_OE;
        } else {
            received.add(value);
        }
        timedOut = false;
        silence.at(fifo ? time.now() + 4 * characterTime() : Long.MAX_VALUE);
        update();
    }

    /**
     * Four character times without traffic: what is in the FIFO is announced though the trigger level is not reached.
     */
    private void fallSilent() {
        timedOut = received.size() > 0;
        update();
    }

    // ---- interrupts ----

    private int pending() {
        int p = received.size() >= (fifo ? trigger : 1) || timedOut ? RDA : 0;
        p |= transmitterInterrupt ? THRE : 0;
        p |= (lsr & LSR_ERRORS) != 0 ? RLS : 0;
        p |= modemDelta != 0 ? MODEM : 0;
        return p & ier;
    }

    private void update() {
        irq.set(pending() != 0 && (mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2);
    }

    /**
     * Table IV of the datasheet: highest priority first. Reading it takes back a transmitter interrupt that it shows.
     */
    private int identify() {
        int p = pending();
        int high = fifo ? 0xc0 : 0;
        if ((p & RLS) != 0) {
            return high | 6;
        }
        if ((p & RDA) != 0) {
            return high | (fifo && timedOut && received.size() < trigger ? 0xc : 4);
        }
        if ((p & THRE) != 0) {
            transmitterInterrupt = false;
            return high | 2;
        }
        return (p & MODEM) != 0 ? high : high | 1;
    }

    // ---- ports ----

    @Override
    public int readByte(int port) {
        int value = switch (port - base) {
            case 0 -> dlab() ? divisor & 0xff : readData();
            case 1 -> dlab() ? divisor >> 8 : ier;
            case 2 -> identify();
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> readLineStatus();
            case 6 -> readModemStatus();
            case 7 -> scratch;
            default -> 0xff;
        };
        update();
        return value;
    }

    private boolean dlab() {
        return (lcr & 0x80) != 0;
    }

    private int readData() {
        timedOut = false;
        if (received.size() == 0) {
            return 0;
        }
        int value = received.remove();
        silence.at(fifo && received.size() > 0 ? time.now() + 4 * characterTime() : Long.MAX_VALUE);
        continueArrival();
        return value;
    }

    private int readLineStatus() {
        int value = lsr | LSR_EMPTY | (received.size() > 0 ? LSR_DR : 0);
        lsr = 0;
        return value;
    }

    private int readModemStatus() {
        int value = modemLines() | modemDelta;
        modemDelta = 0;
        return value;
    }

    /** In loopback RTS, DTR, OUT1 and OUT2 appear as CTS, DSR, RI and DCD. */
    private int modemLines() {
        if ((mcr & MCR_LOOP) == 0) {
            return MSR_CONNECTED;
        }
        return (mcr & 2) << 3 | (mcr & 1) << 5 | (mcr & 4) << 4 | (mcr & 8) << 4;
    }

    @Override
    public void writeByte(int port, int value) {
        switch (port - base) {
            case 0 -> {
                if (dlab()) {
                    divisor = divisor & 0xff00 | value;
                } else {
                    send(value);
                }
            }
            case 1 -> {
                if (dlab()) {
                    divisor = divisor & 0xff | value << 8;
                } else {
                    boolean enabled = (value & ~ier & THRE) != 0;
                    ier = value & 15;
                    transmitterInterrupt |= enabled;
                }
            }
            case 2 -> fifoControl(value);
            case 3 -> lcr = value;
            case 4 -> modemControl(value);
            case 7 -> scratch = value;
            default -> {} // LSR and MSR: read only
        }
        update();
    }

    private void send(int value) {
        transmitterInterrupt = true;
        if ((mcr & MCR_LOOP) != 0) {
            take(value);
        } else {
            transmit.accept(value);
        }
    }

    private void fifoControl(int value) {
        boolean enable = (value & 1) != 0;
        if (enable != fifo || (value & 2) != 0) {
            received.clear();
            timedOut = false;
            silence.cancel();
        }
        fifo = enable;
        if (enable) {
            trigger = new int[] {1, 4, 8, 14}[value >> 6];
        }
        continueArrival();
    }

    private void modemControl(int value) {
        int before = modemLines();
        mcr = value & 0x1f;
        int after = modemLines();
        int changed = before ^ after;
        int delta = changed >> 4 & 0xb; // CTS, DSR, DCD
        if ((before & ~after & 0x40) != 0) {
            delta |= 4; // trailing edge of RI
        }
        modemDelta |= delta;
        continueArrival();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void reset() {
        ier = lcr = mcr = lsr = modemDelta = scratch = 0;
        divisor = 12;
        fifo = transmitterInterrupt = timedOut = false;
        trigger = 1;
        received.clear();
        silence.cancel();
        continueArrival();
        update();
    }

    @Override
    public void save(StateOutput out) {
        waiting.save(out);
        received.save(out);
        out.put(ier).put(lcr).put(mcr).put(lsr).put(modemDelta).put(scratch).put(divisor);
        out.put(fifo).put(trigger).put(transmitterInterrupt).put(timedOut);
    }

    @Override
    public void load(StateInput in) {
        waiting.load(in);
        received.load(in);
        ier = in.nextInt();
        lcr = in.nextInt();
        mcr = in.nextInt();
        lsr = in.nextInt();
        modemDelta = in.nextInt();
        scratch = in.nextInt();
        divisor = in.nextInt();
        fifo = in.nextBoolean();
        trigger = in.nextInt();
        transmitterInterrupt = in.nextBoolean();
        timedOut = in.nextBoolean();
    }
}
