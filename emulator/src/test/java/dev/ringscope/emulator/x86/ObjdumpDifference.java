package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Syntax;
import java.util.Set;
import java.util.function.Predicate;

/** Why decoder and objdump may disagree about an instruction: each constant says when, and who is right. */
enum ObjdumpDifference {
    /**
     * VEX, EVEX and XOP prefixes: AVX, BMI and their like are not built, no CPUID bit offers them, so they are invalid
     * opcodes.
     */
    VECTOR_PREFIX(p -> p.undefined() && Set.of(0xc4, 0xc5, 0x62, 0x8f).contains(p.opcode())),

    /** Other instructions that CPUID does not offer and that are invalid opcodes therefore. */
    NOT_BUILT(p -> p.undefined() && NotBuilt.MNEMONICS.contains(p.mnemonic())),

    /**
     * Where the manual says NP, a 66, F2 or F3 makes an invalid opcode; objdump shows some of these prefixes as idle.
     */
    FORBIDDEN_PREFIX(p -> p.undefined() && p.intel().matches(".*\\b(repn?z|data16|data32)\\b.*")),

    /** BSF, BSR and WBINVD ignore prefixes for which objdump's tables have no entry. */
    IDLE_PREFIX(p -> p.is("bsf", "bsr", "wbinvd") && p.intel().endsWith("(bad)")),

    /** A 66 beside a mandatory F2 or F3, or beside REX.W, has no effect; objdump takes it for another form's. */
    SECOND_PREFIX(p -> p.sameLength()
            && p.instruction().prefix66
            && (p.instruction().encoding.mandatory > 0x66 || (p.instruction().rex & 8) != 0 || p.opcode() == 0x90)),

    /** A jump with 16-bit operand size goes to a 16-bit offset; objdump keeps the upper half for some of them. */
    UPPER_HALF(p -> p.sameLength() && p.instruction().operandSize == 2 && p.isJump() && p.sameLowTarget()),

    /** Objdump knows SWAPGS, RDFSBASE and their like outside 64-bit code, too, where they are invalid opcodes. */
    ONLY_64(p -> p.undefined() && p.instruction().mode != 8 && p.mnemonic().matches("swapgs|(rd|wr)[fg]sbase")),

    /** The fences ignore ModRM.rm (SDM vol. 2, LFENCE, MFENCE, SFENCE); objdump takes 0 only. */
    FENCE(p -> p.is("lfence", "mfence", "sfence") && p.intel().endsWith("(bad)")),

    /** SALC is undocumented. */
    SALC(p -> p.is("salc") && p.intel().endsWith("(bad)")),

    /** Objdump does not say how much LDDQU reads. */
    LDDQU(p -> p.is("lddqu") && p.intel().equals(p.ours(Syntax.INTEL).replace("XMMWORD PTR ", ""))),

    /** The test registers of 80386 and 80486. */
    TEST_REGISTER(p -> p.undefined() && p.intel().matches(".*mov .*\\btr\\d.*")),

    /** LOCK in front of what cannot be locked: objdump shows it, a processor raises #UD. */
    NOT_LOCKABLE(p -> p.undefined() && p.instruction().lock),

    /** A REX prefix in front of another prefix has no effect; objdump shows it as an instruction of its own. */
    VOID_REX(p -> p.intel().matches("((rep.?.?|data..|addr..|[c-gs]s|lock|rex\\S*)( |$))+")
            && p.intel().contains("rex")),

    /** Hints that processors without them execute as NOP: objdump knows their names, and their prefixes. */
    HINT(p -> p.is("nop")
            && (NotBuilt.HINTS.contains(p.mnemonic())
                    || p.sameLength() && Set.of(0x18, 0x1a, 0x1b).contains(p.at(p.opcodeOffset() + 1)))),

    /** F3 90 is PAUSE without REX.B only; with it, it is XCHG R8 (tried on a processor). */
    NO_PAUSE(p -> p.is("xchg") && p.instruction().rep && p.mnemonic().equals("pause")),

