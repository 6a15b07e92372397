package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.MmioDevice;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * The local APIC of the only processor (Intel SDM vol. 3A, ch. 12), xAPIC mode at 0xfee00000. The 8259 pair is wired to
 * LINT0 and, as firmware leaves it after power-on, LINT0 is open in mode ExtINT ("virtual wire"), so that a guest that
 * knows only the 8259 needs nothing of this; with the APIC switched off in IA32_APIC_BASE the 8259 drives INTR
 * directly. LINT1 is NMI. An IPI to a processor that is not there vanishes; INIT and start-up IPIs to oneself are
 * ignored. x2APIC and relocation are not built.
 */
public final class LocalApic implements Device, MmioDevice {
    /** Physical address of the page of registers. */
    public static final long ADDRESS = 0xfee0_0000L;

    private static final long BASE_BSP = 1 << 8, BASE_ENABLE = 1 << 11;
    private static final int TIMER = 0, LINT0 = 3, LINT1 = 4, ERROR = 5;
    private static final int[] LVT_WRITABLE = {0x7_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff};
    private static final int MASKED = 1 << 16, LEVEL = 1 << 15, REMOTE_IRR = 1 << 14;
    private static final int FIXED = 0, LOWEST_PRIORITY = 1, NMI = 4, EXTINT = 7;
    private static final int SVR_ENABLE = 1 << 8;
    private static final int SEND_ILLEGAL_VECTOR = 1 << 5, RECEIVED_ILLEGAL_VECTOR = 1 << 6, ILLEGAL_REGISTER = 1 << 7;
    /** Integrated APIC, highest LVT entry 5. */
    private static final int VERSION = 0x5_0014;

    private final Pic pic;
    private final InterruptLine output;
    private final Runnable nmi;
    private final ApicTimer timer;

    private final VectorSet irr = new VectorSet();
    private final VectorSet isr = new VectorSet();
    private final VectorSet tmr = new VectorSet();
    private final int[] lvt = new int[6];
    private long base;
    private int id, tpr, ldr, dfr, svr, icrLow, icrHigh;
    private int errors, reportedErrors;
    private boolean intr, lint1;

    /**
     * Takes the PIC's INTR output.
     *
     * @param timeOfTsc virtual time at which the processor's time-stamp counter has a value
     * @param output true while {@link #pending}: the processor's INTR
     * @param nmi called for each non-maskable interrupt
     */
    public LocalApic(VirtualTime time, LongUnaryOperator timeOfTsc, Pic pic, InterruptLine output, Runnable nmi) {
        this.pic = pic;
        this.output = output;
        this.nmi = nmi;
        timer = new ApicTimer(time, timeOfTsc, () -> deliver(TIMER));
        powerUp();
        pic.connect(this::lint0);
    }

    @Override
    public void reset() {
        powerUp();
        update();
    }

    private void powerUp() {
        base = ADDRESS | BASE_BSP | BASE_ENABLE;
        id = 0;
        clear();
        lvt[LINT0] = EXTINT << 8;
        lvt[LINT1] = NMI << 8;
    }

    /** State after power-up of all but the base and the ID (SDM 12.4.7.1), LVTs masked. */
    private void clear() {
        irr.clear();
        isr.clear();
        tmr.clear();
        Arrays.fill(lvt, MASKED);
        tpr = ldr = icrLow = icrHigh = errors = reportedErrors = 0;
        dfr = -1;
        svr = 0xff;
        timer.reset();
    }

    // ---- what the processor asks and writes ----

    /** Whether an interrupt waits for the processor: one of our own above the processor's priority, or the 8259's. */
    public boolean pending() {
        return deliverable() >= 0 || external() && pic.pending();
    }

    /** Acknowledges the interrupt and gives its vector, 0..255; the spurious one if it has gone meanwhile. */
    public int acknowledge() {
        int vector = deliverable();
        if (vector >= 0) {
            irr.remove(vector);
            isr.add(vector);
            update();
            return vector;
        }
        if (external()) {
            return pic.acknowledge();
        }
        return svr & 0xff;
    }

    private int deliverable() {
        if (!enabled()) {
            return -1;
        }
        int vector = irr.highest();
        return vector >> 4 > processorPriority() >> 4 ? vector : -1;
    }

    /** The 8259 reaches the processor. */
    private boolean external() {
        return !enabled() || (lvt[LINT0] & (MASKED | 0x700)) == EXTINT << 8;
    }

    private boolean enabled() {
        return (base & BASE_ENABLE) != 0;
    }

    /** CR8, 0..15: the task priority class. */
    public int cr8() {
        return tpr >> 4;
    }

    public void setCr8(int value) {
        tpr = (value & 15) << 4;
        update();
    }

    /** IA32_APIC_BASE. */
    public long base() {
        return base;
    }

    /** Whether IA32_APIC_BASE may be given this value: else WRMSR is #GP(0). Only the enable bit can change. */
    public static boolean validBase(long value) {
        return (value & ~(BASE_ENABLE | BASE_BSP)) == ADDRESS;
    }

