package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.TranslatedMemory.A;
import static dev.ringscope.emulator.x86.TranslatedMemory.D;
import static dev.ringscope.emulator.x86.TranslatedMemory.NX;
import static dev.ringscope.emulator.x86.TranslatedMemory.P;
import static dev.ringscope.emulator.x86.TranslatedMemory.PS;
import static dev.ringscope.emulator.x86.TranslatedMemory.RW;
import static dev.ringscope.emulator.x86.TranslatedMemory.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.SlowWalk.Setup;
import dev.ringscope.emulator.x86.SlowWalk.Wish;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No translation outlives its entry: random tables that are shared, used at several levels at once and mapped where the
 * program can write them; random writes to them, by the program and from outside, without any invalidation; and every
 * access still does what the tables say at that moment.
 */
class TranslationCoherenceTest {
    private static final int TABLES = 6;
    private static final int OPERATIONS = 60_000;

    private final TranslatedMemory m = TranslatedMemory.level4();
    private final X86Cpu cpu = m.cpu;
    private Random random;
    private int stamp;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyAccessFollowsTheTablesOfThatMoment(long seed) {
        random = new Random(seed);
        for (int table = 0; table < TABLES; table++) {
            for (int index = 0; index < 4; index++) {
                m.put(entry(table, index), randomEntry());
            }
        }
        Setup setup = setUp();
        int allowed = 0;
        for (int n = 0; n < OPERATIONS; n++) {
            int what = random.nextInt(1000);
            if (what == 0) {
                setup = setUp();
            } else if (what < 20) {
                writeTable();
            } else {
                allowed += access(setup) ? 1 : 0;
            }
        }
        assertThat(allowed).isBetween(OPERATIONS / 20, OPERATIONS);
    }

    private static long entry(int table, int index) {
        return 0x1000 + 0x1000L * table + 8 * index;
    }

    private long randomEntry() {
        long bits = random.nextInt(8) == 0 ? 0 : P;
        bits |= random.nextInt(4) == 0 ? 0 : RW;
        bits |= random.nextInt(3) == 0 ? 0 : US;
        bits |= random.nextInt(5) == 0 ? NX : 0;
        bits |= random.nextBoolean() ? A : 0;
        bits |= random.nextBoolean() ? D : 0;
        if (random.nextInt(12) == 0) {
            return bits | PS; // maps the tables themselves, wherever the level allows a large page
        }
        return bits | 0x1000 + 0x1000L * random.nextInt(TABLES + (random.nextInt(3) == 0 ? 6 : 0));
    }

    private Setup setUp() {
        cpu.cr4 = X86Cpu.CR4_PAE
                | (random.nextBoolean() ? X86Cpu.CR4_SMEP : 0)
                | (random.nextBoolean() ? X86Cpu.CR4_SMAP : 0);
        cpu.cr0 = X86Cpu.CR0_PE | X86Cpu.CR0_PG | (random.nextBoolean() ? X86Cpu.CR0_WP : 0);
        cpu.cr3 = 0x1000 + 0x1000L * random.nextInt(2);
        cpu.paging.flushAll();
        cpu.modeChanged();
        return new Setup(
                PagingMode.LEVEL4,
                (cpu.cr0 & X86Cpu.CR0_WP) != 0,
                (cpu.cr4 & X86Cpu.CR4_SMEP) != 0,
                (cpu.cr4 & X86Cpu.CR4_SMAP) != 0,
                true,
                false,
                cpu.cr3,
                null);
    }

    private void writeTable() {
        byte[] bytes = new byte[8];
        PhysicalMemory.LONG.set(bytes, 0, randomEntry());
        cpu.paging.writeOutside(entry(random.nextInt(TABLES), random.nextInt(4)), bytes);
    }

    /** Reads, writes or fetches somewhere. True if it was allowed. */
    private boolean access(Setup setup) {
        long page = random.nextLong(4) << 39
                | random.nextLong(2) << 30
                | random.nextLong(2) << 21
                | random.nextLong(4) << 12;
        int size = 1 << random.nextInt(4);
        int kind = random.nextInt(4);
        boolean user = random.nextBoolean();
        boolean ac = random.nextBoolean();
        cpu.cpl = user ? 3 : 0;
        cpu.systemFlags = ac ? X86Cpu.AC | 2 : 2;
        cpu.modeChanged();
        Wish wish = new Wish(page + random.nextInt(4) * 8, kind == 1, user, kind == 2, ac);
        SlowWalk expected = SlowWalk.of(m, setup, wish);
        // an entry of a table, or a number that is none
        long value = size == 8 ? randomEntry() : ++stamp;
        String what = wish + " " + setup;
        try {
            switch (kind) {
                case 1 -> {
                    cpu.store(wish.linear(), size, value);
                    assertThat(m.memory.read(expected.physical(), size))
                            .as(what)
                            .isEqualTo(LittleEndian.zeroExtend(value, size));
                    boolean overwritten = expected.leaf() == (expected.physical() & -8);
                    assertThat(overwritten || (m.get(expected.leaf()) & (A | D)) == (A | D))
                            .as(what)
                            .isTrue();
                }
                case 2 -> assertThat(cpu.fetch(wish.linear())).as(what).isEqualTo(expected.physical());
                default ->
                    assertThat(LittleEndian.zeroExtend(cpu.load(wish.linear(), size), size))
                            .as(what)
                            .isEqualTo(m.memory.read(expected.physical(), size));
            }
        } catch (Fault fault) {
            assertThat(fault.errorCode).as(what).isEqualTo(expected.error());
            return false;
        }
        assertThat(expected.error()).as(what).isEqualTo(-1);
        return true;
    }
}
