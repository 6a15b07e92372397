package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The model-specific registers (Intel SDM vol. 4, table 2-2; vol. 3A, 12.11 for the MTRRs). One that is not in the
 * table does not exist: #GP(0).
 */
final class Msrs {
    static final int EFER = 0xc000_0080;
    /** IA32_MISC_ENABLE: fast strings; CPUID reports leaves up to 2 only; NX is not offered. */
    static final long FAST_STRINGS = 1;

    static final long LIMIT_CPUID = 1 << 22;
    static final long NX_DISABLE = 1L << 34;

    /** IA32_ARCH_CAPABILITIES: an interpreter does not speculate, so that none of these weaknesses is there. */
    private static final long RDCL_NO = 1,
            IBRS_ALL = 1 << 1,
            SKIP_L1DFL_VMENTRY = 1 << 3,
            SSB_NO = 1 << 4,
            MDS_NO = 1 << 5;

    private static final long PSCHANGE_MC_NO = 1 << 6, TAA_NO = 1 << 8, SBDR_SSDP_NO = 1 << 13, FBSDP_NO = 1 << 14;
    private static final long PSDP_NO = 1 << 15,
            BHI_NO = 1 << 20,
            PBRSB_NO = 1 << 24,
            GDS_NO = 1 << 26,
            RFDS_NO = 1 << 27;
    private static final long ITS_NO = 1L << 62;
    private static final long ARCH_CAPABILITIES = RDCL_NO
            | IBRS_ALL
            | SKIP_L1DFL_VMENTRY
            | SSB_NO
            | MDS_NO
            | PSCHANGE_MC_NO
            | TAA_NO
            | SBDR_SSDP_NO
            | FBSDP_NO
            | PSDP_NO
            | BHI_NO
            | PBRSB_NO
            | GDS_NO
            | RFDS_NO
            | ITS_NO;

    /** IA32_MTRRCAP: eight variable ranges, fixed ranges, write-combining. */
    private static final long MTRR_CAPABILITY = 0x508;

