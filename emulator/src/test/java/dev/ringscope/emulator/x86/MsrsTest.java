package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RDMSR and WRMSR, time, random numbers, segment bases, XCR0. */
class MsrsTest {
    private static BareProcessor run(BareProcessor p, String code, long rcx, long value) {
        p.cpu.r[X86Cpu.RCX] = rcx;
        p.cpu.r[X86Cpu.RAX] = value & 0xffff_ffffL;
        p.cpu.r[X86Cpu.RDX] = value >>> 32;
        p.run(code);
        return p;
    }

    private static long pair(BareProcessor p) {
        return p.cpu.r[X86Cpu.RDX] << 32 | p.cpu.r[X86Cpu.RAX];
    }

    @ParameterizedTest
    @CsvSource({
        "c0000081, 0023001000000000",
        "c0000082, ffffffff81e00080",
        "c0000084, 0000000000047700",
        "c0000100, 00007f0012345678",
        "c0000101, ffff888000000000",
        "c0000102, ffff888000000000",
        "c0000103, 0000000000000007",
        "174, 0000000000000010",
        "175, fffffe0000002000",
        "176, ffffffff81e01000",
        "277, 0407050600070106",
        "2ff, 0000000000000c06",
        "200, 0000000080000000",
        "201, 000000ff80000800",
        "26f, 0505050505050505",
        "48, 0000000000000001"
    })
    void whatIsWrittenIsRead(String number, String value) {
        long n = Long.parseLong(number, 16);
        long v = Long.parseUnsignedLong(value, 16);
        BareProcessor p = run(BareProcessor.longMode(0), "0f 30", n, v);
        run(p, "0f 32", n, 0);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(pair(p)).isEqualTo(v);
    }

    @ParameterizedTest
    @CsvSource({
        "c0000082, 0000800000000000", // not canonical
        "c0000102, 8000000000000000",
        "c0000084, 0000000100000000",
        "c0000080, 0000000000001000", // SVME
        "c0000080, 0000000000000001", // LME cleared while paging is on
        "277, 0000000000000002", // no such memory type
        "2ff, 0000000000000002",
        "201, 0000010000000000", // beyond the physical address
        "fe, 0000000000000000", // read-only
        "10a, 0000000000000000",
        "cafe, 0000000000000000" // does not exist
    })
    void badValuesAreRefused(String number, String value) {
        assertThat(run(
                                BareProcessor.longMode(0),
                                "0f 30",
                                Long.parseLong(number, 16),
                                Long.parseUnsignedLong(value, 16))
                        .outcome())
                .isEqualTo("GP(0)");
    }

    @Test
    void unknownRegistersAndWriteOnlyOnesCannotBeRead() {
        assertThat(run(BareProcessor.longMode(0), "0f 32", 0xcafe, 0).outcome()).isEqualTo("GP(0)");
        assertThat(run(BareProcessor.longMode(0), "0f 32", 0x49, 0).outcome()).isEqualTo("GP(0)");
    }

