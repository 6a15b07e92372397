package dev.ringscope.emulator.x86;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringscope.emulator.insn.Insn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * CPUID (Intel SDM vol. 2A, CPUID, tables 3-8 and following): tells the truth about what is built, and where a figure
 * says how fast the host's hardware would be (caches), something plausible that C libraries can compute with.
 */
public final class Cpuid {
    private static final int HIGHEST = 0x15;
    private static final int HIGHEST_HYPERVISOR = 0x4000_0000;
    private static final int HIGHEST_EXTENDED = 0x8000_0008;
    /** Family 6, model 0x2c, stepping 2. */
    private static final int SIGNATURE = 0x206c2;

    private static final int CACHE_LINE = 64;

    /** Leaf 1, ECX: SSE3, SSSE3, CMPXCHG16B, PCID, SSE4.1, SSE4.2, POPCNT, TSC deadline, XSAVE, RDRAND, hypervisor. */
    private static final int FEATURES_ECX = bits(0, 9, 13, 17, 19, 20, 23, 24, 26, 30, 31);

    private static final int OSXSAVE = 1 << 27;
    /**
     * Leaf 1, EDX: FPU, VME, DE, PSE, TSC, MSR, PAE, MCE, CX8, SEP, MTRR, PGE, MCA, CMOV, PAT, PSE-36, CLFLUSH, MMX,
     * FXSR, SSE, SSE2.
     */
    private static final int FEATURES_EDX =
            bits(0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 19, 23, 24, 25, 26);

    private static final int APIC = 1 << 9;

    /** Leaf 7, EBX: FSGSBASE, TSC_ADJUST, SMEP, fast REP MOVSB and STOSB, INVPCID, SMAP. ECX: UMIP. */
    private static final int STRUCTURED_EBX = bits(0, 1, 7, 9, 10, 20);

    private static final int STRUCTURED_ECX = bits(2);
    /** Leaf 7, EDX: IBRS and IBPB, STIBP, ARCH_CAPABILITIES. */
    private static final int STRUCTURED_EDX = bits(26, 27, 29);

    /** Leaf 80000001, ECX: LAHF in 64-bit mode, PREFETCHW. EDX: NX, pages of 1 GiB, RDTSCP, 64-bit mode; SYSCALL. */
    private static final int EXTENDED_ECX = bits(0, 8);

    private static final int EXTENDED_EDX = bits(26, 27, 29);
    private static final int NX = 1 << 20;
    private static final int SYSCALL = 1 << 11;

    private static final String BRAND = "Ringscope x86-64";

    /** What CPUID leaves in the four registers. */
    public record Leaf(int eax, int ebx, int ecx, int edx) {
        static final Leaf ZERO = new Leaf(0, 0, 0, 0);
    }

    private final X86Cpu cpu;
    private final SystemRegisters system;

    Cpuid(X86Cpu cpu, SystemRegisters system) {
        this.cpu = cpu;
        this.system = system;
    }

    private static int bits(int... numbers) {
        int value = 0;
        for (int n : numbers) {
            value |= 1 << n;
        }
        return value;
    }

    @Insn(enc = "0F A2")
    static void cpuid(X86Cpu cpu) {
        Leaf leaf = cpu.system.cpuid.leaf((int) cpu.r[X86Cpu.RAX], (int) cpu.r[X86Cpu.RCX]);
        cpu.setReg(X86Cpu.RAX, 4, leaf.eax);
        cpu.setReg(X86Cpu.RBX, 4, leaf.ebx);
        cpu.setReg(X86Cpu.RCX, 4, leaf.ecx);
        cpu.setReg(X86Cpu.RDX, 4, leaf.edx);
    }

    /** Family, model and stepping: EAX of leaf 1, and EDX after power-on. */
    int signature() {
        return SIGNATURE;
    }

    private boolean has(long flag) {
        return (system.miscEnable & flag) != 0;
    }

    private int highest() {
        return has(Msrs.LIMIT_CPUID) ? 2 : HIGHEST;
    }

    /** The answer for these values of EAX and ECX. A basic leaf above the highest gives the highest one's. */
    public Leaf leaf(int number, int sub) {
        if (number >= 0x8000_0000 && number <= HIGHEST_EXTENDED) {
            return extended(number);
        }
        if (number == HIGHEST_HYPERVISOR) {
            return name(HIGHEST_HYPERVISOR, "RingscopeVM ");
        }
        return basic(number >= 0 && number <= highest() ? number : highest(), sub);
    }

