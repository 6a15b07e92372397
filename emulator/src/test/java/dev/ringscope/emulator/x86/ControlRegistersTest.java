package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event.SystemRegisterWrite;
import dev.ringscope.emulator.Event.TranslationFlush;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which values control and debug registers take, in which state, and what follows (Intel SDM vol. 2, MOV to control
 * registers).
 */
class ControlRegistersTest {
    private static final String MOV_CR0 = "0f 22 c0",
            MOV_CR3 = "0f 22 d8",
            MOV_CR4 = "0f 22 e0",
            MOV_CR8 = "44 0f 22 c0";
    private static final long PE = X86Cpu.CR0_PE, PG = X86Cpu.CR0_PG, PAE = X86Cpu.CR4_PAE;

    private static BareProcessor run(BareProcessor p, String code, long rax) {
        p.cpu.r[X86Cpu.RAX] = rax;
        p.run(code);
        return p;
    }

    @ParameterizedTest
    @CsvSource({
        "ok,    00000011",
        "ok,    60000011",
        "ok,   60000011",
        "GP(0), 20000011",
        "GP(0), 80000010",
        "ok, 00050033",
        "GP(0), 80000000"
    })
    void cr0RefusesContradictions(String outcome, String value) {
        assertThat(run(BareProcessor.protectedMode(0), MOV_CR0, Long.parseLong(value, 16))
                        .outcome())
                .isEqualTo(outcome);
    }

    @Test
    void cr0HasNoUpperHalf() {
        assertThat(run(BareProcessor.longMode(0), MOV_CR0, 1L << 32 | PG | PE).outcome())
                .isEqualTo("GP(0)");
    }