    /** TZCNT, LZCNT and WBNOINVD are BSF, BSR and WBINVD with an idle REPZ where CPUID does not offer them. */
    NEWER_MEANING(p ->
            p.is("bsf", "bsr", "wbinvd") && Set.of("tzcnt", "lzcnt", "wbnoinvd").contains(p.mnemonic())),

    /** Second encodings of x87 instructions, undocumented but there in every processor. */
    X87_ALIAS(p -> p.sameLength() && (p.opcode() & 0xf8) == 0xd8 && p.intel().endsWith("(bad)")),

    /** Objdump says of which coprocessor an instruction was that now does nothing. */
    OLD_COPROCESSOR(p -> p.sameLength() && p.intel().matches(".*\\((8087|287) only\\)")),

    /** Of several segment prefixes the last one counts; objdump's listing may leave out another one. */
    TWO_SEGMENTS(p -> p.sameLength() && p.segmentPrefixes() > 1),

    /** Objdump fills up the mnemonic but not the prefixes before it. */
    SPACES(p -> p.sameLength() && p.sameButSpaces()),

    /** FWAIT and the x87 instruction behind it: objdump shows them as one, under the mnemonic without N. */
    WAIT(p -> p.is("fwait") && p.length() > p.instruction().length);

    private static final class NotBuilt {
        static final Set<String> MNEMONICS = Set.of("""
                aadd aand adcx adox aesdec aesdec128kl aesdec256kl aesdeclast aesdecwide128kl aesdecwide256kl aesenc
                aesenc128kl aesenc256kl aesenclast aesencwide128kl aesencwide256kl aesimc aeskeygenassist aor axor
                clflushopt clgi clrssbsy clui clwb clzero enclu encls enclv encodekey128 encodekey256 enqcmd enqcmds
                extrq femms frstpm(287 getsec gf2p8affineinvqb gf2p8affineqb gf2p8mulb hreset incsspd incsspq insertq
                invept invlpga invlpgb invvpid loadiwkey mcommit monitor monitorx montmul movbe movdir64b movdiri
                movntsd movntss mwait mwaitx pavgusb pclmulhqhqdq pclmulhqlqdq pclmullqhqdq pclmullqlqdq pclmulqdq
                pconfig pf2id pf2iw pfacc pfadd pfcmpeq pfcmpge pfcmpgt pfmax pfmin pfmul pfnacc pfpnacc pfrcp
                pfrcpit1 pfrcpit2 pfrsqit1 pfrsqrt pfsub pfsubr pi2fd pi2fw pmulhrw psmash pswapd ptwrite pvalidate
                rdmsrlist rdpid rdpkru rdpru rdseed rmpadjust rmpupdate rsm rstorssp saveprevssp seamcall seamops
                seamret senduipi serialize setssbsy sha1msg1 sha1msg2 sha1nexte sha1rnds4 sha256msg1 sha256msg2
                sha256rnds2 skinit stgi stui tdcall testui tlbsync tpause uiret umonitor umwait vmcall vmclear vmfunc
                vmgexit vmlaunch vmload vmmcall vmptrld vmptrst vmread vmresume vmrun vmsave vmwrite vmxoff vmxon
                wrmsrlist wrmsrns wrpkru wrssd wrssq wrussd wrussq xabort xbegin xcrypt-cbc xcrypt-cfb xcrypt-ctr
                xcrypt-ecb xcrypt-ofb xcryptcbc xcryptcfb xcryptctr xcryptecb xcryptofb xend xresldtrk xrstors
                xrstors64 xsavec xsavec64 xsaves xsaves64 xsha1 xsha256 xstore xstore-rng xsusldtrk xtest
                """.trim().split("\\s+"));
        static final Set<String> HINTS = Set.of(
                "rdsspd",
                "rdsspq",
                "cldemote",
                "bndldx",
                "bndstx",
                "bndmov",
                "bndmk",
                "bndcl",
                "bndcu",
                "bndcn",
                "prefetchit0",
                "prefetchit1");
    }

    private final Predicate<ObjdumpComparison.Place> rule;

    ObjdumpDifference(Predicate<ObjdumpComparison.Place> rule) {
        this.rule = rule;
    }

    boolean explains(ObjdumpComparison.Place place) {
        return rule.test(place);
    }
}
