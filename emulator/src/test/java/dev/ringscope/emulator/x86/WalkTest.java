package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.TranslatedMemory.A;
import static dev.ringscope.emulator.x86.TranslatedMemory.D;
import static dev.ringscope.emulator.x86.TranslatedMemory.FRAME;
import static dev.ringscope.emulator.x86.TranslatedMemory.NX;
import static dev.ringscope.emulator.x86.TranslatedMemory.P;
import static dev.ringscope.emulator.x86.TranslatedMemory.RW;
import static dev.ringscope.emulator.x86.TranslatedMemory.US;
import static dev.ringscope.emulator.x86.TranslatedMemory.entryOf;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Page walks told to people, and without effect. */
class WalkTest {
    private static final long LINEAR = 0xffff_9234_4040_0000L;

    private final TranslatedMemory m = TranslatedMemory.level4();
    private final X86Cpu cpu = m.cpu;

    @Test
    void everyLevelIsShown() {
        m.map(LINEAR, FRAME | P | RW | US | A | D | NX);
        assertThat(cpu.paging.walk(LINEAR + 0x123)).hasToString("""
                        PML4E at 1920 = 2027: P RW US A
                        PDPTE at 2688 = 3027: P RW US A
                        PDE at 3010 = 4027: P RW US A
                        PTE at 4000 = 8000000000400067: P RW US A D NX
                        ffff923440400123 -> 400123 in a page of 4 KiB, user, writable, no code""");
    }

    @Test
    void theWalkStopsWhereTheProcessorsWould() {
        m.map(LINEAR, FRAME | P);
        m.put(entryOf(LINEAR, 2), 1L << 45 | P);
        assertThat(cpu.paging.walk(LINEAR).toString())
                .endsWith("ffff923440400000: a reserved bit of a page-table entry is set");
        m.put(entryOf(LINEAR, 2), 0);
        assertThat(cpu.paging.walk(LINEAR).failure()).isEqualTo(Reason.NOT_PRESENT);
        assertThat(cpu.paging.walk(LINEAR).physical()).isEqualTo(-1);
        assertThat(cpu.paging.walk(1L << 47)).hasToString("800000000000: linear address is not canonical");
    }

    @Test
    void nothingIsMarkedTranslatedOrTold() {
        m.map(LINEAR, FRAME | P | RW);
        byte[] memory = m.memory.bytes.clone();
        byte[] flags = m.memory.pageFlags.clone();
        int epoch = cpu.epoch;
        cpu.paging.walk(LINEAR);
        assertThat(m.memory.bytes).isEqualTo(memory);
        assertThat(m.memory.pageFlags).isEqualTo(flags);
        assertThat(cpu.epoch).isEqualTo(epoch);
        assertThat(m.events).isEmpty();
    }

    @Test
    void withoutPagingAddressesAreTheSame() {
        cpu.cr0 &= ~X86Cpu.CR0_PG;
        cpu.efer = 0;
        cpu.modeChanged();
        assertThat(cpu.paging.walk(0x1234).physical()).isEqualTo(0x1234);
        assertThat(cpu.paging.walk(0x1234).steps()).isEmpty();
    }
}