    /**
     * Writes IA32_APIC_BASE with a valid value. Switched off and on again the APIC is as after power-up (SDM 12.4.3).
     */
    public void setBase(long value) {
        if (!validBase(value)) {
            throw new IllegalArgumentException("IA32_APIC_BASE cannot be 0x%x".formatted(value));
        }
        boolean was = enabled();
        base = value & BASE_ENABLE | ADDRESS | BASE_BSP;
        if (was && !enabled()) {
            clear();
        }
        update();
    }

    /** IA32_TSC_DEADLINE. */
    public long tscDeadline() {
        return timer.tscDeadline();
    }

    public void setTscDeadline(long tsc) {
        timer.setTscDeadline(tsc);
    }

    /** To be called after a write of the time-stamp counter. */
    public void tscChanged() {
        timer.tscChanged();
    }

    /** The NMI line, wired to LINT1. */
    public InterruptLine nmiLine() {
        return level -> {
            boolean rises = level && !lint1;
            lint1 = level;
            if (rises && !enabled()) {
                nmi.run();
            } else if (rises) {
                deliver(LINT1);
            }
        };
    }

    private void lint0(boolean level) {
        boolean rises = level && !intr;
        intr = level;
        if (rises && (lvt[LINT0] & 0x700) != EXTINT << 8) {
            deliver(LINT0);
        }
        update();
    }

    private void update() {
        output.set(pending());
    }

    // ---- delivery ----

    private boolean softwareEnabled() {
        return (svr & SVR_ENABLE) != 0;
    }

    private void deliver(int entry) {
        int value = lvt[entry];
        if ((value & MASKED) != 0 || !enabled()) {
            return;
        }
        int mode = entry == TIMER || entry == ERROR ? FIXED : value >> 8 & 7;
        boolean level = entry == LINT0 && (value & LEVEL) != 0;
        if (level && (value & REMOTE_IRR) != 0) {
            return;
        }
        if (mode == FIXED) {
            lvt[entry] |= level ? REMOTE_IRR : 0;
            accept(value & 0xff, level);
        } else if (mode == NMI) {
            nmi.run();
        }
    }

    private void accept(int vector, boolean level) {
        if (!softwareEnabled()) {
            return;
        }
        if (vector < 16) {
            error(RECEIVED_ILLEGAL_VECTOR);
            return;
        }
        irr.add(vector);
        if (level) {
            tmr.add(vector);
        } else {
            tmr.remove(vector);
        }
        update();
    }

    private void error(int bit) {
        boolean first = (errors & bit) == 0;
        errors |= bit;
        if (first && (lvt[ERROR] & 0xff) >= 16) {
            deliver(ERROR);
        }
    }

    private int processorPriority() {
        int inService = Math.max(0, isr.highest());
        return tpr >> 4 >= inService >> 4 ? tpr : inService & 0xf0;
    }

    /** A level-triggered LINT0 that is still high requests again. */
    private void endOfInterrupt() {
        int vector = isr.highest();
        if (vector < 0) {
            return;
        }
        isr.remove(vector);
        if (tmr.contains(vector) && (lvt[LINT0] & REMOTE_IRR) != 0) {
            lvt[LINT0] &= ~REMOTE_IRR;
            if (intr) {
                deliver(LINT0);
            }
        }
        update();
    }

    /** SDM 12.6.1. */
    private void sendIpi() {
        int mode = icrLow >> 8 & 7;
        int vector = icrLow & 0xff;
        if ((mode == FIXED || mode == LOWEST_PRIORITY) && vector < 16) {
            error(SEND_ILLEGAL_VECTOR);
            return;
        }
        if (!addressed()) {
            return;
        }
        if (mode == FIXED || mode == LOWEST_PRIORITY) {
            accept(vector, false);
        } else if (mode == NMI) {
            nmi.run();
        }
    }

    private boolean addressed() {
        return switch (icrLow >> 18 & 3) {
            case 1, 2 -> true; // self, all including self
            case 3 -> false; // all excluding self
            default -> (icrLow & 1 << 11) == 0 ? physically() : logically();
        };
    }

    private boolean physically() {
        int destination = icrHigh >>> 24;
        return destination == 0xff || destination == id >>> 24;
    }

    private boolean logically() {
        int destination = icrHigh >>> 24;
        int own = ldr >>> 24;
        if (dfr >>> 28 == 15) {
            return (destination & own) != 0;
        }
        return (destination >> 4 == own >> 4 || destination >> 4 == 15) && (destination & own & 15) != 0;
    }

    // ---- registers ----

    @Override
    public long readMemory(long offset, int size) {
        if (!enabled()) {
            return -1;
        }
        if ((offset & 12) != 0) {
            return 0;
        }
        return (register((int) offset & ~15) & 0xffff_ffffL) >>> 8 * (offset & 3);
    }

