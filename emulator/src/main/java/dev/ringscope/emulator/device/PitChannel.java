package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/**
 * One counter of the 8254 (Intel 82C54 datasheet, order 231244, "Mode Definitions"). Nothing counts: the counting
 * element, OUT and the next edge of OUT are functions of the clock cycle at which the count was loaded. Times here are
 * cycles of CLK since power-on.
 */
final class PitChannel {
    private static final long NEVER = Long.MAX_VALUE;

    private final InterruptLine output;

    private int mode;
    private boolean bcd;
    /** RW bits of the control word: 1 low byte, 2 high byte, 3 low then high. */
    private int access = 3;

    private boolean highByteNext;
    private int lowByte;
    private boolean readHighNext;
    private int latchedCount = -1;
    private int latchedStatus = -1;

    /** The count register, 1 to 65536 (in BCD 1 to 10000). */
    private int register = 0x10000;
    /** What the counting element was loaded with. */
    private int count = 0x10000;

    private boolean written;
    /** The counting element runs or ran: {@link #start} is the cycle at which it held {@link #count}. */
    private boolean loaded;

    private long start;
    /** Cycles counted when the gate stopped the count, -1 while it runs. */
    private long stoppedAt = -1;
    /** Cycle at which modes 2 and 3 take over a count written meanwhile. */
    private long takeOver = NEVER;

    private boolean gate;
    private boolean out;

    PitChannel(boolean gate, InterruptLine output) {
        this.gate = gate;
        this.output = output;
    }

    void reset(boolean gateLevel) {
        gate = gateLevel;
        access = 3;
        control(0x36, 0);
    }

    // ---- programming ----

    /** The control word's low six bits: RW, M, BCD. */
    void control(int word, long now) {
        mode = modeOf(word);
        access = word >> 4 & 3;
        bcd = (word & 1) != 0;
        highByteNext = readHighNext = written = loaded = false;
        latchedCount = latchedStatus = -1;
        stoppedAt = -1;
        takeOver = NEVER;
        update(now);
    }

    private static int modeOf(int word) {
        int m = word >> 1 & 7;
        return m > 5 ? m - 4 : m;
    }

    void writeByte(int value, long now) {
        settle(now);
        if (access == 1) {
            load(value, now);
        } else if (access == 2) {
            load(value << 8, now);
        } else if (highByteNext) {
            highByteNext = false;
            load(value << 8 | lowByte, now);
        } else {
            highByteNext = true;
            lowByte = value;
            if (mode == 0) { // "Writing the first byte disables counting. OUT is set low immediately."
                loaded = false;
            }
        }
        update(now);
    }

    private void load(int value, long now) {
        register = decode(value);
        boolean first = !written;
        written = true;
        switch (mode) {
            case 0, 4 -> begin(now + 1);
            case 2, 3 -> {
                if (first) {
                    begin(now + 1);
                } else if (stoppedAt < 0) {
                    takeOver = mode == 2 ? start + (Math.max(0, now - start) / count + 1) * count : nextEdge(now);
                }
            }
            default -> {} // 1 and 5 wait for the gate
        }
    }

    private void begin(long cycle) {
        count = register;
        start = cycle;
        loaded = true;
        takeOver = NEVER;
        stoppedAt = gate || mode == 1 || mode == 5 ? -1 : 0;
    }

    private int decode(int value) {
        if (!bcd) {
            return value == 0 ? 0x10000 : value;
        }
        int decimal = (value >> 12) * 1000 + (value >> 8 & 15) * 100 + (value >> 4 & 15) * 10 + (value & 15);
        return decimal == 0 ? 10000 : decimal;
    }

    /** "Gate Pin Operations Summary", figure 22. */
    void gate(boolean level, long now) {
        if (level == gate) {
            return;
        }
        settle(now);
        gate = level;
        boolean triggered = mode == 1 || mode == 2 || mode == 3 || mode == 5;
        if (level && triggered) {
            if (written) {
                begin(now + 1);
            }
        } else if (loaded && mode != 1 && mode != 5) {
            if (level) {
                start = now - stoppedAt;
                stoppedAt = -1;
            } else {
                stoppedAt = Math.max(0, now - start);
                takeOver = NEVER;
            }
        }
        update(now);
    }

    boolean gate() {
        return gate;
    }

    // ---- reading ----

    void latchCount(long now) {
        if (latchedCount < 0) {
            latchedCount = counter(now);
        }
    }

