package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.memory.PhysicalMemory.CODE;
import static dev.ringscope.emulator.memory.PhysicalMemory.DIRTY;
import static dev.ringscope.emulator.memory.PhysicalMemory.READ;
import static dev.ringscope.emulator.memory.PhysicalMemory.TABLE;
import static dev.ringscope.emulator.memory.PhysicalMemory.WATCHED;
import static dev.ringscope.emulator.memory.PhysicalMemory.WRITTEN;
import static dev.ringscope.emulator.x86.TranslatedMemory.A;
import static dev.ringscope.emulator.x86.TranslatedMemory.D;
import static dev.ringscope.emulator.x86.TranslatedMemory.FRAME;
import static dev.ringscope.emulator.x86.TranslatedMemory.G;
import static dev.ringscope.emulator.x86.TranslatedMemory.P;
import static dev.ringscope.emulator.x86.TranslatedMemory.RW;
import static dev.ringscope.emulator.x86.TranslatedMemory.TABLES;
import static dev.ringscope.emulator.x86.TranslatedMemory.US;
import static dev.ringscope.emulator.x86.TranslatedMemory.entryOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringscope.emulator.Event.DeviceAccess;
import dev.ringscope.emulator.Event.TableUpdate;
import dev.ringscope.emulator.Event.TableWriter;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.MmioDevice;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the walker writes into the tables, what is told of writes to them, and that no translation outlives its entry.
 */
class PageTablesTest {
    private static final long LINEAR = 0xffff_9234_4040_0000L;
    /** Through which the test's guest writes its own page tables: the lowest table, mapped one page above. */
    private static final long WINDOW = LINEAR + 0x1000;

    private final TranslatedMemory m = TranslatedMemory.level4();
    private final X86Cpu cpu = m.cpu;
    private final long pte = entryOf(LINEAR, 1);

    @BeforeEach
    void mapPageAndTables() {
        m.map(LINEAR, FRAME | P | RW | A);
        m.map(WINDOW, TABLES[3] | P | RW | A | D);
    }

    /** The address in the window of the entry for a linear address. */
    private static long windowOn(long linear) {
        return WINDOW + (entryOf(linear, 1) & 0xfff);
    }

    @Test
    void firstReadSetsAccessedInEveryLevelAndTellsEach() {
        for (int level = 1; level <= 4; level++) {
            m.put(entryOf(LINEAR, level), m.get(entryOf(LINEAR, level)) & ~A);
        }
        cpu.load(LINEAR, 8);
        assertThat(m.take(TableUpdate.class))
                .extracting(TableUpdate::level, TableUpdate::writer, TableUpdate::first, TableUpdate::size)
                .containsExactly(
                        tuple(4, TableWriter.ACCESSED_BIT, 0xffff_9200_0000_0000L, 1L << 39),
                        tuple(3, TableWriter.ACCESSED_BIT, 0xffff_9234_4000_0000L, 1L << 30),
                        tuple(2, TableWriter.ACCESSED_BIT, 0xffff_9234_4040_0000L, 1L << 21),
                        tuple(1, TableWriter.ACCESSED_BIT, LINEAR, 4096L));
        cpu.load(LINEAR + 8, 8);
        assertThat(m.take(TableUpdate.class)).isEmpty();
    }

    @Test
    void firstWriteAfterReadsSetsDirtyOnce() {
        cpu.load(LINEAR, 8);
        assertThat(m.get(pte) & D).isZero();
        cpu.store(LINEAR, 8, 5);
        cpu.store(LINEAR + 8, 8, 6);
        List<TableUpdate> updates = m.take(TableUpdate.class);
        assertThat(updates).hasSize(1);
        assertThat(updates.getFirst().writer()).isEqualTo(TableWriter.DIRTY_BIT);
        assertThat(updates.getFirst().entry()).isEqualTo(pte);
        assertThat(updates.getFirst().newValue()).isEqualTo(FRAME | P | RW | A | D);
        assertThat(updates.getFirst().root()).isEqualTo(TABLES[0]);
        assertThat(m.get(FRAME + 8)).isEqualTo(6);
    }

