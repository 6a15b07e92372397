package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalApicTest {
    private static final int ID = 0x20,
            TPR = 0x80,
            PPR = 0xa0,
            EOI = 0xb0,
            LDR = 0xd0,
            SVR = 0xf0,
            ISR = 0x100,
            IRR = 0x200;
    private static final int ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310, TIMER = 0x320, LINT0 = 0x350, LINT1 = 0x360;
    private static final int ERROR = 0x370, INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0;

    private final TestClock clock = new TestClock();
    private final Pic pic = new Pic();
    private final Wire intr = new Wire();
    private int nmis;
    private final LocalApic apic = new LocalApic(clock.time, tsc -> tsc, pic, intr, () -> nmis++);

    @BeforeEach
    void initializePic() {
        int[] bytes = {0x20, 0x11, 0x21, 0x30, 0x21, 4, 0x21, 1};
        for (int i = 0; i < bytes.length; i += 2) {
            pic.writeByte(bytes[i], bytes[i + 1]);
        }
    }

    private int read(int register) {
        return (int) apic.readMemory(register, 4);
    }

    private void write(int register, int value) {
        apic.writeMemory(register, 4, value & 0xffff_ffffL);
    }

    private void enable() {
        write(SVR, 0x1ff);
    }

    @Test
    void afterPowerUpThe8259ReachesTheProcessorThroughLint0() {
        assertThat(apic.base()).isEqualTo(0xfee00900L);
        assertThat(read(0x30)).isEqualTo(0x50014);
        pic.line(0).set(true);
        assertThat(intr.level).isTrue();
        assertThat(apic.acknowledge()).isEqualTo(0x30);
        assertThat(intr.level).isFalse();
    }

    @Test
    void aMaskedLint0HoldsThe8259Back() {
        enable();
        write(LINT0, 0x10700);
        pic.line(0).set(true);
        assertThat(apic.pending()).isFalse();
        write(LINT0, 0x700);
        assertThat(intr.level).isTrue();
    }

    @Test
    void switchedOffThe8259DrivesTheProcessorDirectly() {
        enable();
        write(LINT0, 0x10700);
        apic.setBase(0xfee00100L);
        pic.line(1).set(true);
        assertThat(apic.acknowledge()).isEqualTo(0x31);
        assertThat(apic.readMemory(ID, 4)).as("no registers").isEqualTo(-1);
        apic.setBase(0xfee00900L);
        assertThat(read(SVR)).as("as after power-up").isEqualTo(0xff);
        assertThat(read(LINT0)).isEqualTo(0x10000);
    }

    @Test
    void onlyTheEnableBitOfTheBaseCanChange() {
        assertThat(LocalApic.validBase(0xfee00900L)).isTrue();
        assertThat(LocalApic.validBase(0xfee00100L)).isTrue();
        assertThat(LocalApic.validBase(0xfee00d00L)).as("x2APIC").isFalse();
        assertThat(LocalApic.validBase(0xfec00900L)).as("relocation").isFalse();
    }

    @Test
    void theTimerCountsDownOnce() {
        enable();
        write(DIVIDE, 3); // by 16
        write(TIMER, 0x40);
        write(INITIAL, 1000);
        clock.advance(8_000);
        assertThat(read(CURRENT)).isEqualTo(500);
        clock.advance(7_999);
        assertThat(intr.level).isFalse();
        clock.advance(1);
        assertThat(apic.acknowledge()).isEqualTo(0x40);
        assertThat(read(ISR + 0x20)).isEqualTo(1);
        write(EOI, 0);
        assertThat(read(ISR + 0x20)).isZero();
        clock.advance(1_000_000);
        assertThat(apic.pending()).isFalse();
        assertThat(read(CURRENT)).isZero();
    }

    @Test
    void thePeriodicTimerGoesOnWithoutDrift() {
        enable();
        write(DIVIDE, 0xb); // by 1
        write(TIMER, 0x20040);
        write(INITIAL, 1_000_000);
        int ticks = 0;
        for (int i = 0; i < 10_000; i++) {
            clock.advance(1_000);
            if (apic.pending()) {
                apic.acknowledge();
                write(EOI, 0);
                ticks++;
            }
        }
        assertThat(ticks).isEqualTo(10);
        clock.advance(250_000);
        assertThat(read(CURRENT)).isEqualTo(750_000);
    }

    @Test
    void theTscDeadlineFiresOnceAndDisarms() {
        enable();
        write(TIMER, 0x40041);
        apic.setTscDeadline(5_000);
        assertThat(apic.tscDeadline()).isEqualTo(5_000);
        write(INITIAL, 100);
        clock.advance(4_999);
        assertThat(intr.level).isFalse();
        clock.advance(1);
        assertThat(apic.acknowledge()).isEqualTo(0x41);
        assertThat(apic.tscDeadline()).isZero();
        write(EOI, 0);
        apic.setTscDeadline(10);
        clock.advance(0);
        assertThat(apic.pending()).as("a deadline in the past fires at once").isTrue();
    }

    @Test
    void outsideDeadlineModeTheMsrIsIgnored() {
        apic.setTscDeadline(5_000);
        assertThat(apic.tscDeadline()).isZero();
    }

    @Test
    void prioritiesNestByClass() {
        enable();
        write(ICR, 0x40052);
        assertThat(apic.acknowledge()).isEqualTo(0x52);
        assertThat(read(PPR)).isEqualTo(0x50);
        write(ICR, 0x4005f);
        assertThat(apic.pending()).as("same class").isFalse();
        write(ICR, 0x40060);
        assertThat(apic.acknowledge()).isEqualTo(0x60);
        write(EOI, 0);
        write(EOI, 0);
        assertThat(apic.acknowledge()).isEqualTo(0x5f);
    }

    @Test
    void taskPriorityIsCr8() {
        enable();
        apic.setCr8(6);
        assertThat(read(TPR)).isEqualTo(0x60);
        write(ICR, 0x40065);
        assertThat(intr.level).isFalse();
        assertThat(read(IRR + 0x30)).isEqualTo(1 << 5);
        write(TPR, 0x5f);
        assertThat(apic.cr8()).isEqualTo(5);
        assertThat(intr.level).isTrue();
    }

    @Test
    void interprocessorInterruptsReachOnlyThisProcessor() {
        enable();
        write(ICR_HIGH, 1 << 24);
        write(ICR, 0x51);
        assertThat(apic.pending()).as("nobody has ID 1").isFalse();
        write(ICR, 0xc0052);
        assertThat(apic.pending()).as("all but self").isFalse();
        write(ICR_HIGH, 0);
        write(ICR, 0x53);
        assertThat(apic.acknowledge()).isEqualTo(0x53);
        write(LDR, 4 << 24);
        write(ICR_HIGH, 6 << 24);
        write(ICR, 0x864);
        assertThat(apic.acknowledge()).as("logical, flat").isEqualTo(0x64);
        write(ICR_HIGH, 0);
        write(ICR, 0x400);
        assertThat(nmis).isEqualTo(1);
    }

    @Test
    void illegalVectorsAreReportedOnce() {
        enable();
        write(ERROR, 0x45);
        write(ICR, 0x40005);
        assertThat(read(ESR)).as("visible after a write").isZero();
        write(ESR, 0);
        assertThat(read(ESR)).isEqualTo(0x20);
        write(ESR, 0);
        assertThat(read(ESR)).isZero();
        assertThat(apic.acknowledge()).isEqualTo(0x45);
    }

    @Test
    void disabledBySoftwareItMasksItsEntriesButKeepsVirtualWireOnRequest() {
        enable();
        write(TIMER, 0x40);
        write(SVR, 0xff);
        assertThat(read(TIMER)).isEqualTo(0x10040);
        assertThat(read(LINT0)).isEqualTo(0x10700);
        write(TIMER, 0x40);
        assertThat(read(TIMER)).as("stays masked").isEqualTo(0x10040);
    }

    @Test
    void nmiComesThroughLint1() {
        apic.nmiLine().set(true);
        assertThat(nmis).isEqualTo(1);
        apic.nmiLine().set(true);
        assertThat(nmis).as("an edge").isEqualTo(1);
        apic.nmiLine().set(false);
        write(LINT1, 0x10400);
        apic.nmiLine().set(true);
        assertThat(nmis).isEqualTo(1);
    }

    @Test
    void aLevelTriggeredLint0RequestsAgainAfterTheEndOfInterrupt() {
        enable();
        write(LINT0, 0x8055);
        pic.line(3).set(true);
        assertThat(apic.acknowledge()).isEqualTo(0x55);
        assertThat(read(LINT0)).isEqualTo(0xc055);
        write(EOI, 0);
        assertThat(apic.acknowledge()).isEqualTo(0x55);
        pic.line(3).set(false);
        write(EOI, 0);
        assertThat(apic.pending()).isFalse();
    }

    @Test
    void anInterruptThatHasGoneGivesTheSpuriousVector() {
        write(SVR, 0x1ef);
        write(LINT0, 0x10000);
        assertThat(apic.acknowledge()).isEqualTo(0xef);
        assertThat(read(ISR + 0x70)).isZero();
    }

    @Test
    void stateIsRestored() {
        enable();
        write(DIVIDE, 0xb);
        write(TIMER, 0x20040);
        write(INITIAL, 1000);
        write(ICR, 0x40052);
        clock.advance(300);
        byte[] state = TestClock.state(apic);
        LocalApic other = new LocalApic(clock.time, tsc -> tsc, new Pic(), new Wire(), () -> {});
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        assertThat(other.readMemory(CURRENT, 4)).isEqualTo(700);
        assertThat(other.acknowledge()).isEqualTo(0x52);
    }
}
