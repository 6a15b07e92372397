package dev.ringscope.emulator.insn;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The second tier of one processor: counts blocks, has regions compiled of those that are executed often, and says
 * whether there is one for a block. What a run comes to never depends on which there are, nor when they come.
 */
final class Regions {
    /** Executions of a block before a region is made from it, and again after each so many where that was refused. */
    private static final int HOT = 10_000;
    /** Regions of one processor: what it may cost in classes and compiled code. */
    private static final int MOST = 1_500;
    /** Regions waiting for the compiling thread. */
    private static final int MOST_WAITING = 24;

    private static final ExecutorService COMPILER = compiler();

    private final BlockCache blocks;
    private final Isa isa;
    private final BlockFlow flow;
    private final int hot;
    private final boolean inBackground;
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean recorded;
    private int made;

    /**
     * @param hot executions of a block before it is compiled
     * @param inBackground or at once, on the guest's thread
     */
    Regions(BlockCache blocks, Isa isa, BlockFlow flow, int hot, boolean inBackground) {
        this.blocks = blocks;
        this.isa = isa;
        this.flow = flow;
        this.hot = hot;
        this.inBackground = inBackground;
    }

    static Regions inBackground(BlockCache blocks, Isa isa, BlockFlow flow) {
        return new Regions(blocks, isa, flow, HOT, true);
    }

    private static ExecutorService compiler() {
        return new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "region compiler");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether somebody wants to be told of the flow: regions made from now on note it. All blocks are forgotten. */
    void setRecorded(boolean newRecorded) {
        recorded = newRecorded;
        made = 0;
    }

    /** The region to run at a block, or null. */
    RegionSlot at(Block block) {
        RegionSlot slot = block.slot;
        if (slot == null) {
            if (++block.heat % hot == 0) {
                plan(block);
            }
            return null;
        }
        block.heat++;
        if (slot.region == null || slot.givenUp) {
            return null;
        }
        if (slot.stale && !blocks.revive(slot)) {
            block.slot = null;
            made--;
            return null;
        }
        return slot;
    }

    private void plan(Block block) {
        if (made >= MOST || waiting.get() >= MOST_WAITING || !RegionPlan.eligible(block)) {
            return;
        }
        made++;
        RegionSlot slot = new RegionSlot(new RegionPlan(block));
        block.slot = slot;
        blocks.join(slot);
        boolean noted = recorded;
        if (inBackground) {
            waiting.incrementAndGet();
            COMPILER.execute(() -> {
                try {
                    compile(slot, noted);
                } finally {
                    waiting.decrementAndGet();
                }
            });
        } else {
            compile(slot, noted);
        }
    }

    private void compile(RegionSlot slot, boolean noted) {
        Region region = isa.region(slot.plan, flow, noted, inBackground);
        slot.givenUp = region == null;
        slot.region = region;
    }
}