    /** Status byte of the read-back command: OUT, null count, RW, mode, BCD. */
    void latchStatus(long now) {
        if (latchedStatus < 0) {
            settle(now);
            boolean nullCount = !loaded || now < start || takeOver != NEVER;
            latchedStatus = (level(now) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | access << 4 | mode << 1 | (bcd ? 1 : 0);
        }
    }

    int readByte(long now) {
        if (latchedStatus >= 0) {
            int status = latchedStatus;
            latchedStatus = -1;
            return status;
        }
        int value = latchedCount >= 0 ? latchedCount : counter(now);
        boolean high = access == 2 || access == 3 && readHighNext;
        if (access == 3) {
            readHighNext = !readHighNext;
        }
        if (!readHighNext) {
            latchedCount = -1;
        }
        return high ? value >> 8 & 0xff : value & 0xff;
    }

    /** The counting element as the program sees it: 16 bits, BCD if so programmed. */
    private int counter(long now) {
        settle(now);
        long elapsed = loaded ? Math.max(0, elapsed(now)) : 0;
        long value = switch (mode) {
            case 2 -> count - elapsed % count;
            case 3 -> squareWaveCounter(elapsed % count);
            default -> count - elapsed;
        };
        int range = bcd ? 10000 : 0x10000;
        int digits = (int) Math.floorMod(value, (long) range);
        return bcd ? digits / 1000 << 12 | digits / 100 % 10 << 8 | digits / 10 % 10 << 4 | digits % 10 : digits;
    }

    private long squareWaveCounter(long phase) {
        long half = phase < highCycles() ? phase : phase - highCycles();
        return (count & ~1L) - 2 * half;
    }

    private long highCycles() {
        return (count + 1L) / 2;
    }

    // ---- OUT ----

    private long elapsed(long now) {
        return stoppedAt >= 0 ? stoppedAt : now - start;
    }

    boolean level(long now) {
        settle(now);
        if (!loaded) {
            return mode != 0;
        }
        long elapsed = elapsed(now);
        return switch (mode) {
            case 0 -> elapsed >= count;
            case 1 -> elapsed < 0 || elapsed >= count;
            case 2 -> !gate || elapsed < 0 || elapsed % count != count - 1;
            case 3 -> !gate || elapsed < 0 || elapsed % count < highCycles();
            default -> elapsed != count;
        };
    }

    /** The cycle after {@code now} at which OUT changes next, or {@code Long.MAX_VALUE}. */
    private long nextEdge(long now) {
        if (!loaded || stoppedAt >= 0) {
            return NEVER;
        }
        long elapsed = now - start;
        return switch (mode) {
            case 0 -> elapsed < count ? start + count : NEVER;
            case 1 -> elapsed < 0 ? start : elapsed < count ? start + count : NEVER;
            case 2 -> periodicEdge(now, count - 1);
            case 3 -> periodicEdge(now, highCycles());
            default -> elapsed < count ? start + count : elapsed == count ? now + 1 : NEVER;
        };
    }

    private long periodicEdge(long now, long high) {
        long elapsed = now - start;
        if (elapsed < 0) {
            return start + high;
        }
        long phase = elapsed % count;
        return now - phase + (phase < high ? high : count);
    }

    /** Lets a count that was written while modes 2 or 3 ran come into force at the end of its (half) cycle. */
    private void settle(long now) {
        if (takeOver == NEVER || now < takeOver) {
            return;
        }
        long cycle = takeOver;
        takeOver = NEVER;
        boolean highBefore = (cycle - 1 - start) % count < highCycles();
        count = register;
        start = mode == 3 && highBefore ? cycle - highCycles() : cycle;
    }

    /** Drives OUT and gives the cycle at which this is to be called again. */
    long update(long now) {
        boolean level = level(now);
        if (level != out) {
            out = level;
            output.set(level);
        }
        return nextEdge(now);
    }

    void save(StateOutput state) {
        state.put(mode)
                .put(bcd)
                .put(access)
                .put(highByteNext)
                .put(lowByte)
                .put(readHighNext)
                .put(latchedCount);
        state.put(latchedStatus)
                .put(register)
                .put(count)
                .put(written)
                .put(loaded)
                .put(start)
                .put(stoppedAt);
        state.put(takeOver).put(gate).put(out);
    }

    void load(StateInput in) {
        mode = in.nextInt();
        bcd = in.nextBoolean();
        access = in.nextInt();
        highByteNext = in.nextBoolean();
        lowByte = in.nextInt();
        readHighNext = in.nextBoolean();
        latchedCount = in.nextInt();
        latchedStatus = in.nextInt();
        register = in.nextInt();
        count = in.nextInt();
        written = in.nextBoolean();
        loaded = in.nextBoolean();
        start = in.next();
        stoppedAt = in.next();
        takeOver = in.next();
        gate = in.nextBoolean();
        out = in.nextBoolean();
    }
}