    @Test
    void refusedAccessSetsNothing() {
        m.put(pte, FRAME | P);
        assertThatThrownBy(() -> cpu.store(LINEAR, 8, 1)).isInstanceOf(Fault.class);
        assertThat(m.get(pte)).isEqualTo(FRAME | P);
    }

    @Test
    void entryOfTableIsDirtyForTheCheckpointToo() {
        cpu.paging.takeDirty();
        cpu.store(LINEAR, 1, 1);
        assertThat(cpu.paging.takeDirty()).containsExactly((int) (TABLES[3] >> 12), (int) (FRAME >> 12));
    }

    @Test
    void guestsWriteToAnEntryIsToldAndTakesEffectWithoutInvlpg() {
        cpu.store(LINEAR, 8, 0x11);
        m.put(FRAME + 0x1000, 0x22);
        m.take(TableUpdate.class);
        long before = m.get(pte);
        cpu.store(windowOn(LINEAR), 8, FRAME + 0x1000 | P | RW | A | D);
        List<TableUpdate> updates = m.take(TableUpdate.class);
        assertThat(updates).hasSize(1);
        assertThat(updates.getFirst().writer()).isEqualTo(TableWriter.INSTRUCTION);
        assertThat(updates.getFirst().level()).isEqualTo(1);
        assertThat(updates.getFirst().first()).isEqualTo(LINEAR);
        assertThat(updates.getFirst().oldValue()).isEqualTo(before);
        assertThat(updates.getFirst().newValue()).isEqualTo(FRAME + 0x1000 | P | RW | A | D);
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(0x22);
        cpu.store(windowOn(LINEAR), 8, FRAME | P | A | D);
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(0x11);
        assertThatThrownBy(() -> cpu.store(LINEAR, 8, 1)).isInstanceOf(Fault.class);
    }

    @Test
    void partOfAnEntryAndTwoEntriesAtOnceAreToldAsWholeEntries() {
        cpu.load(LINEAR, 1);
        cpu.store(windowOn(LINEAR) + 1, 1, 0xa);
        List<TableUpdate> part = m.take(TableUpdate.class);
        assertThat(part).hasSize(1);
        assertThat(part.getFirst().newValue()).isEqualTo(part.getFirst().oldValue() | 0xa00);

        cpu.store(windowOn(LINEAR + 0x5000) + 4, 8, 0x0000_0007_0000_0003L);
        assertThat(m.take(TableUpdate.class))
                .extracting(TableUpdate::first, TableUpdate::newValue)
                .containsExactly(tuple(LINEAR + 0x5000, 3L << 32), tuple(LINEAR + 0x6000, 7L));
    }

    @Test
    void writeOfTheSameValueIsNotTold() {
        cpu.load(LINEAR, 1);
        cpu.load(WINDOW, 1);
        m.take(TableUpdate.class);
        cpu.store(windowOn(LINEAR), 8, m.get(pte));
        assertThat(m.take(TableUpdate.class)).isEmpty();
    }

    @Test
    void changedEntryOfAHigherLevelDropsWhatLiesBelow() {
        cpu.load(LINEAR, 8);
        int epoch = cpu.epoch;
        long pde = entryOf(LINEAR, 2);
        cpu.paging.writeOutside(pde, bytes(0));
        assertThat(cpu.epoch).isNotEqualTo(epoch);
        assertThat(m.take(TableUpdate.class)).extracting(TableUpdate::writer).containsExactly(TableWriter.OUTSIDE);
        assertThatThrownBy(() -> cpu.load(LINEAR, 8)).isInstanceOf(Fault.class);
        // the table below is no longer one
        assertThat(m.memory.pageFlags[(int) (TABLES[3] >> 12)] & TABLE).isZero();
    }

    @Test
    void pageReusedForOtherThingsIsNoLongerATable() {
        long oldRoot = 0x6000;
        m.put(oldRoot + (entryOf(LINEAR, 4) & 0xfff), m.get(entryOf(LINEAR, 4)));
        cpu.cr3 = oldRoot;
        cpu.load(LINEAR, 8);
        cpu.cr3 = TABLES[0];
        cpu.paging.flushAll();
        m.put(entryOf(LINEAR + 0x2000, 1), oldRoot | P | RW | A | D);
        m.take(TableUpdate.class);
        // no root holds text, be it present or not
        cpu.store(LINEAR + 0x2000, 8, 0x656c_6261_7420_6f6eL);
        cpu.store(LINEAR + 0x2008, 8, 0x656c_6261_7420_6f6fL);
        assertThat(m.take(TableUpdate.class)).hasSize(1);
        // it is one again as soon as a walk reads it
        cpu.cr3 = oldRoot;
        cpu.paging.flushAll();
        cpu.store(LINEAR + 0x2010, 8, 0x9000 | P);
        assertThat(m.take(TableUpdate.class)).extracting(TableUpdate::root).containsExactly(oldRoot);
    }