    @Test
    void lmaFollowsPagingAndNotWrites() {
        BareProcessor p = run(BareProcessor.longMode(0), "0f 30", 0xc000_0080L, X86Cpu.EFER_LME | X86Cpu.EFER_NXE);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.efer).isEqualTo(X86Cpu.EFER_LME | X86Cpu.EFER_NXE | X86Cpu.EFER_LMA);
    }

    @Test
    void tscCountsInstructionsAndCanBeSet() {
        BareProcessor p = run(BareProcessor.longMode(0), "0f 30", 0x10, 1_000_000);
        run(p, "90", 0, 0);
        run(p, "0f 31", 0, 0);
        assertThat(pair(p)).isEqualTo(1_000_002);
        run(p, "0f 32", 0x3b, 0); // IA32_TSC_ADJUST shows the jump
        assertThat(pair(p)).isEqualTo(1_000_000);
        run(p, "0f 30", 0x3b, 0);
        run(p, "0f 01 f9", 0, 0); // rdtscp
        assertThat(pair(p)).isEqualTo(5);
        assertThat(p.cpu.r[X86Cpu.RCX]).isZero();
    }

    @Test
    void tsdKeepsTheTscFromPrograms() {
        BareProcessor p = BareProcessor.longMode(3);
        assertThat(run(p, "0f 31", 0, 0).outcome()).isEqualTo("ok");
        p.cpu.cr4 |= X86Cpu.CR4_TSD;
        assertThat(run(p, "0f 31", 0, 0).outcome()).isEqualTo("GP(0)");
    }

    @Test
    void randomNumbersAreTheSameInEveryRun() {
        BareProcessor first = run(BareProcessor.longMode(3), "48 0f c7 f0", 0, 0);
        BareProcessor second = run(BareProcessor.longMode(3), "48 0f c7 f0", 0, 0);
        long number = first.cpu.r[X86Cpu.RAX];
        assertThat(second.cpu.r[X86Cpu.RAX]).isEqualTo(number);
        assertThat(first.cpu.eflags() & 0x8d5).isEqualTo(1);
        run(first, "48 0f c7 f0", 0, 0);
        assertThat(first.cpu.r[X86Cpu.RAX]).isNotEqualTo(number);
        run(first, "66 0f c7 f0", 0, 0x1111_0000L);
        assertThat(first.cpu.r[X86Cpu.RAX] >>> 16).isEqualTo(0x1111);
    }

    @Test
    void segmentBasesAreForProgramsOnlyWithFsgsbase() {
        BareProcessor p = BareProcessor.longMode(3);
        assertThat(run(p, "f3 48 0f ae d0", 0, 0x1234).outcome()).isEqualTo("UD"); // wrfsbase rax
        p = BareProcessor.longMode(3);
        p.cpu.cr4 |= X86Cpu.CR4_FSGSBASE;
        run(p, "f3 48 0f ae d8", 0, 0x1234_5678L); // wrgsbase rax
        assertThat(p.cpu.seg[Instruction.GS].base).isEqualTo(0x1234_5678L);
        run(p, "f3 48 0f ae c8", 0, 0); // rdgsbase rax
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(0x1234_5678L);
        p.cpu.r[X86Cpu.RBX] = 1L << 47;
        p.run("f3 48 0f ae d3"); // wrfsbase rbx
        assertThat(p.outcome()).isEqualTo("GP(0)");
    }

    @Test
    void swapgsExchangesTheBases() {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.kernelGsBase = 0x5000;
        p.cpu.seg[Instruction.GS].base = 0x6000;
        run(p, "0f 01 f8", 0, 0);
        assertThat(p.cpu.seg[Instruction.GS].base).isEqualTo(0x5000);
        assertThat(p.cpu.kernelGsBase).isEqualTo(0x6000);
    }

    @Test
    void xcr0TakesX87AndSseAndNeedsOsxsave() {
        assertThat(run(BareProcessor.longMode(0), "0f 01 d0", 0, 0).outcome()).isEqualTo("UD");
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr4 |= X86Cpu.CR4_OSXSAVE;
        assertThat(run(p, "0f 01 d1", 0, 3).outcome()).isEqualTo("ok");
        run(p, "0f 01 d0", 0, 0);
        assertThat(pair(p)).isEqualTo(3);
        assertThat(run(p, "0f 01 d1", 0, 2).outcome()).isEqualTo("GP(0)");
    }

    @ParameterizedTest
    @CsvSource({"0, 7, GP(0)", "0, 1, ok", "0, 4, GP(0)", "0, 0, GP(0)", "1, 3, GP(0)"})
    void xcr0RefusesWhatIsNotThere(long register, long value, String outcome) {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr4 |= X86Cpu.CR4_OSXSAVE;
        assertThat(run(p, "0f 01 d1", register, value).outcome()).isEqualTo(outcome);
    }

    @Test
    void everyRegisterThatCanBeReadTakesItsOwnValueBackOrIsReadOnly() {
        BareProcessor p = BareProcessor.longMode(0);
        int readable = 0;
        for (int number : p.cpu.system.msrs.numbers()) {
            try {
                long value = p.cpu.system.msrs.read(number);
                readable++;
                p.cpu.system.msrs.write(number, value);
                if (number != 0x10 && number != 0x3b) {
                    assertThat(p.cpu.system.msrs.read(number)).as("%x", number).isEqualTo(value);
                }
            } catch (Fault fault) {
                assertThat(fault.vector).isEqualTo(Fault.GP);
            }
        }
        assertThat(readable).isGreaterThan(40);
    }
}
