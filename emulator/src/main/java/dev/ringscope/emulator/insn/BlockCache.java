package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.GuestFault;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All decoded blocks. They are found by place in the code first (a direct-mapped table), then by physical address. A
 * block belongs to a physical page; when its bytes are overwritten it becomes stale, and comes back to life if it is
 * reached again and its bytes are the same as before, so that its identity in a trace stays.
 */
public final class BlockCache {
    private static final int FAST = 1 << 15;
    private static final long PAGE_MASK = -PhysicalMemory.PAGE;
    /** More blocks than this and all are forgotten: bounds memory for guests that generate code without end. */
    private static final int MAX_BLOCKS = 1_500_000;
    /** More blocks than this are not kept for another moment's memory, which may need few of them. */
    private static final int MOST_DOUBTED = 200_000;
    /** When more breakpoints than this change at once, forgetting all blocks is quicker than comparing. */
    private static final int MOST_COMPARED = 32;

    /** Compared by hand: what Java would make for a record are a dozen classes, spun at every start. */
    private record PlaceKey(long linearPage, long physicalPage, int key) {
        @Override
        public boolean equals(Object other) {
            return other instanceof PlaceKey place
                    && linearPage == place.linearPage
                    && physicalPage == place.physicalPage
                    && key == place.key;
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Long.hashCode(linearPage) + Long.hashCode(physicalPage)) + key;
        }
    }

    private final Cpu cpu;
    private final Isa isa;
    private final Breakpoints breakpoints;
    private final Block[] fast = new Block[FAST];
    private Block[] buckets = new Block[1 << 16];
    private int count;
    private final Map<PlaceKey, CodePlace> places = new HashMap<>();
    /** Live blocks by the number of the physical page they have bytes in. */
    private final Map<Long, List<Block>> pages = new HashMap<>();

    public BlockCache(Cpu cpu, Isa isa, Breakpoints breakpoints) {
        this.cpu = cpu;
        this.isa = isa;
        this.breakpoints = breakpoints;
    }

    /** The block at the processor's pc. May throw a fault (page fault of the fetch, code segment limit). */
    Block find(Block previous) {
        long pc = cpu.pc;
        int key = cpu.codeKey;
        if (previous != null) {
            Block link = previous.link0;
            if (link != null && link.pc == pc && link.key == key && link.epoch == cpu.epoch) {
                return link;
            }
            link = previous.link1;
            if (link != null && link.pc == pc && link.key == key && link.epoch == cpu.epoch) {
                return link;
            }
        }
        int slot = fastSlot(pc);
        Block block = fast[slot];
        if (block == null || block.pc != pc || block.key != key || block.epoch != cpu.epoch) {
            block = findSlowly(block, pc, key);
            fast[slot] = block;
        }
        if (previous != null) {
            previous.link1 = previous.link0;
            previous.link0 = block;
        }
        return block;
    }

    /** The same behind a region that was entered at a block: most often where it was left the last time. */
    Block findBehind(Block entered) {
        Block exit = entered.exit;
        if (exit == null || exit.pc != cpu.pc || exit.key != cpu.codeKey || exit.epoch != cpu.epoch) {
            exit = find(null);
            entered.exit = exit;
        }
        return exit;
    }

    private Block findSlowly(Block candidate, long pc, int key) {
        cpu.checkFetch(pc);
        long physical = cpu.fetch(cpu.codeLinear(pc));
        if (candidate != null && candidate.pc == pc && candidate.key == key && usable(candidate, physical)) {
            return candidate;
        }
        for (Block b = buckets[hash(physical, pc)]; b != null; b = b.chain) {
            if (b.pc == pc && b.key == key && usable(b, physical)) {
                return b;
            }
        }
        return build(pc, key, physical);
    }

    /** The block is the code that is at this place now: same pages, bytes unchanged. Marks it checked. */
    private boolean usable(Block b, long physical) {
        if (b.physical != physical) {
            return false;
        }
        if (b.secondPage >= 0 && (cpu.fetch(cpu.codeLinear(b.pc) + b.bytes.length - 1) & PAGE_MASK) != b.secondPage) {
            return false;
        }
        if (b.epoch == Block.STALE) {
            if (!sameBytes(b)) {
                return false;
            }
            watch(b);
        }
        b.epoch = cpu.epoch;
        b.place.epoch = cpu.epoch;
        return true;
    }

    private boolean sameBytes(Block b) {
        for (int i = 0; i < b.bytes.length; i++) {
            if ((byte) cpu.memory.read(b.physicalOf(i), 1) != b.bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private Block build(long pc, int key, long physical) {
        CodeWindow window = new CodeWindow(cpu, pc, physical);
        long linear = cpu.codeLinear(pc);
        List<Op> ops = new ArrayList<>();
        long at = pc;
        long secondPage = -1;
        boolean breakpoint = !breakpoints.isEmpty() && breakpoints.at(linear, physical);
        while (ops.size() < Block.MAX) {
            long here = cpu.codeLinear(at);
            if (!ops.isEmpty()
                    && ((here & PAGE_MASK) != (linear & PAGE_MASK)
                            || !breakpoints.isEmpty() && breakpoints.at(here, physical + (here - linear)))) {
                break;
            }
            window.moveTo(at);
            Instruction i;
            try {
                i = isa.decode(window, at, cpu.codeSize());
            } catch (GuestFault fault) {
                if (ops.isEmpty()) {
                    throw fault;
                }
                break; // raised when execution gets there
            }
            ops.add(isa.operation(i));
            at = i.next();
            if ((cpu.codeLinear(at - 1) & PAGE_MASK) != (linear & PAGE_MASK)) {
                secondPage = window.secondPage();
            }
            if (isa.endsBlock(i) || secondPage >= 0) {
                break;
            }
        }
        byte[] bytes = new byte[(int) (at - pc)];
        Block block = new Block(pc, at, linear, physical, secondPage, key, ops.toArray(Op[]::new), bytes, cpu.epoch);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) cpu.memory.read(block.physicalOf(i), 1);
        }
        block.breakpoint = breakpoint;
        block.place = places.computeIfAbsent(new PlaceKey(linear >>> 12, physical >>> 12, key), _ -> new CodePlace());
        block.place.epoch = cpu.epoch;
        enter(block);
        return block;
    }

    private void enter(Block block) {
        if (count >= MAX_BLOCKS) {
            forgetAll();
        }
        if (count > buckets.length) {
            grow();
        }
        int h = hash(block.physical, block.pc);
        block.chain = buckets[h];
        buckets[h] = block;
        count++;
        watch(block);
    }

    private int hash(long physical, long pc) {
        long h = (physical ^ pc >>> 12) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (h >>> 40) & buckets.length - 1;
    }

    private void grow() {
        Block[] old = buckets;
        buckets = new Block[old.length * 2];
        for (Block head : old) {
            for (Block b = head; b != null; ) {
                Block following = b.chain;
                int h = hash(b.physical, b.pc);
                b.chain = buckets[h];
                buckets[h] = b;
                b = following;
            }
        }
    }

    /** Drops every block; ids given so far are not used again. */
    public void forgetAll() {
        makeAllStale();
        for (Block head : buckets) {
            for (Block b = head; b != null; b = b.chain) {
                b.dropped = true;
            }
        }
        Arrays.fill(buckets, null);
        Arrays.fill(fast, null);
        places.clear();
        count = 0;
    }

    /** Memory holds something else now: each block is compared with it when it is reached again. */
    void doubtAll() {
        if (count > MOST_DOUBTED) {
            forgetAll();
        } else {
            makeAllStale();
        }
    }

    private void makeAllStale() {
        for (Block head : buckets) {
            for (Block b = head; b != null; b = b.chain) {
                b.epoch = Block.STALE;
                leaveRegions(b);
            }
        }
        pages.keySet().forEach(page -> mark(page, false));
        pages.clear();
    }

    /** Drops the blocks that hold one of these addresses: they are to be cut elsewhere now. */
    void forget(Set<Long> linear, Set<Long> physical) {
        if (linear.size() + physical.size() > MOST_COMPARED) {
            forgetAll();
            return;
        }
        if (linear.isEmpty() && physical.isEmpty()) {
            return;
        }
        for (int h = 0; h < buckets.length; h++) {
            Block kept = null;
            for (Block b = buckets[h]; b != null; ) {
                Block following = b.chain;
                if (holds(b, linear, physical)) {
                    drop(b);
                } else {
                    b.chain = kept;
                    kept = b;
                }
                b = following;
            }
            buckets[h] = kept;
        }
    }

    private static boolean holds(Block b, Set<Long> linear, Set<Long> physical) {
        for (long address : linear) {
            if (Long.compareUnsigned(address - b.linear, b.bytes.length) < 0) {
                return true;
            }
        }
        for (long address : physical) {
            if (b.overlaps(address, 1)) {
                return true;
            }
        }
        return false;
    }

    /** The block will not be found any more, not even when its bytes are the same. */
    private void drop(Block b) {
        b.dropped = true;
        if (b.epoch != Block.STALE) {
            makeStale(b);
        }
        int slot = fastSlot(b.pc);
        if (fast[slot] == b) {
            fast[slot] = null;
        }
        count--;
    }

    private static int fastSlot(long pc) {
        return (int) (pc ^ pc >>> 15) & FAST - 1;
    }

    private void watch(Block block) {
        watch(block, block.physical >>> 12);
        if (block.secondPage >= 0) {
            watch(block, block.secondPage >>> 12);
        }
    }

    private void watch(Block block, long page) {
        List<Block> blocks = pages.get(page);
        if (blocks == null) {
            blocks = new ArrayList<>();
            pages.put(page, blocks);
            mark(page, true);
        }
        blocks.add(block);
    }

    /** Sets or clears the mark that makes stores into the page report to {@link #written}. */
    private void mark(long page, boolean code) {
        int index = cpu.memory.index(page << 12);
        if (index >= 0) {
            int p = index / PhysicalMemory.PAGE;
            if (code) {
                cpu.memory.pageFlags[p] |= PhysicalMemory.CODE;
                cpu.codeMarked(page << 12);
            } else {
                cpu.memory.pageFlags[p] &= ~PhysicalMemory.CODE;
            }
        }
    }

    /** Bytes of a page with the code mark were written: the blocks that they belong to become stale. */
    public void written(long physical, int size) {
        long page = physical >>> 12;
        List<Block> blocks = pages.get(page);
        if (blocks == null) {
            return;
        }
        for (int i = blocks.size() - 1; i >= 0; i--) {
            Block b = blocks.get(i);
            if (b.overlaps(physical, size)) {
                makeStale(b);
            }
        }
    }

    private void makeStale(Block b) {
        b.epoch = Block.STALE;
        leaveRegions(b);
        remove(b, b.physical >>> 12);
        if (b.secondPage >= 0) {
            remove(b, b.secondPage >>> 12);
        }
        if (b == cpu.running()) {
            cpu.endBlock();
        }
    }

    private void leaveRegions(Block b) {
        for (RegionSlot slot : b.regions) {
            if (!slot.stale) {
                slot.stale = true;
                slot.withdraw();
            }
            cpu.leaveRegion();
        }
    }

    /** The region's blocks know it from now on. */
    void join(RegionSlot slot) {
        for (Block b : slot.plan.blocks) {
            List<RegionSlot> regions = new ArrayList<>(b.regions);
            regions.removeIf(r -> r.givenUp);
            regions.add(slot);
            b.regions = regions;
        }
    }

    /** The region's blocks are free for others. */
    void leave(RegionSlot slot) {
        slot.withdraw();
        for (Block b : slot.plan.blocks) {
            List<RegionSlot> regions = new ArrayList<>(b.regions);
            regions.remove(slot);
            b.regions = regions;
            b.slot = b.slot == slot ? null : b.slot;
            b.best = b.best == slot ? null : b.best;
        }
    }

    /**
     * Blocks of the region have become stale: they no longer are if their bytes are the same again.
     *
     * @return whether all are
     */
    boolean revive(RegionSlot slot) {
        for (Block b : slot.plan.blocks) {
            if (b.epoch == Block.STALE && (b.dropped || !sameBytes(b))) {
                slot.givenUp = true;
                return false;
            }
        }
        for (Block b : slot.plan.blocks) {
            if (b.epoch == Block.STALE) {
                watch(b);
                b.epoch = Block.UNCHECKED;
            }
        }
        slot.stale = false;
        return true;
    }

    boolean hasBreakpoints() {
        return !breakpoints.isEmpty();
    }

    private void remove(Block b, long page) {
        List<Block> blocks = pages.get(page);
        blocks.remove(b);
        if (blocks.isEmpty()) {
            pages.remove(page);
            mark(page, false);
        }
    }
}
