package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import java.util.Map;
import java.util.Set;

/** What is not compared with the host, and why. */
final class ComparisonScope {
    private static final String SEGMENTS = "depends on the host's descriptor tables, which are not ours";
    private static final String TRANSCENDENTAL = "may be off in the last bit; X87TranscendentalOracleTest";
    private static final String HOST = "tells about the host, or asks its kernel";

    static final Map<Class<?>, String> EXCLUDED_FAMILIES = Map.ofEntries(
            Map.entry(
                    FpuEnvironment.class,
                    "tells where the last instruction was, noted at different times; X87StateOracleTest"),
            Map.entry(FarReturns.class, SEGMENTS),
            Map.entry(FarTransfers.class, SEGMENTS),
            Map.entry(SegmentLoads.class, SEGMENTS),
            Map.entry(InterruptReturn.class, SEGMENTS),
            Map.entry(SystemCalls.class, HOST),
            Map.entry(Cpuid.class, HOST),
            Map.entry(TimeInstructions.class, HOST));

    /** By mnemonic. */
    static final Map<String, String> EXCLUDED = Map.ofEntries(
            Map.entry("rcpss", "approximate: the bits are the processor's own; SseOracleTest checks the error"),
            Map.entry("rcpps", "approximate"),
            Map.entry("rsqrtss", "approximate"),
            Map.entry("rsqrtps", "approximate"),
            Map.entry("f2xm1", TRANSCENDENTAL),
            Map.entry("fyl2x", TRANSCENDENTAL),
            Map.entry("fyl2xp1", TRANSCENDENTAL),
            Map.entry("fptan", TRANSCENDENTAL),
            Map.entry("fpatan", TRANSCENDENTAL),
            Map.entry("fsin", TRANSCENDENTAL),
            Map.entry("fcos", TRANSCENDENTAL),
            Map.entry("fsincos", TRANSCENDENTAL),
            Map.entry("fxsave", "tells where the last x87 instruction was"),
            Map.entry("fxrstor", "sets bits of MXCSR that only the host has"),
            Map.entry("xsave", HOST),
            Map.entry("xsaveopt", HOST),
            Map.entry("xrstor", HOST),
            Map.entry("lar", SEGMENTS),
            Map.entry("lsl", SEGMENTS),
            Map.entry("verr", SEGMENTS),
            Map.entry("verw", SEGMENTS),
            Map.entry("int", HOST),
            Map.entry("int1", HOST),
            Map.entry("int3", HOST),
            Map.entry("into", HOST),
            Map.entry("sldt", HOST),
            Map.entry("str", HOST),
            Map.entry("sgdt", HOST),
            Map.entry("sidt", HOST),
            Map.entry("smsw", HOST),
            Map.entry("xgetbv", HOST),
            Map.entry("xsetbv", HOST),
            Map.entry("rdfsbase", HOST),
            Map.entry("rdgsbase", HOST),
            Map.entry("wrfsbase", "takes the harness its thread-local storage"),
            Map.entry("wrgsbase", HOST));

    private static final Set<String> SHIFTS = Set.of("shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd");

    private static final Map<Character, Integer> LETTERS =
            Map.of('O', Flags.OF, 'S', Flags.SF, 'Z', Flags.ZF, 'A', Flags.AF, 'P', Flags.PF, 'C', Flags.CF);

    private ComparisonScope() {}

    /**
     * A wide operand that is wrong in two ways (misaligned, on no page, beyond the segment's limit): which is reported
     * is the processor's choice. Only 16-bit code has limits.
     */
    static boolean eitherFault(ProcessorCase c, ProcessorOutcome host, ProcessorOutcome ours) {
        boolean wide = c.encoding.operands.stream().anyMatch(o -> o.aligned() || o.size() == Operand.Size.T);
        return wide && c.bits == 16 && host.vector >= Fault.SS && ours.vector >= Fault.SS;
    }

    /**
     * The flags that the manual defines after this instruction. For shifts the letters hold for counts above 1 only.
     */
    static int flags(ProcessorCase c, Instruction i) {
        int mask = Flags.ARITHMETIC | X86Cpu.DF;
        int count = SHIFTS.contains(i.def.name()) ? count(c, i) : -1;
        for (char letter : i.def.insn.undefined().toCharArray()) {
            if (count != 0 && (count != 1 || letter != 'O')) {
                mask &= ~LETTERS.get(letter);
            }
        }
        return mask;
    }

    private static int count(ProcessorCase c, Instruction i) {
        long count = switch (i.encoding.operands.getLast().kind()) {
            case ONE -> 1;
            case I -> i.imm;
            default -> c.r[X86Cpu.RCX];
        };
        return (int) count & (i.operandSize == 8 && (i.opcode & 1 | i.encoding.map) != 0 ? 63 : 31);
    }
}