    private Leaf basic(int number, int sub) {
        return switch (number) {
            case 0 -> vendor();
            case 1 -> features();
            // caches: see leaf 4; TLBs: none told
            case 2 -> new Leaf(0xff01, 0, 0, 0);
            case 4 -> cache(sub);
            // the APIC timer never stops
            case 6 -> new Leaf(4, 0, 0, 0);
            case 7 -> sub == 0 ? new Leaf(0, STRUCTURED_EBX, STRUCTURED_ECX, STRUCTURED_EDX) : Leaf.ZERO;
            case 0xd -> extendedState(sub);
            // TSC = crystal * 1 / 1, crystal = 1 GHz, which the APIC timer counts too
            case 0x15 -> new Leaf(1, 1, 1_000_000_000, 0);
            default -> Leaf.ZERO;
        };
    }

    private Leaf vendor() {
        return new Leaf(highest(), word("Genu"), word("ntel"), word("ineI"));
    }

    private Leaf features() {
        boolean osxsave = (cpu.cr4 & X86Cpu.CR4_OSXSAVE) != 0;
        boolean apic = (system.apic.base() & 1 << 11) != 0;
        // EBX: CLFLUSH line in units of 8 bytes, one logical processor, APIC number 0
        return new Leaf(
                SIGNATURE,
                1 << 16 | CACHE_LINE / 8 << 8,
                FEATURES_ECX | (osxsave ? OSXSAVE : 0),
                FEATURES_EDX | (apic ? APIC : 0));
    }

    /** The area of XSAVE holds x87 and SSE state; XSAVEOPT is there. */
    private static Leaf extendedState(int sub) {
        return switch (sub) {
            case 0 -> new Leaf((int) SystemRegisters.XCR0_ALL, 576, 576, 0);
            case 1 -> new Leaf(1, 0, 0, 0);
            default -> Leaf.ZERO;
        };
    }

    private static Leaf cache(int sub) {
        return switch (sub) {
            case 0 -> cache(1, 1, 8, 64);
            case 1 -> cache(2, 1, 8, 64);
            case 2 -> cache(3, 2, 8, 512);
            case 3 -> cache(3, 3, 16, 8192);
            default -> Leaf.ZERO;
        };
    }

    /** @param type 1 data, 2 code, 3 both */
    private static Leaf cache(int type, int level, int ways, int sets) {
        int selfInitializing = 1 << 8;
        return new Leaf(type | level << 5 | selfInitializing, ways - 1 << 22 | CACHE_LINE - 1, sets - 1, 0);
    }

    private Leaf extended(int number) {
        return switch (number & 0xf) {
            case 0 -> new Leaf(HIGHEST_EXTENDED, 0, 0, 0);
            case 1 -> {
                int nx = has(Msrs.NX_DISABLE) ? 0 : NX;
                yield new Leaf(0, 0, EXTENDED_ECX, EXTENDED_EDX | nx | (cpu.code64() ? SYSCALL : 0));
            }
            case 2, 3, 4 -> brand(16 * ((number & 0xf) - 2));
            // L2 cache: 256 KiB, 8 ways, lines of 64 bytes
            case 6 -> new Leaf(0, 0, 256 << 16 | 6 << 12 | CACHE_LINE, 0);
            // the TSC runs at a constant rate whatever happens
            case 7 -> new Leaf(0, 0, 0, 1 << 8);
            case 8 -> new Leaf(48 << 8 | PageWalker.PHYSICAL_BITS, 0, 0, 0);
            default -> Leaf.ZERO;
        };
    }

    private static Leaf brand(int from) {
        ByteBuffer text = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN).put(0, BRAND.getBytes(US_ASCII));
        return new Leaf(text.getInt(from), text.getInt(from + 4), text.getInt(from + 8), text.getInt(from + 12));
    }

    private static Leaf name(int eax, String twelve) {
        return new Leaf(eax, word(twelve.substring(0, 4)), word(twelve.substring(4, 8)), word(twelve.substring(8)));
    }

    private static int word(String four) {
        return ByteBuffer.wrap(four.getBytes(US_ASCII))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }
}