    @Test
    void pageThatWasWrittenAsDataIsWatchedOnceItIsATable() {
        long other = LINEAR + (1 << 21);
        long newTable = 0x6000;
        m.put(entryOf(LINEAR + 0x2000, 1), newTable | P | RW | A | D);
        long window = LINEAR + 0x2000 + (entryOf(other, 1) & 0xfff);
        cpu.store(window, 8, FRAME | P | A);
        m.put(entryOf(other, 2), newTable | P | RW | A);
        m.put(FRAME, 7);
        assertThat(cpu.load(other, 8)).isEqualTo(7);
        m.take(TableUpdate.class);
        cpu.store(window, 8, FRAME + 0x1000 | P | A);
        assertThat(m.take(TableUpdate.class)).extracting(TableUpdate::first).containsExactly(other);
        assertThat(cpu.load(other, 8)).isZero();
    }

    @Test
    void swapSlotsInEntriesOfPagesLeaveTheTableOne() {
        cpu.load(LINEAR, 8);
        cpu.load(WINDOW, 8);
        m.take(TableUpdate.class);
        cpu.store(windowOn(LINEAR + 0x5000), 8, 0x7fff_1234_5678_9abcL);
        cpu.store(windowOn(LINEAR + 0x5000), 8, FRAME | P);
        assertThat(m.take(TableUpdate.class)).hasSize(2);
    }

    @Test
    void codeIsFetchedAnewAfterItsEntryChanged() {
        assertThat(cpu.fetch(LINEAR + 5)).isEqualTo(FRAME + 5);
        int epoch = cpu.epoch;
        cpu.store(windowOn(LINEAR), 8, FRAME + 0x2000 | P | A);
        assertThat(cpu.epoch).isNotEqualTo(epoch);
        assertThat(cpu.fetch(LINEAR + 5)).isEqualTo(FRAME + 0x2005);
    }

    @Test
    void globalPageIsTranslatedLikeAnyOtherAndInvalidatedByInvlpg() {
        m.put(pte, FRAME | P | G | A);
        m.put(FRAME, 7);
        cpu.load(LINEAR, 8);
        m.put(pte, FRAME + 0x1000 | P | G | A);
        m.put(FRAME + 0x1000, 8);
        cpu.paging.flushPage(LINEAR);
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(8);
    }

