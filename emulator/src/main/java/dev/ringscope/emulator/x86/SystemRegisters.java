package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Arrays;

/**
 * The processor's system registers as a whole (Intel SDM vol. 3A, 2.5; vol. 4): what {@link X86Cpu} does not hold
 * itself, and how writes are told. {@link ControlRegisters} and {@link Msrs} check and carry out the writes.
 */
public final class SystemRegisters {
    /** x87 and SSE state: all that XCR0 can enable here. */
    static final long XCR0_ALL = 3;
    /** Start of the sequence of RDRAND; any number will do. */
    private static final long RANDOM_SEED = 0x5269_6e67_7363_6f70L;

    /** IA32_PAT after power-on (SDM vol. 3A, table 12-12). */
    private static final long PAT_RESET = 0x0007_0406_0007_0406L;

    private final X86Cpu cpu;
    final ControlRegisters control;
    final Msrs msrs;
    public final Cpuid cpuid;

    /** The local APIC, if the machine has one. */
    public ProcessorApic apic = ProcessorApic.NONE;

    long xcr0 = 1;
    long pat = PAT_RESET;
    long miscEnable = Msrs.FAST_STRINGS;
    long tscAdjust;
    long speculationControl;
    long microcodeRevision;
    /** What the time-stamp counter is ahead of virtual time. */
    long tscOffset;

    /** IA32_MTRR_DEF_TYPE, the eleven fixed-range MTRRs, base and mask of the eight variable ones. */
    long mtrrDefault;

    final long[] mtrrFixed = new long[11];
    final long[] mtrrVariable = new long[16];

    private long random = RANDOM_SEED;

    SystemRegisters(X86Cpu cpu) {
        this.cpu = cpu;
        control = new ControlRegisters(cpu, this);
        msrs = new Msrs(cpu, this);
        cpuid = new Cpuid(cpu, this);
    }

    /** What firmware leaves behind for a guest that is loaded without one: all memory write-back. */
    public void firmwareDefaults() {
        mtrrDefault = 0xc06;
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** The time-stamp counter: 1 GHz. */
    public long tsc() {
        return cpu.time.now() + tscOffset;
    }

    void setTsc(long value) {
        long change = value - tsc();
        tscOffset += change;
        tscAdjust += change;
        apic.tscChanged();
    }

    void setTscAdjust(long value) {
        tscOffset += value - tscAdjust;
        tscAdjust = value;
        apic.tscChanged();
    }

    /** Virtual time at which the time-stamp counter has that value. */
    public long timeOfTsc(long tsc) {
        return tsc - tscOffset;
    }

    // ---- random numbers ---------------------------------------------------------------------------------------------

    /** The next number of RDRAND's sequence, the same in every run (SplitMix64, Steele, Lea and Flood 2014). */
    long nextRandom() {
        random += 0x9e37_79b9_7f4a_7c15L;
        long z = random;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    // ---- control registers
    // --------------------------------------------------------------------------------------------

    /** CR3 as a task switch loads it: only with paging on. */
    void loadTaskCr3(long value) {
        if ((cpu.cr0 & X86Cpu.CR0_PG) != 0) {
            control.writeCr3(value, "task switch");
        }
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    /** The bits of a value for CR4 that this processor does not have. */
    public static long reservedInCr4(long value) {
        return ControlRegisters.reservedInCr4(value);
    }

    void tell(String register, long before, long after) {
        cpu.recorder.event(new Event.SystemRegisterWrite(cpu.position(), register, before, after, cpu.pcLinear()));
    }

    void tellFlush(String instruction, long address) {
        cpu.recorder.event(new Event.TranslationFlush(cpu.position(), instruction, address));
    }

    // ---- state ------------------------------------------------------------------------------------------------------

    /** Power-on (SDM vol. 3A, table 10-1). */
    void reset() {
        xcr0 = 1;
        pat = PAT_RESET;
        miscEnable = Msrs.FAST_STRINGS;
        tscAdjust = speculationControl = microcodeRevision = mtrrDefault = 0;
        tscOffset = -cpu.time.now();
        random = RANDOM_SEED;
        Arrays.fill(mtrrFixed, 0);
        Arrays.fill(mtrrVariable, 0);
    }

    void save(StateOutput out) {
        out.put(xcr0)
                .put(pat)
                .put(miscEnable)
                .put(tscAdjust)
                .put(speculationControl)
                .put(microcodeRevision);
        out.put(tscOffset).put(mtrrDefault).put(mtrrFixed).put(mtrrVariable).put(random);
    }

    void load(StateInput in) {
        xcr0 = in.next();
        pat = in.next();
        miscEnable = in.next();
        tscAdjust = in.next();
        speculationControl = in.next();
        microcodeRevision = in.next();
        tscOffset = in.next();
        mtrrDefault = in.next();
        in.next(mtrrFixed);
        in.next(mtrrVariable);
        random = in.next();
    }
}