    @Test
    void unknownBitsOfCr0AreIgnoredAndEtIsFixed() {
        BareProcessor p = run(BareProcessor.protectedMode(0), MOV_CR0, 0x1fc0_ffc1L & ~0x30 | PE);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.cr0).isEqualTo(PE | X86Cpu.CR0_ET);
    }

    @Test
    void pagingCannotBeSwitchedOffIn64BitCode() {
        assertThat(run(BareProcessor.longMode(0), MOV_CR0, PE).outcome()).isEqualTo("GP(0)");
    }

    @Test
    void pagingWithLmeActivatesIa32eModeAndNeedsPae() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.write(0xa000, 8, 0xb007);
        p.write(0xb000, 8, 0xc007);
        p.write(0xc000, 8, 0x87);
        p.cpu.cr3 = 0xa000;
        p.cpu.efer = X86Cpu.EFER_LME;
        assertThat(run(p, MOV_CR0, PG | PE).outcome()).isEqualTo("GP(0)");
        p = BareProcessor.protectedMode(0);
        p.write(0xa000, 8, 0xb007);
        p.write(0xb000, 8, 0xc007);
        p.write(0xc000, 8, 0x87);
        p.cpu.cr3 = 0xa000;
        p.cpu.efer = X86Cpu.EFER_LME;
        p.cpu.cr4 = PAE;
        assertThat(run(p, MOV_CR0, PG | PE).outcome()).isEqualTo("ok");
        assertThat(p.cpu.efer).isEqualTo(X86Cpu.EFER_LME | X86Cpu.EFER_LMA);
        assertThat(run(p, MOV_CR0, PE).outcome()).isEqualTo("ok");
        assertThat(p.cpu.efer).isEqualTo(X86Cpu.EFER_LME);
    }

    @ParameterizedTest
    @CsvSource({"ok, 20", "GP(0), 0", "ok, 3706b0", "GP(0), 2020", "GP(0), 1000020", "GP(0), 100000020"})
    void cr4TakesWhatCpuidOffersAndKeepsPaeInIa32eMode(String outcome, String value) {
        assertThat(run(BareProcessor.longMode(0), MOV_CR4, Long.parseLong(value, 16))
                        .outcome())
                .isEqualTo(outcome);
    }

    @Test
    void pcidNeedsIa32eModeAndACr3WithoutPcid() {
        long pcide = X86Cpu.CR4_PCIDE;
        assertThat(run(BareProcessor.protectedMode(0), MOV_CR4, pcide | PAE).outcome())
                .isEqualTo("GP(0)");
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr3 |= 0x18;
        assertThat(run(p, MOV_CR4, pcide | PAE).outcome()).isEqualTo("GP(0)");
        p = run(BareProcessor.longMode(0), MOV_CR4, pcide | PAE);
        assertThat(p.outcome()).isEqualTo("ok");
        // bit 63 of the source asks to keep translations, and is not part of CR3
        assertThat(run(p, MOV_CR3, 0x8000_0000_0000_a123L).outcome()).isEqualTo("ok");
        assertThat(p.cpu.cr3).isEqualTo(0xa123);
    }

    @Test
    void cr3RefusesAddressesThatDoNotExist() {
        assertThat(run(BareProcessor.longMode(0), MOV_CR3, 1L << 40 | 0xa000).outcome())
                .isEqualTo("GP(0)");
        assertThat(run(BareProcessor.longMode(0), MOV_CR3, 1L << 63 | 0xa000).outcome())
                .isEqualTo("GP(0)");
    }

    @Test
    void paePagingLoadsItsPointersWithCr3AndChecksThem() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.write(0xa000, 8, 0xb001);
        p.write(0xb000, 8, 0x87);
        p.write(0xa020, 8, 0xb001 | 2);
        p.cpu.cr3 = 0xa000;
        p.cpu.cr4 = PAE;
        assertThat(run(p, MOV_CR0, PG | PE).outcome()).isEqualTo("ok");
        // the registers keep what they loaded
        p.write(0xa000, 8, 0);
        assertThat(run(p, "90", 0).outcome()).isEqualTo("ok");
        assertThat(run(p, MOV_CR3, 0xa020).outcome()).isEqualTo("GP(0)");
        assertThat(p.cpu.cr3).isEqualTo(0xa000);
    }

    @Test
    void writesAreTold() {
        BareProcessor p = run(BareProcessor.longMode(0), MOV_CR3, 0xa000);
        assertThat(p.events).anySatisfy(e -> {
            assertThat(e).isInstanceOf(SystemRegisterWrite.class);
            assertThat(((SystemRegisterWrite) e).register()).isEqualTo("cr3");
        });
        assertThat(p.events).anySatisfy(e -> assertThat(e).isEqualTo(new TranslationFlush(0, "mov cr3", 0xa000)));
        run(p, "0f 01 38", 0x1000); // invlpg [rax]
        assertThat(p.events).anySatisfy(e -> assertThat(e).isEqualTo(new TranslationFlush(1, "invlpg", 0x1000)));
    }

    @ParameterizedTest
    @CsvSource({
        "0f 20 c0",
        "0f 22 c0",
        "0f 21 f8",
        "0f 23 f8",
        "0f 06",
        "0f 01 f0",
        "0f 01 38",
        "0f 09",
        "0f 32",
        "0f 30",
        "0f 01 10",
        "0f 01 18"
    })
    void privilegedInstructionsNeedRing0(String code) {
        for (int ring = 1; ring < 4; ring++) {
            assertThat(run(BareProcessor.protectedMode(ring), code, 0x100).outcome())
                    .isEqualTo("GP(0)");
        }
    }

    @ParameterizedTest
    @CsvSource({"0f 22 c8", "0f 22 e8", "0f 20 f0", "0f 24 c0"})
    void otherControlRegistersDoNotExist(String code) {
        assertThat(run(BareProcessor.protectedMode(0), code, 0).outcome()).isEqualTo("UD");
    }

    @Test
    void cr8HasFourBits() {
        assertThat(run(BareProcessor.longMode(0), MOV_CR8, 16).outcome()).isEqualTo("GP(0)");
        assertThat(run(BareProcessor.longMode(0), MOV_CR8, 15).outcome()).isEqualTo("ok");
    }

    @Test
    void lmswSetsProtectionButCannotClearIt() {
        BareProcessor p = run(BareProcessor.protectedMode(0), "0f 01 f0", 0xfff0 | 0xa);
        assertThat(p.cpu.cr0 & 0xf).isEqualTo(0xb);
        run(p, "0f 06", 0);
        assertThat(p.cpu.cr0 & 0xf).isEqualTo(3);
        run(p, "0f 01 e0", -1); // smsw eax
        assertThat((int) p.cpu.r[X86Cpu.RAX]).isEqualTo((int) p.cpu.cr0);
    }

    @Test
    void umipHidesTablesFromPrograms() {
        for (String code : new String[] {"0f 01 00", "0f 01 08", "0f 01 e0"}) {
            BareProcessor p = BareProcessor.protectedMode(3);
            assertThat(run(p, code, 0x8000).outcome()).isEqualTo("ok");
            p.cpu.cr4 |= X86Cpu.CR4_UMIP;
            assertThat(run(p, code, 0x8000).outcome()).isEqualTo("GP(0)");
        }
    }

    @Test
    void descriptorTableRegistersHaveTheSizesOfTheirMode() {
        BareProcessor p = BareProcessor.longMode(0);
        p.write(0x8000, 2, 0x1234);
        p.write(0x8002, 8, 0xffff_8000_0000_5000L);
        run(p, "0f 01 18", 0x8000);
        assertThat(p.cpu.idtrBase).isEqualTo(0xffff_8000_0000_5000L);
        assertThat(p.cpu.idtrLimit).isEqualTo(0x1234);
        run(p, "0f 01 08", 0x8100);
        assertThat(p.read(0x8100, 2)).isEqualTo(0x1234);
        assertThat(p.read(0x8102, 8)).isEqualTo(0xffff_8000_0000_5000L);
        p = BareProcessor.longMode(0);
        p.write(0x8002, 8, 0x0000_8000_0000_0000L);
        assertThat(run(p, "0f 01 10", 0x8000).outcome()).isEqualTo("GP(0)");

        p = BareProcessor.protectedMode(0);
        p.write(0x8000, 8, 0xffee_1234_5678_03ffL);
        run(p, "66 0f 01 10", 0x8000);
        assertThat(p.cpu.gdtrBase).isEqualTo(0x34_5678);
        run(p, "0f 01 10", 0x8000);
        assertThat(p.cpu.gdtrBase).isEqualTo(0x1234_5678);
    }

    @Test
    void debugRegistersForceTheirReservedBits() {
        BareProcessor p = run(BareProcessor.protectedMode(0), "0f 23 f0", 0xffff_ffffL); // dr6
        assertThat(p.cpu.dr[6]).isEqualTo(0xffff_efffL);
        run(p, "0f 23 f8", 0x0000_d800L); // dr7
        assertThat(p.cpu.dr[7]).isEqualTo(0x400);
        run(p, "0f 21 e8", 0); // eax = dr5, an alias of dr7
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(0x400);
        p.cpu.cr4 |= X86Cpu.CR4_DE;
        assertThat(run(p, "0f 21 e8", 0).outcome()).isEqualTo("UD");
        assertThat(run(BareProcessor.longMode(0), "0f 23 f8", 1L << 32).outcome())
                .isEqualTo("GP(0)");
    }

    @Test
    void generalDetectGuardsDebugRegisters() {
        BareProcessor p = run(BareProcessor.protectedMode(0), "0f 23 f8", 1 << 13);
        assertThat(run(p, "0f 21 c0", 0).outcome()).isEqualTo("DB");
        assertThat(p.cpu.dr[6] & 1 << 13).isNotZero();
        assertThat(p.cpu.dr[7] & 1 << 13).isZero();
    }

    @Test
    void dataBreakpointTrapsBehindTheAccess() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.dr[1] = 0x8004;
        run(p, "0f 23 f8", 1 << 2 | 0xd << 20); // dr7: L1, writes, 4 bytes
        assertThat(run(p, "8b 00", 0x8004).outcome()).isEqualTo("ok"); // mov eax,[eax]
        assertThat(run(p, "89 00", 0x8001).outcome()).isEqualTo("DB"); // bytes 8001..8004
        assertThat(p.cpu.dr[6] & 0xf).isEqualTo(2);
        assertThat(p.read(0x8001, 4)).isEqualTo(0x8001);
        assertThat(p.traps().getFirst().pc()).isEqualTo(BareProcessor.PROGRAM + 3 + 2 + 2);
    }
}
