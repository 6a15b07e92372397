package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.TranslatedMemory.A;
import static dev.ringscope.emulator.x86.TranslatedMemory.D;
import static dev.ringscope.emulator.x86.TranslatedMemory.FRAME;
import static dev.ringscope.emulator.x86.TranslatedMemory.NX;
import static dev.ringscope.emulator.x86.TranslatedMemory.P;
import static dev.ringscope.emulator.x86.TranslatedMemory.PS;
import static dev.ringscope.emulator.x86.TranslatedMemory.RW;
import static dev.ringscope.emulator.x86.TranslatedMemory.TABLES;
import static dev.ringscope.emulator.x86.TranslatedMemory.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.SlowWalk.Setup;
import dev.ringscope.emulator.x86.SlowWalk.Wish;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every sort of page, with every combination of rights in two levels, under every setting, for every access, against
 * {@link SlowWalk}.
 */
class PageWalkTest {
    /** How a page is mapped. @param leaf level of the entry that maps it */
    enum Mapping {
        BITS32_4K(PagingMode.BITS32, 2, 1, 0x8040_0120L),
        BITS32_4M(PagingMode.BITS32, 2, 2, 0x8040_0120L),
        PAE_4K(PagingMode.PAE, 2, 1, 0xc040_0120L),
        PAE_2M(PagingMode.PAE, 2, 2, 0xc040_0120L),
        LEVEL4_4K(PagingMode.LEVEL4, 4, 1, 0xffff_9234_4040_0120L),
        LEVEL4_2M(PagingMode.LEVEL4, 4, 2, 0x0000_1234_4040_0120L),
        LEVEL4_1G(PagingMode.LEVEL4, 4, 3, 0xffff_9234_4040_0120L);

        final PagingMode mode;
        final int top;
        final int leaf;
        final long linear;

        Mapping(PagingMode mode, int top, int leaf, long linear) {
            this.mode = mode;
            this.top = top;
            this.leaf = leaf;
            this.linear = linear;
        }
    }

    private final TranslatedMemory m = new TranslatedMemory();
    private final X86Cpu cpu = m.cpu;

