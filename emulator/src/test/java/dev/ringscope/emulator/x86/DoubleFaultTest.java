package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.HANDLERS;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringscope.emulator.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows when the delivery of an exception faults (Intel SDM vol. 3A, 6.15, interrupt 8, tables 6-4 and 6-5). */
class DoubleFaultTest {
    /**
     * The first exception's gate names a bad segment (#GP, #NP) or lies on an absent page (#PF); then a handler runs.
     */
    @ParameterizedTest(name = "#{0} and then {1}: vector {2} is handled")
    @CsvSource({
        // benign: the second is handled
        "1, GP, 13",
        "6, GP, 13",
        "7, NP, 11",
        "16, NP, 11",
        "17, GP, 13",
        "19, GP, 13",
        "3, GP, 13",
        // contributory with contributory
        "0, GP, 8",
        "10, NP, 8",
        "11, NP, 8",
        "12, GP, 8",
        "13, NP, 8",
        "13, GP, 8",
        // a page fault with a contributory one
        "14, GP, 8",
        "14, NP, 8"
    })
    void contributoryFaultsAndPageFaultsMakeADoubleFault(int first, String second, int handled) {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.gate(first, second.equals("GP") ? 0x8d : 0x0e, code(0), HANDLERS); // 0x8d is no gate, 0x0e not present
        p.cpu.interrupts.deliver(
                new Fault(first, first == 14 || first >= 10 && first < 14 ? 0 : -1, Reason.NONE, 0, 0));
        assertThat(p.cpu.stop).isNull();
        assertThat(p.traps()).hasSize(1);
        assertThat(p.traps().getFirst().vector()).isEqualTo(handled);
        if (handled == 8) {
            assertThat(p.traps().getFirst().errorCode()).isZero();
            assertThat(p.read(p.cpu.r[X86Cpu.RSP], 4))
                    .as("error code on the stack")
                    .isZero();
        }
    }

    @Test
    void aPageFaultBehindAContributoryFaultIsHandledAndBehindAPageFaultIsNot() {
        for (int first : new int[] {13, 14}) {
            BareProcessor p = BareProcessor.longMode(3);
            p.write(0xc000 + 8, 8, 0); // nothing at 2 MiB
            p.write(BareProcessor.TSS + 4, 8, 0x20_1000); // the stack of ring 0
            p.write(BareProcessor.TSS + 0x24, 8, BareProcessor.stackTop(0)); // IST 1
            p.write(BareProcessor.IDT + 16 * 14 + 4, 1, first == 13 ? 1 : 0);
            p.write(BareProcessor.IDT + 16 * 8 + 4, 1, 1);
            p.cpu.interrupts.deliver(new Fault(first, 0, Reason.NONE, 0, 0x1234));
            assertThat(p.traps()).hasSize(1);
            assertThat(p.traps().getFirst().vector()).isEqualTo(first == 13 ? 14 : 8);
            assertThat(p.cpu.cr2).isEqualTo(0x20_0ff8);
        }
    }

    @Test
    void interruptsAreBenignWhateverTheirVector() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.setEflags(X86Cpu.IF | 2);
        p.gate(14, 0x0e, code(0), HANDLERS);
        p.interrupt(14);
        p.run("90");
        assertThat(p.outcome()).isEqualTo("NP(73)");
    }

    @Test
    void aFaultWhileDeliveringADoubleFaultStopsTheMachineAsItStands() {
        BareProcessor p = BareProcessor.protectedMode(3);
        long before = p.cpu.r[X86Cpu.RSP];
        p.cpu.idtrLimit = 7;
        p.run("0f 0b");
        assertThat(p.cpu.stop).isEqualTo(StopReason.TRIPLE_FAULT);
        assertThat(p.cpu.stopExplanation)
                .isEqualTo("triple fault at 003b:10000: #UD: the bytes are no instruction in this mode"
                        + "; while delivering it #GP(33): the vector is beyond the IDT's limit [0x7]"
                        + "; while delivering it #GP(6b): the vector is beyond the IDT's limit [0x7], together #DF(0)"
                        + "; while delivering it #GP(43): the vector is beyond the IDT's limit [0x7]");
        assertThat(p.cpu.interrupts.shutdown())
                .extracting(link -> link.of().vector(), link -> link.met().errorCode())
                .containsExactly(tuple(6, 0x33), tuple(13, 0x6b), tuple(8, 0x43));
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.pc).isEqualTo(BareProcessor.PROGRAM);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(before);
        assertThat(p.traps()).isEmpty();
    }

    @Test
    void realModeHasDoubleAndTripleFaultsToo() {
        BareProcessor p = BareProcessor.real();
        p.cpu.r[X86Cpu.RSP] = 1; // the frame does not fit: #SS, #SS, double fault, #SS
        p.run("cd 30");
        assertThat(p.cpu.stop).isEqualTo(StopReason.TRIPLE_FAULT);
    }
}
