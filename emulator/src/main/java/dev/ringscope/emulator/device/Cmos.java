package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.Ports;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The real-time clock and its battery-backed memory (Motorola MC146818A datasheet; 128 bytes as in the PIIX): index at
 * port 0x70, whose bit 7 masks NMI, data at 0x71. The date starts where the machine's configuration says and advances
 * with virtual time. Register 0x32 is the century. Not built: the square-wave output and daylight saving.
 */
public final class Cmos implements Device, BytePorts {
    static final int ALARM_SECONDS = 1, ALARM_MINUTES = 3, ALARM_HOURS = 5;
    static final int A = 10, B = 11, C = 12, D = 13;
    private static final int SET = 0x80, PIE = 0x40, AIE = 0x20, UIE = 0x10;
    private static final int IRQF = 0x80, PF = 0x40, AF = 0x20, UF = 0x10;
    private static final long SECOND = 1_000_000_000;
    /** UIP rises 244 us before an update cycle, which takes 1984 us (datasheet, table 5). */
    private static final long UPDATE = 2_228_000;

    private static final Oscillator CRYSTAL = new Oscillator(32_768);

    private final VirtualTime time;
    private final InterruptLine irq8;
    private final InterruptLine nmiMask;
    private final LocalDateTime startDate;
    private final VirtualTime.Timer timer;
    private final byte[] registers = new byte[128];
    private int index;
    /** Time of the latest update that the registers show; updates follow each second from it. */
    private long updated;
    /** Periodic ticks up to this time are in PF. */
    private long ticked;

    /**
     * @param startDate the clock's date and time at power-on, UTC
     * @param nmiMask told when bit 7 of port 0x70 is written: true while NMI is held back
     */
    public Cmos(VirtualTime time, Instant startDate, InterruptLine irq8, InterruptLine nmiMask) {
        this.time = time;
        this.irq8 = irq8;
        this.nmiMask = nmiMask;
        this.startDate = LocalDateTime.ofInstant(startDate, ZoneOffset.UTC);
        timer = time.timer("rtc", this::wake);
        registers[A] = 0x26;
        registers[B] = 2;
        registers[D] = (byte) 0x80;
        CmosDate.write(registers, this.startDate);
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x70, 2, this);
    }

    /** Sets a byte of the battery-backed memory as the factory would: for the firmware's configuration. */
    public void setMemory(int register, int value) {
        if (register <= D || register >= registers.length) {
            throw new IllegalArgumentException("register 0x%x is not memory".formatted(register));
        }
        registers[register] = (byte) value;
    }

    /**
     * Tells firmware how much memory there is, in the registers that PC BIOSes use: base memory (0x15), extended up to
     * 64 MiB (0x17, 0x30), above 16 MiB (0x34), each low byte first.
     *
     * @param ramSize bytes of RAM from address 0
     */
    public void setMemorySize(long ramSize) {
        setWord(0x15, Math.min(640, ramSize >> 10));
        long extended = Math.min(0xffff, Math.max(0, (ramSize >> 10) - 1024));
        setWord(0x17, extended);
        setWord(0x30, extended);
        setWord(0x34, Math.min(0xffff, Math.max(0, (ramSize >> 16) - 256)));
    }

    private void setWord(int register, long value) {
        setMemory(register, (int) value);
        setMemory(register + 1, (int) value >> 8);
    }

    // ---- ports ----

    @Override
    public int readByte(int port) {
        if (port != 0x71) {
            return 0xff;
        }
        catchUp();
        return switch (index) {
            case A -> registers[A] & 0x7f | (updating() ? 0x80 : 0);
            case C -> {
                int flags = registers[C];
                registers[C] = 0;
                settle();
                yield flags & 0xff;
            }
            default -> registers[index] & 0xff;
        };
    }

    @Override
    public void writeByte(int port, int value) {
        if (port == 0x70) {
            index = value & 0x7f;
            nmiMask.set((value & 0x80) != 0);
        } else if (port == 0x71) {
            catchUp();
            store(value);
            settle();
        }
    }

    private void store(int value) {
        switch (index) {
            case A -> {
                boolean released = !running() && (value & 0x60) != 0x60;
                registers[A] = (byte) (value & 0x7f);
                ticked = time.now();
                if (released) { // "the first update cycle begins one-half second later"
                    updated = time.now() - SECOND / 2;
                }
            }
            case B -> {
                boolean resumes = (registers[B] & SET) != 0 && (value & SET) == 0;
                registers[B] = (byte) ((value & SET) != 0 ? value & ~UIE : value);
                if (resumes) {
                    updated = time.now();
                }
            }
            case C, D -> {} // read only
            default -> registers[index] = (byte) value;
        }
    }

    private boolean running() {
        return (registers[A] & 0x60) != 0x60;
    }

    private boolean counting() {
        return running() && (registers[B] & SET) == 0;
    }

    private boolean updating() {
        return counting() && time.now() - updated >= SECOND - UPDATE;
    }

    // ---- time ----

    /** Nanoseconds of one periodic tick by the rate bits, 0 for none. Rates 1 and 2 are those of 8 and 9. */
    private long cyclesPerTick() {
        int rate = registers[A] & 15;
        return rate == 0 || !running() ? 0 : 1L << (rate < 3 ? rate + 7 : rate) - 1;
    }

    /** Brings date and flags up to the present. */
    private void catchUp() {
        long now = time.now();
        long step = cyclesPerTick();
        if (step != 0 && CRYSTAL.cycles(now) / step != CRYSTAL.cycles(ticked) / step) {
            registers[C] |= PF;
        }
        ticked = now;
        if (!counting()) {
            return;
        }
        long seconds = (now - updated) / SECOND;
        if (seconds > 0) {
            LocalDateTime before = CmosDate.read(registers);
            if (CmosDate.alarmWithin(registers, before, seconds)) {
                registers[C] |= AF;
            }
            CmosDate.write(registers, before.plusSeconds(seconds));
            updated += seconds * SECOND;
            registers[C] |= UF;
        }
    }

    private void wake() {
        catchUp();
        settle();
    }

    /** Drives IRQ 8 and sets the timer for the next event that may interrupt. */
    private void settle() {
        int enabled = registers[B] & (PIE | AIE | UIE);
        boolean interrupt = (registers[C] & enabled) != 0;
        registers[C] = (byte) (registers[C] & ~IRQF | (interrupt ? IRQF : 0));
        irq8.set(interrupt);
        long next = Long.MAX_VALUE;
        long step = cyclesPerTick();
        if ((enabled & PIE) != 0 && step != 0) {
            next = CRYSTAL.nanoseconds((CRYSTAL.cycles(time.now()) / step + 1) * step);
        }
        if ((enabled & (AIE | UIE)) != 0 && counting()) {
            next = Math.min(next, updated + SECOND);
        }
        timer.at(next);
    }

    @Override
    public String name() {
        return "rtc";
    }

    /** The battery keeps the clock and the memory; the interrupt enables and flags are cleared. */
    @Override
    public void reset() {
        catchUp();
        registers[B] &= (byte) ~(PIE | AIE | UIE);
        registers[C] = 0;
        index = 0;
        nmiMask.set(false);
        settle();
    }

    @Override
    public void save(StateOutput out) {
        out.put(registers).put(index).put(updated).put(ticked);
    }

    @Override
    public void load(StateInput in) {
        in.next(registers);
        index = in.nextInt();
        updated = in.next();
        ticked = in.next();
    }
}
