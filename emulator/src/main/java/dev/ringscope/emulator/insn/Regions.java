package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
    /** Regions of one processor: what it may cost in classes and compiled code. */
    private static final Map<Grade, Integer> MOST = new EnumMap<>(Map.of(Grade.QUICK, 6_000, Grade.BEST, 400));
    /** Regions waiting for a compiling thread, the one it works on included. */
    private static final int MOST_WAITING = 3;

    /** Runs from a block after which they must have been worth it. */
    private static final int TRIAL = 4_096;
    /** Instructions per run that pay for entering a region. */
    private static final int WORTH = 4;

    private static final Map<Grade, ExecutorService> COMPILERS =
            new EnumMap<>(Map.of(Grade.QUICK, compiler(Grade.QUICK), Grade.BEST, compiler(Grade.BEST)));

    private final Cpu cpu;
    private final BlockCache blocks;
    private final Isa isa;
    private final BlockFlow flow;
    private final int hot;
    private final long worthBest;
    private final boolean inBackground;
    private final Candidates candidates = new Candidates();
    private final Map<Grade, AtomicInteger> waiting =
            new EnumMap<>(Map.of(Grade.QUICK, new AtomicInteger(), Grade.BEST, new AtomicInteger()));
    private final Map<Grade, List<RegionSlot>> made =
            new EnumMap<>(Map.of(Grade.QUICK, new ArrayList<>(), Grade.BEST, new ArrayList<>()));
    private boolean recorded;

    private Regions(
            Cpu cpu, BlockCache blocks, Isa isa, BlockFlow flow, int hot, long worthBest, boolean inBackground) {
        this.cpu = cpu;
        this.blocks = blocks;
        this.isa = isa;
        this.flow = flow;
        this.hot = hot;
        this.worthBest = worthBest;
        this.inBackground = inBackground;
    }

    static Regions inBackground(Cpu cpu, BlockCache blocks, Isa isa, BlockFlow flow, Worth worth) {
        return new Regions(cpu, blocks, isa, flow, worth.executions, worth.instructions, true);
    }

    /** @param hot executions of a block before it is compiled, on the guest's thread */
    static Regions atOnce(Cpu cpu, BlockCache blocks, Isa isa, BlockFlow flow, int hot) {
        return new Regions(cpu, blocks, isa, flow, hot, hot * 64L, false);
    }

    private static ExecutorService compiler(Grade grade) {
        return new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "region compiler, " + grade);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether somebody wants to be told of the flow: regions made from now on note it. All blocks are forgotten. */
    void setRecorded(boolean newRecorded) {
        recorded = newRecorded;
        made.values().forEach(List::clear);
    }

    /** The region to run at a block, or null. */
    Region at(Block block) {
        Region region = block.region;
        return region != null || ++block.heat < hot ? region : slowly(block);
    }

    private Region slowly(Block block) {
        if (block.best != null) {
            offer(block.best);
        }
        RegionSlot slot = block.slot;
        if (block.region == null && slot != null && !block.refused) {
            offer(slot);
        }
        if (block.region == null) {
            int heat = block.heat;
            if (slot == null && (heat == hot || heat > hot && heat % 256 == 0)) {
                hot(block);
            }
        }
        return block.region;
    }

    /** Its blocks lead to it if it is compiled and right. */
    private void offer(RegionSlot slot) {
        if (slot.region == null || slot.givenUp) {
            return;
        }
        if (slot.stale && !blocks.revive(slot)) {
            forget(slot);
        } else {
            if (slot.plan.grade == Grade.BEST) {
                cpu.memory.complete(); // its arrays are constants of the region's class
            }
            slot.publish();
        }
    }

    private void forget(RegionSlot slot) {
        slot.givenUp = true;
        blocks.leave(slot);
        made.get(slot.plan.grade).remove(slot);
    }

    /** The region at a block has run. */
    void ran(Block block, long executed) {
        block.executed += executed;
        if (block.executed >= block.improveAt) {
            improve(block);
        }
        if (++block.runs % TRIAL == 0) {
            if (block.executed - block.reviewed < (long) TRIAL * WORTH) {
                block.refused = true;
                block.region = null;
            }
            block.reviewed = block.executed;
        }
    }

    /** The guest spends long in runs from here. */
    private void improve(Block block) {
        if (block.best == null && free(Grade.BEST)) {
            block.best = new RegionSlot(new RegionPlan(block, Grade.BEST));
            start(block.best);
        }
        if (block.best != null) {
            offer(block.best);
        }
        boolean done = block.best != null && (block.region == block.best.region || block.best.givenUp);
        block.improveAt = done ? Long.MAX_VALUE : block.executed + worthBest / 16;
    }

    private boolean free(Grade grade) {
        return waiting.get(grade).get() < MOST_WAITING;
    }

    private void hot(Block block) {
        if (!RegionPlan.eligible(block)) {
            return;
        }
        if (!inBackground) {
            startQuick(block);
            return;
        }
        candidates.add(block);
        while (free(Grade.QUICK) && !candidates.isEmpty()) {
            candidates.takeHottest().ifPresent(this::startQuick);
        }
    }

    private void startQuick(Block block) {
        RegionSlot slot = new RegionSlot(new RegionPlan(block, Grade.QUICK));
        List<Block> members = slot.plan.blocks;
        for (int n = 0; n < members.size(); n++) {
            Block member = members.get(n);
            if (member.slot == null) {
                member.slot = slot;
                member.entry = n;
                member.improveAt = worthBest;
            }
        }
        start(slot);
    }

    private void start(RegionSlot slot) {
        Grade grade = slot.plan.grade;
        List<RegionSlot> all = made.get(grade);
        if (all.size() >= MOST.get(grade)) { // the code has changed: whatever is still executed comes again
            List.copyOf(all).forEach(this::forget);
        }
        all.add(slot);
        blocks.join(slot);
        boolean noted = recorded;
        if (!inBackground) {
            compile(slot, noted);
            return;
        }
        waiting.get(grade).incrementAndGet();
        COMPILERS.get(grade).execute(() -> {
            try {
                compile(slot, noted);
            } finally {
                waiting.get(grade).decrementAndGet();
            }
        });
    }

    private void compile(RegionSlot slot, boolean noted) {
        Region region = isa.region(slot.plan, cpu, flow, noted, inBackground);
        if (region == null) {
            slot.givenUp = true;
        }
        slot.region = region;
    }
}
