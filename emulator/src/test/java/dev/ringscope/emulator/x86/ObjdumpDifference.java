package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;
import java.util.Set;
import java.util.function.Predicate;

/** Why decoder and objdump may disagree about an instruction: each constant says when, and who is right. */
enum ObjdumpDifference {
    /** VEX, EVEX and XOP prefixes: AVX, BMI and their like are not built, no CPUID bit offers them, so they are invalid opcodes. */
    VECTOR_PREFIX(p -> p.undefined() && Set.of(0xc4, 0xc5, 0x62, 0x8f).contains(p.opcode())),

    /** Other instructions that CPUID does not offer and that are invalid opcodes therefore. */
    NOT_BUILT(p -> p.undefined() && NotBuilt.MNEMONICS.contains(p.mnemonic())),

    /** Where the manual says NP, a 66, F2 or F3 makes an invalid opcode; objdump shows some of these prefixes as idle. */
    FORBIDDEN_PREFIX(p -> p.undefined()
            && p.opcode() == 0x0f
            && Set.of(0x01, 0x77, 0xae, 0xc3, 0xc7).contains(p.at(p.opcodeOffset() + 1))
            && (p.instruction().prefix66 || p.instruction().rep || p.instruction().repne)),

    /** BSF, BSR and WBINVD ignore REPNZ; objdump's tables have no entry for that. */
    IDLE_PREFIX(p -> p.instruction().def != null
            && Set.of("bsf", "bsr", "wbinvd").contains(p.instruction().def.name())
            && p.instruction().repne && p.intel().endsWith("(bad)")),

    /** The fences ignore ModRM.rm (SDM vol. 2, LFENCE, MFENCE, SFENCE); objdump takes 0 only. */
    FENCE(p -> p.instruction().def != null && p.instruction().def.name().endsWith("fence") && p.intel().endsWith("(bad)")),

    /** LOCK in front of what cannot be locked: objdump shows it, a processor raises #UD. */
    NOT_LOCKABLE(p -> p.undefined() && p.intel().contains("lock ")),

    /** A REX prefix in front of another prefix has no effect; objdump shows it as an instruction of its own. */
    VOID_REX(p -> p.intel().matches("((rep.?.?|data..|addr..|[c-gs]s|lock|rex\\S*)( |$))+") && p.intel().contains("rex")),

    /** Hints that processors without them execute as NOP: objdump knows their names. */
    HINT(p -> p.sameLength() && p.instruction().def.name().equals("nop") && NotBuilt.HINTS.contains(p.mnemonic())),

    /** TZCNT and LZCNT are BSF and BSR with a REPZ that does nothing, where CPUID does not offer them. */
    COUNT_ZEROS(p -> p.sameLength() && Set.of("tzcnt", "lzcnt").contains(p.mnemonic())),

    /** FWAIT and the x87 instruction behind it: objdump shows them as one, under the mnemonic without N. */
    WAIT(p -> p.instruction().def != null && p.instruction().def.name().equals("fwait"));

    private static final class NotBuilt {
        static final Set<String> MNEMONICS = Set.of(
                "xtest", "xbegin", "xend", "xabort", "movbe", "xsavec", "xsavec64", "xsaves", "xsaves64", "xrstors", "xrstors64",
                "incsspd", "incsspq", "rdpkru", "wrpkru", "serialize", "encls", "stgi", "monitor", "mwait", "monitorx", "mwaitx",
                "pvalidate", "rmpadjust", "rdseed", "tpause", "clflushopt");
        static final Set<String> HINTS = Set.of("rdsspd", "rdsspq", "cldemote");
    }

    private final Predicate<ObjdumpComparison.Place> rule;

    ObjdumpDifference(Predicate<ObjdumpComparison.Place> rule) {
        this.rule = rule;
    }

    boolean explains(ObjdumpComparison.Place place) {
        return rule.test(place);
    }
}