    /**
     * A register as a debugger sees it, whether the APIC is switched on or not.
     *
     * @param offset in the page, of a register that exists
     */
    public int peek(int offset) {
        return register(offset);
    }

    private int register(int offset) {
        int n = offset >> 4 & 7;
        return switch (offset) {
            case 0x20 -> id;
            case 0x30 -> VERSION;
            case 0x80 -> tpr;
            case 0x90, 0xa0 -> processorPriority();
            case 0xb0, 0xc0 -> 0;
            case 0xd0 -> ldr;
            case 0xe0 -> dfr;
            case 0xf0 -> svr;
            case 0x100, 0x110, 0x120, 0x130, 0x140, 0x150, 0x160, 0x170 -> isr.register(n);
            case 0x180, 0x190, 0x1a0, 0x1b0, 0x1c0, 0x1d0, 0x1e0, 0x1f0 -> tmr.register(n);
            case 0x200, 0x210, 0x220, 0x230, 0x240, 0x250, 0x260, 0x270 -> irr.register(n);
            case 0x280 -> reportedErrors;
            case 0x300 -> icrLow;
            case 0x310 -> icrHigh;
            case 0x320, 0x330, 0x340, 0x350, 0x360, 0x370 -> lvt[(offset >> 4) - 0x32];
            case 0x380 -> (int) timer.initialCount();
            case 0x390 -> (int) timer.currentCount();
            case 0x3e0 -> timer.divideConfiguration();
            default -> {
                error(ILLEGAL_REGISTER);
                yield 0;
            }
        };
    }

    /** Registers are written with aligned 32-bit accesses (SDM 12.4.1); anything else is ignored. */
    @Override
    public void writeMemory(long offset, int size, long value) {
        if (enabled() && (offset & 15) == 0 && size >= 4) {
            setRegister((int) offset, (int) value);
            update();
        }
    }

    private void setRegister(int offset, int value) {
        switch (offset) {
            case 0x20 -> id = value & 0xff00_0000;
            case 0x80 -> tpr = value & 0xff;
            case 0xb0 -> endOfInterrupt();
            case 0xd0 -> ldr = value & 0xff00_0000;
            case 0xe0 -> dfr = value | 0x0fff_ffff;
            case 0xf0 -> setSpuriousVector(value);
            case 0x280 -> {
                reportedErrors = errors;
                errors = 0;
            }
            case 0x300 -> {
                icrLow = value & 0xc_cfff;
                sendIpi();
            }
            case 0x310 -> icrHigh = value & 0xff00_0000;
            case 0x320, 0x330, 0x340, 0x350, 0x360, 0x370 -> setLvt((offset >> 4) - 0x32, value);
            case 0x380 -> timer.setInitialCount(value & 0xffff_ffffL);
            case 0x3e0 -> timer.setDivideConfiguration(value);
            default -> error(ILLEGAL_REGISTER);
        }
    }

    /** While the APIC is disabled by software all LVT entries are masked. */
    private void setSpuriousVector(int value) {
        boolean was = softwareEnabled();
        svr = value & 0x1ff;
        if (was && !softwareEnabled()) {
            for (int i = 0; i < lvt.length; i++) {
                lvt[i] |= MASKED;
            }
        }
    }

    /** Firmware's open LINT0 and LINT1 may be kept by a guest that has not enabled the APIC yet; others stay masked. */
    private void setLvt(int entry, int value) {
        boolean keepsOpen = entry == LINT0 || entry == LINT1;
        int forced = softwareEnabled() || keepsOpen ? 0 : MASKED;
        lvt[entry] = value & LVT_WRITABLE[entry] & ~REMOTE_IRR | lvt[entry] & REMOTE_IRR | forced;
        if (entry == TIMER) {
            timer.setMode(value >> 17 & 3);
        }
        if (entry == LINT0 && intr && (value & LEVEL) != 0) {
            deliver(LINT0);
        }
    }

    @Override
    public String name() {
        return "apic";
    }

    @Override
    public void save(StateOutput out) {
        irr.save(out);
        isr.save(out);
        tmr.save(out);
        for (int entry : lvt) {
            out.put(entry);
        }
        out.put(base).put(id).put(tpr).put(ldr).put(dfr).put(svr).put(icrLow).put(icrHigh);
        out.put(errors).put(reportedErrors).put(intr).put(lint1);
        timer.save(out);
    }

    @Override
    public void load(StateInput in) {
        irr.load(in);
        isr.load(in);
        tmr.load(in);
        for (int i = 0; i < lvt.length; i++) {
            lvt[i] = in.nextInt();
        }
        base = in.next();
        id = in.nextInt();
        tpr = in.nextInt();
        ldr = in.nextInt();
        dfr = in.nextInt();
        svr = in.nextInt();
        icrLow = in.nextInt();
        icrHigh = in.nextInt();
        errors = in.nextInt();
        reportedErrors = in.nextInt();
        intr = in.nextBoolean();
        lint1 = in.nextBoolean();
        timer.load(in);
    }
}