    private static final int[] MTRR_FIXED = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f
    };

    /** MSR_PLATFORM_INFO: a bus of 100 MHz times ten is the TSC's 1 GHz. */
    private static final long PLATFORM_INFO = 10 << 8 | 10L << 40;

    private record Msr(LongSupplier read, LongPredicate accepts, LongConsumer write) {}

    private final X86Cpu cpu;
    private final SystemRegisters system;
    private final Map<Integer, Msr> table = new HashMap<>();

    Msrs(X86Cpu cpu, SystemRegisters system) {
        this.cpu = cpu;
        this.system = system;
        systemCalls();
        timeAndApic();
        memoryTypes();
        features();
    }

    private void systemCalls() {
        add(EFER, () -> cpu.efer, v -> true, v -> system.control.writeEfer(v));
        add(0xc000_0081, () -> cpu.star, v -> true, v -> cpu.star = v);
        add(0xc000_0082, () -> cpu.lstar, this::canonical, v -> cpu.lstar = v);
        add(0xc000_0083, () -> cpu.cstar, this::canonical, v -> cpu.cstar = v);
        add(0xc000_0084, () -> cpu.syscallMask, v -> v >>> 32 == 0, v -> cpu.syscallMask = v);
        add(0xc000_0100, () -> cpu.seg[Instruction.FS].base, this::canonical, v -> cpu.seg[Instruction.FS].base = v);
        add(0xc000_0101, () -> cpu.seg[Instruction.GS].base, this::canonical, v -> cpu.seg[Instruction.GS].base = v);
        add(0xc000_0102, () -> cpu.kernelGsBase, this::canonical, v -> cpu.kernelGsBase = v);
        add(0xc000_0103, () -> cpu.tscAux, v -> v >>> 32 == 0, v -> cpu.tscAux = v);
        add(0x174, () -> cpu.sysenterCs, v -> true, v -> cpu.sysenterCs = v & 0xffff_ffffL);
        add(0x175, () -> cpu.sysenterEsp, this::canonical, v -> cpu.sysenterEsp = v);
        add(0x176, () -> cpu.sysenterEip, this::canonical, v -> cpu.sysenterEip = v);
    }

    private void timeAndApic() {
        add(0x10, () -> system.tsc(), v -> true, v -> system.setTsc(v));
        add(0x3b, () -> system.tscAdjust, v -> true, v -> system.setTscAdjust(v));
        add(0x1b, () -> system.apic.base(), v -> system.apic.acceptsBase(v), v -> system.apic.setBase(v));
        add(0x6e0, () -> system.apic.tscDeadline(), v -> true, v -> system.apic.setTscDeadline(v));
    }

    private void memoryTypes() {
        add(0x277, () -> system.pat, Msrs::validPat, v -> system.pat = v);
        readOnly(0xfe, MTRR_CAPABILITY);
        add(0x2ff, () -> system.mtrrDefault, v -> (v & ~0xcffL) == 0 && type(v), v -> system.mtrrDefault = v);
        for (int n = 0; n < MTRR_FIXED.length; n++) {
            array(MTRR_FIXED[n], system.mtrrFixed, n, v -> everyByte(v, Msrs::validType));
        }
        long address = (1L << PageWalker.PHYSICAL_BITS) - 4096;
        for (int n = 0; n < system.mtrrVariable.length; n += 2) {
            array(0x200 + n, system.mtrrVariable, n, v -> (v & ~(address | 0xff)) == 0 && type(v));
            array(0x201 + n, system.mtrrVariable, n + 1, v -> (v & ~(address | 0x800)) == 0);
        }
    }

    private void features() {
        long writable = FAST_STRINGS | LIMIT_CPUID | NX_DISABLE;
        add(0x1a0, () -> system.miscEnable, v -> (v & ~writable) == 0, v -> system.miscEnable = v);
        // Linux clears it, runs CPUID and reads the revision of the microcode: there is none
        add(0x8b, () -> system.microcodeRevision, v -> true, v -> system.microcodeRevision = 0);
        readOnly(0x17, 0);
        readOnly(0xce, PLATFORM_INFO);
        readOnly(0x10a, ARCH_CAPABILITIES);
        add(0x48, () -> system.speculationControl, v -> (v & ~3) == 0, v -> system.speculationControl = v);
        add(0x49, null, v -> (v & ~1) == 0, v -> {});
        readOnly(0x179, 0);
        add(0x17a, () -> 0, v -> v == 0, v -> {});
    }

    /** Read is null for a register that can only be written. */
    private void add(int number, LongSupplier read, LongPredicate accepts, LongConsumer write) {
        table.put(number, new Msr(read, accepts, write));
    }

    private void array(int number, long[] values, int index, LongPredicate accepts) {
        add(number, () -> values[index], accepts, v -> values[index] = v);
    }

    private void readOnly(int number, long value) {
        add(number, () -> value, v -> false, v -> {});
    }

    private boolean canonical(long value) {
        return value << 16 >> 16 == value;
    }

    /** A memory type in the low byte (SDM vol. 3A, table 12-8). */
    private static boolean type(long value) {
        return validType((int) value & 0xff);
    }

    private static boolean validType(int type) {
        return type == 0 || type == 1 || type >= 4 && type <= 6;
    }

    private static boolean validPat(long value) {
        return everyByte(value, type -> type == 7 || validType(type));
    }

    private static boolean everyByte(long value, IntPredicate check) {
        return IntStream.range(0, 8).map(n -> (int) (value >>> 8 * n) & 0xff).allMatch(check);
    }

    /** @throws Fault #GP(0) if there is no such register, or it cannot be read */
    long read(int number) {
        Msr msr = table.get(number);
        if (msr == null || msr.read == null) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, number & 0xffff_ffffL);
        }
        return msr.read.getAsLong();
    }

    /** @throws Fault #GP(0) if there is no such register, or the value is refused */
    void write(int number, long value) {
        Msr msr = table.get(number);
        if (msr == null || !msr.accepts.test(value)) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, number & 0xffff_ffffL);
        }
        long before = msr.read == null ? 0 : msr.read.getAsLong();
        msr.write.accept(value);
        if (number != EFER) { // which tells of itself
            system.tell("msr_%08x".formatted(number), before, value);
        }
    }

    /** The numbers of all registers, for tests. */
    Iterable<Integer> numbers() {
        return table.keySet();
    }
}
