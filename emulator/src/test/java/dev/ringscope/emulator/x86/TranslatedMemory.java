package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.util.ArrayList;
import java.util.List;

/** A processor with 16 MiB of memory and page tables made by hand, which keeps what it tells its recorder. */
final class TranslatedMemory implements Recorder {
    static final long P = 1, RW = 2, US = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100, NX = 1L << 63;
    /** Physical addresses of the tables, root first, and of a page of data. */
    static final long[] TABLES = {0x1000, 0x2000, 0x3000, 0x4000};

    static final long FRAME = 0x40_0000;

    final PhysicalMemory memory = new PhysicalMemory(16 << 20, new byte[0]);
    final X86Cpu cpu = new X86Cpu(memory, new Ports());
    final List<Event> events = new ArrayList<>();

    TranslatedMemory() {
        cpu.recorder = this;
    }

    /** 4-level paging in 64-bit mode, ring 0, with NX. */
    static TranslatedMemory level4() {
        TranslatedMemory m = new TranslatedMemory();
        m.cpu.efer = X86Cpu.EFER_LME | X86Cpu.EFER_LMA | X86Cpu.EFER_NXE;
        m.cpu.cr4 = X86Cpu.CR4_PAE | X86Cpu.CR4_PGE;
        m.cpu.cr0 = X86Cpu.CR0_PE | X86Cpu.CR0_PG | X86Cpu.CR0_WP;
        m.cpu.cr3 = TABLES[0];
        m.cpu.seg[Instruction.CS].set(8, 0, 0xffff_ffffL, 0x9b | Segment.LONG | Segment.GRANULAR);
        m.cpu.modeChanged();
        return m;
    }

    /** Maps a 4 KiB page through the four tables, every entry with all rights but those of the last. */
    void map(long linear, long entry) {
        for (int level = 4; level > 1; level--) {
            put(entryOf(linear, level), TABLES[5 - level] | P | RW | US | A);
        }
        put(entryOf(linear, 1), entry);
    }

    /** Physical address of the entry for a linear address in the table of that level. */
    static long entryOf(long linear, int level) {
        return TABLES[4 - level] + (linear >>> 3 + 9 * level & 511) * 8;
    }

    /** Writes eight bytes of memory behind the processor's back. */
    void put(long physical, long value) {
        PhysicalMemory.LONG.set(memory.bytes, (int) physical, value);
    }

    long get(long physical) {
        return (long) PhysicalMemory.LONG.get(memory.bytes, (int) physical);
    }

    <E extends Event> List<E> take(Class<E> kind) {
        List<E> taken = events.stream().filter(kind::isInstance).map(kind::cast).toList();
        events.clear();
        return taken;
    }

    @Override
    public void define(Block block) {}

    @Override
    public void flow(int[] entries, int count) {}

    @Override
    public void event(Event event) {
        events.add(event);
    }

    @Override
    public void accesses(AccessLog log) {}

    @Override
    public void registers(RegisterLog log) {}

    @Override
    public long chunkEnd(Snapshot snapshot) {
        return Long.MAX_VALUE;
    }
}