    @Test
    void accessAcrossPagesUsesBothAndWritesNothingIfOneIsMissing() {
        m.put(entryOf(LINEAR + 0x2000, 1), FRAME + 0x8000 | P | RW | A | D);
        m.put(entryOf(LINEAR + 0x3000, 1), FRAME + 0x5000 | P | RW | A | D);
        cpu.store(LINEAR + 0x2ffd, 8, 0x1122_3344_5566_7788L);
        assertThat(m.memory.read(FRAME + 0x8ffd, 1)).isEqualTo(0x88);
        assertThat(m.memory.read(FRAME + 0x5000, 4)).isEqualTo(0x2233_4455);
        assertThat(cpu.load(LINEAR + 0x2ffd, 8)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(cpu.load(LINEAR + 0x2fff, 2)).isEqualTo(0x5566);

        cpu.store(windowOn(LINEAR + 0x3000), 8, 0);
        assertThatThrownBy(() -> cpu.store(LINEAR + 0x2ffd, 8, -1))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.address).isEqualTo(LINEAR + 0x3000));
        assertThat(m.memory.read(FRAME + 0x8ffd, 1)).isEqualTo(0x88);
    }

    @Test
    void nonCanonicalAddressIsAGeneralProtectionFault() {
        assertThatThrownBy(() -> cpu.load(0x0000_8000_0000_0000L, 1))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.vector).isEqualTo(Fault.GP));
        assertThatThrownBy(() -> cpu.load(0x0000_7fff_ffff_ffffL, 2))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.vector).isIn(Fault.GP, Fault.PF));
        assertThatThrownBy(() -> cpu.fetch(0x1234_0000_0000_0000L))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.vector).isEqualTo(Fault.GP));
    }

    @Test
    void marksOfPagesSayWhatWasTouchedSinceTheChunkBegan() {
        m.put(pte, FRAME | P | RW | A | D);
        int page = (int) (FRAME >> 12);
        cpu.load(LINEAR, 1);
        assertThat(cpu.memory.marked(READ)).contains(page);
        cpu.store(LINEAR, 1, 1);
        cpu.paging.beginChunk();
        assertThat(cpu.memory.marked(READ)).isEmpty();
        assertThat(cpu.memory.marked(WRITTEN)).isEmpty();
        assertThat(cpu.memory.marked(DIRTY)).containsExactly(page);
        cpu.load(LINEAR, 1);
        cpu.store(LINEAR, 1, 2);
        cpu.load(LINEAR, 1);
        assertThat(cpu.memory.marked(READ)).containsExactly(page);
        assertThat(cpu.memory.marked(WRITTEN)).containsExactly(page);
    }

    @Test
    void storesIntoCodeAreToldEvenIfThePageWasWrittenBefore() {
        List<String> told = new ArrayList<>();
        cpu.paging.codeWatch = (physical, size) -> told.add("%x+%d".formatted(physical, size));
        cpu.store(LINEAR, 8, 1);
        cpu.paging.mark((int) (FRAME >> 12), CODE);
        cpu.store(LINEAR + 8, 4, 1);
        cpu.store(LINEAR + 0x10, 1, 1);
        cpu.paging.writeOutside(FRAME + 0x20, new byte[9]);
        assertThat(told).containsExactly("400008+4", "400010+1", "400020+8", "400028+1");
    }

    @Test
    void watchedPagesTellEveryAccess() {
        List<String> told = new ArrayList<>();
        cpu.paging.dataWatch = (linear, physical, size, write, value) ->
                told.add("%s %x %x+%d=%x".formatted(write ? "w" : "r", linear - LINEAR, physical, size, value));
        cpu.store(LINEAR, 4, -2);
        cpu.load(LINEAR, 4);
        cpu.paging.mark((int) (FRAME >> 12), WATCHED);
        cpu.load(LINEAR, 4);
        cpu.load(LINEAR, 4);
        cpu.store(LINEAR + 4, 2, 0x1234);
        cpu.paging.unmark((int) (FRAME >> 12), WATCHED);
        cpu.load(LINEAR, 8);
        assertThat(told).containsExactly("r 0 400000+4=fffffffe", "r 0 400000+4=fffffffe", "w 4 400004+2=1234");
    }

    @Test
    void devicesInMemoryAreReachedThroughTables() {
        List<String> told = new ArrayList<>();
        m.memory.map(0xfee0_0000L, 4096, new MmioDevice() {
            @Override
            public long readMemory(long offset, int size) {
                return 0xffff_ff80L + offset;
            }

            @Override
            public void writeMemory(long offset, int size, long value) {
                told.add("%x+%d=%x".formatted(offset, size, value));
            }
        });
        m.put(pte, 0xfee0_0000L | P | RW | A | D);
        assertThat(cpu.load(LINEAR + 2, 4)).isEqualTo(0xffff_ffff_ffff_ff82L);
        cpu.store(LINEAR + 0xb0, 4, -1);
        assertThat(told).containsExactly("b0+4=ffffffff");
        assertThat(m.take(DeviceAccess.class))
                .containsExactly(
                        new DeviceAccess(0, false, 0xfee0_0002L, 4, 0xffff_ff82L),
                        new DeviceAccess(0, true, 0xfee0_00b0L, 4, 0xffff_ffffL));
    }

    @Test
    void alignmentIsCheckedInRing3WithAcAndAm() {
        for (int level = 4; level > 0; level--) {
            m.put(entryOf(LINEAR, level), m.get(entryOf(LINEAR, level)) | US);
        }
        cpu.cr0 |= X86Cpu.CR0_AM;
        cpu.cpl = 3;
        cpu.setEflags(2);
        cpu.modeChanged();
        cpu.load(LINEAR + 1, 4);
        cpu.setEflags(2 | X86Cpu.AC);
        cpu.load(LINEAR + 4, 4);
        cpu.store(LINEAR + 3, 1, 1);
        assertThatThrownBy(() -> cpu.load(LINEAR + 1, 4))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.vector).isEqualTo(Fault.AC));
        assertThatThrownBy(() -> cpu.store(LINEAR + 4, 8, 1)).isInstanceOf(Fault.class);
        assertThat(cpu.loadSystem(LINEAR + 1, 4)).isEqualTo(cpu.loadSystem(LINEAR + 1, 4));
        cpu.cpl = 0;
        cpu.modeChanged();
        cpu.load(LINEAR + 1, 4);
    }

    @Test
    void systemAccessesIgnoreCplButNotSmap() {
        m.put(FRAME, 0x77);
        cpu.cpl = 3;
        cpu.modeChanged();
        assertThatThrownBy(() -> cpu.load(LINEAR, 8)).isInstanceOf(Fault.class);
        assertThat(cpu.loadSystem(LINEAR, 8)).isEqualTo(0x77);
        for (int level = 4; level > 0; level--) {
            m.put(entryOf(LINEAR, level), m.get(entryOf(LINEAR, level)) | US);
        }
        cpu.cpl = 0;
        cpu.cr4 |= X86Cpu.CR4_SMAP;
        cpu.setEflags(2 | X86Cpu.AC);
        cpu.paging.flushAll();
        cpu.modeChanged();
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(0x77);
        assertThatThrownBy(() -> cpu.loadSystem(LINEAR, 8))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.reason).isEqualTo(Reason.SMAP));
    }

    @Test
    void closedA20GateFoldsOddMebibytesOntoEvenOnes() {
        m.put(pte, 0x30_0000 | P | RW | A | D);
        m.put(0x30_0000, 3);
        m.put(0x20_0000, 2);
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(3);
        m.memory.setA20(false);
        cpu.paging.flushAll();
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(2);
        assertThat(cpu.fetch(LINEAR + 1)).isEqualTo(0x20_0001);
        m.memory.setA20(true);
        cpu.paging.flushAll();
        assertThat(cpu.load(LINEAR, 8)).isEqualTo(3);
    }

    @Test
    void probeWriteFaultsAsAWriteWouldAndWritesNothing() {
        m.put(FRAME, 0x77);
        cpu.probeWrite(LINEAR, 8);
        assertThat(m.get(FRAME)).isEqualTo(0x77);
        m.put(entryOf(LINEAR + 0x2000, 1), 0);
        assertThatThrownBy(() -> cpu.probeWrite(WINDOW + 0xff8, 16)).isInstanceOfSatisfying(Fault.class, f -> {
            assertThat(f.errorCode).isEqualTo(2);
            assertThat(f.address).isEqualTo(LINEAR + 0x2000);
        });
    }

    @Test
    void knownTablesSurviveACheckpoint() {
        cpu.store(LINEAR, 8, 1);
        StateOutput out = new StateOutput();
        cpu.paging.tables.save(out);
        byte[] state = out.toByteArray();

        TranslatedMemory other = TranslatedMemory.level4();
        System.arraycopy(m.memory.bytes, 0, other.memory.bytes, 0, m.memory.bytes.length);
        StateInput in = new StateInput("paging", state);
        other.cpu.paging.tables.load(in);
        in.end();
        other.cpu.paging.writeOutside(pte, bytes(0));
        assertThat(other.take(TableUpdate.class)).extracting(TableUpdate::first).containsExactly(LINEAR);
        StateOutput again = new StateOutput();
        TranslatedMemory third = TranslatedMemory.level4();
        third.cpu.paging.tables.load(new StateInput("paging", state));
        third.cpu.paging.tables.save(again);
        assertThat(again.toByteArray()).isEqualTo(state);
    }

    private static byte[] bytes(long value) {
        byte[] bytes = new byte[8];
        PhysicalMemory.LONG.set(bytes, 0, value);
        return bytes;
    }
}