    @ParameterizedTest
    @EnumSource
    void everyAccessIsAllowedOrRefusedAsTheManualSays(Mapping mapping) {
        for (int settings = 0; settings < 32; settings++) {
            Setup setup = setUp(mapping, settings);
            for (int rights = 0; rights < 256; rights++) {
                fill(mapping, rights(rights & 15), rights(rights >> 4));
                cpu.paging.flushAll();
                for (int access = 0; access < 12; access++) {
                    check(mapping, setup, access);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBitOfEveryEntryCountsAsTheManualSays(Mapping mapping) {
        for (int settings = 0; settings < 32; settings += 5) {
            Setup setup = setUp(mapping, settings);
            for (int level = mapping.top; level >= mapping.leaf; level--) {
                for (int bit = 0; bit < (mapping.mode == PagingMode.BITS32 ? 32 : 64); bit++) {
                    if (bit >= 12 && bit < 40 && level > mapping.leaf) {
                        continue; // leads to another table
                    }
                    fill(mapping, P | RW | US, P | RW | US);
                    long at = entryOf(mapping, level);
                    m.put(at, m.get(at) ^ 1L << bit);
                    cpu.paging.flushAll();
                    check(mapping, setup, 0);
                    check(mapping, setup, 6);
                }
            }
        }
    }

    /** Bits of {@code settings}: WP, SMEP, SMAP, NXE, PSE. */
    private Setup setUp(Mapping mapping, int settings) {
        boolean pse = (settings & 16) != 0 || mapping == Mapping.BITS32_4M;
        Setup setup = new Setup(
                mapping.mode,
                (settings & 1) != 0,
                (settings & 2) != 0,
                (settings & 4) != 0,
                (settings & 8) != 0,
                pse,
                TABLES[4 - mapping.top],
                new long[] {0, 0, 0, TABLES[2] | P});
        boolean level4 = mapping.mode == PagingMode.LEVEL4;
        cpu.cr0 = X86Cpu.CR0_PE | X86Cpu.CR0_PG | (setup.wp() ? X86Cpu.CR0_WP : 0);
        cpu.cr4 = (mapping.mode == PagingMode.BITS32 ? 0 : X86Cpu.CR4_PAE)
                | (setup.smep() ? X86Cpu.CR4_SMEP : 0)
                | (setup.smap() ? X86Cpu.CR4_SMAP : 0)
                | (pse ? X86Cpu.CR4_PSE : 0);
        cpu.efer = (setup.nxe() ? X86Cpu.EFER_NXE : 0) | (level4 ? X86Cpu.EFER_LME | X86Cpu.EFER_LMA : 0);
        cpu.cr3 = setup.root();
        cpu.seg[Instruction.CS].set(8, 0, 0xffff_ffffL, 0xc09b | (level4 ? Segment.LONG : 0));
        System.arraycopy(setup.pdpte(), 0, cpu.paging.walker.pdpte, 0, 4);
        cpu.modeChanged();
        return setup;
    }

    /** P, R/W, U/S and the inverse of NX. */
    private static long rights(int four) {
        return four & 7 | ((four & 8) == 0 ? NX : 0);
    }

    private long entryOf(Mapping mapping, int level) {
        if (mapping.mode != PagingMode.BITS32) {
            return TranslatedMemory.entryOf(mapping.linear, level);
        }
        return TABLES[4 - level] + (level == 2 ? mapping.linear >>> 22 : mapping.linear >>> 12 & 1023) * 4;
    }

    /**
     * The entry above the last gets the first rights, the last the second; there is nothing above a 4 MiB or 2 MiB page
     * of 2 levels.
     */
    private void fill(Mapping mapping, long upper, long last) {
        boolean small = mapping.mode == PagingMode.BITS32;
        for (int level = mapping.top; level >= mapping.leaf; level--) {
            long rights = level == mapping.leaf ? last : level == mapping.leaf + 1 ? upper : P | RW | US;
            long frame = level > mapping.leaf ? TABLES[5 - level] : mapping.leaf == 3 ? 0 : FRAME;
            long entry = frame | rights | (level == mapping.leaf && level > 1 ? PS : 0);
            long at = entryOf(mapping, level);
            if (small) {
                m.memory.write(at, 4, entry);
            } else {
                m.put(at, entry);
            }
        }
    }

    /** @param access bits: user, AC; and 0 read, 4 write, 8 fetch */
    private void check(Mapping mapping, Setup setup, int access) {
        boolean user = (access & 1) != 0;
        boolean ac = (access & 2) != 0;
        Wish wish = new Wish(mapping.linear, (access & 4) != 0, user, (access & 8) != 0, ac);
        SlowWalk expected = SlowWalk.of(m, setup, wish);
        cpu.cpl = user ? 3 : 0;
        cpu.systemFlags = ac ? X86Cpu.AC | 2 : 2;
        cpu.modeChanged();
        Supplier<String> what = () -> mapping + " " + setup + " " + wish;
        int error = -1;
        long physical = 0;
        try {
            physical = access(wish);
        } catch (Fault fault) {
            assertThat(fault.vector).as(what).isEqualTo(Fault.PF);
            assertThat(fault.address).as(what).isEqualTo(mapping.linear);
            error = fault.errorCode;
        }
        assertThat(error).as(what).isEqualTo(expected.error());
        assertThat(cpu.paging.walk(mapping.linear).refusal(cpu, user, wish.write(), wish.fetch()) == Reason.NONE)
                .as(what)
                .isEqualTo(error < 0);
        if (error < 0) {
            long entry = m.memory.read(expected.leaf(), 4);
            assertThat(physical).as(what).isEqualTo(expected.physical());
            assertThat(entry & A).as(what).isEqualTo(A);
            assertThat((entry & D) != 0 || !wish.write()).as(what).isTrue();
        }
    }

    private int stamp;

    /** Makes the access and tells which physical address it reached, from the bytes that it met or left there. */
    private long access(Wish wish) {
        if (wish.fetch()) {
            return cpu.fetch(wish.linear());
        }
        stamp++;
        long physical = cpu.paging.walk(wish.linear()).physical();
        boolean inMemory = physical >= 0 && physical < m.memory.ramSize();
        if (wish.write()) {
            cpu.store(wish.linear(), 4, stamp);
            return !inMemory || m.memory.read(physical, 4) == stamp ? physical : -1;
        }
        if (inMemory) {
            m.memory.write(physical, 4, stamp);
        }
        return (int) cpu.load(wish.linear(), 4) == (inMemory ? stamp : -1) ? physical : -1;
    }
}
