package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Ways of a few blocks in a region that lead back to where they began. While execution stays on one, the flow is told
 * nothing: where it leaves, how far it has come says which blocks it was ({@link BlockFlow#LOOP}). A block belongs to
 * one loop at most, and of the blocks that may follow one the loop goes on with that executed most.
 */
final class RegionLoops {
    /**
     * A way that leads back, in the order of execution.
     *
     * @param number among the region's
     */
    record Loop(int number, List<Block> blocks) {
        /** The block that follows one of the loop in it. */
        Block behind(Block block) {
            return blocks.get((blocks.indexOf(block) + 1) % blocks.size());
        }

        /** Its {@link BlockFlow#shape}, beginning with one of its blocks. */
        int shape(Block first) {
            int lengths =
                    BlockFlow.shape(blocks.stream().mapToInt(Block::length).toArray());
            return lengths | blocks.indexOf(first) << BlockFlow.BEGAN;
        }

        /** What it adds to the flow where it is left. */
        int entries() {
            return 3 + blocks.size();
        }
    }

    final List<Loop> loops = new ArrayList<>();

    private final RegionPlan plan;
    /** For each block the loop that it is in, or null. */
    private final Loop[] loopOf;

    private final int[] room;

    /** @param quiet whether the region is left from within a block in such a way only that a loop can be told of */
    RegionLoops(RegionPlan plan, Predicate<Block> quiet) {
        this.plan = plan;
        int n = plan.blocks.size();
        loopOf = new Loop[n];
        for (int longest : new int[] {1, BlockFlow.LONGEST_LOOP}) { // one block may be part of another's way
            for (int i = n - 1; i >= 0; i--) { // inner loops first
                find(plan.blocks.get(i), longest, quiet);
            }
        }
        room = new int[n];
        for (int i = n - 1; i >= 0; i--) {
            if (loopOf[i] == null) {
                room[i] = 1 + behind(plan.blocks.get(i));
            }
        }
        for (Loop loop : loops) {
            int most = 0;
            for (Block block : loop.blocks) {
                most = Math.max(most, behind(block));
            }
            for (Block block : loop.blocks) {
                room[plan.number(block)] = loop.entries() + most;
            }
        }
    }

    private void find(Block first, int longest, Predicate<Block> quiet) {
        List<Block> way = new ArrayList<>(longest);
        Block at = first;
        do {
            if (way.size() == longest || way.contains(at) || of(at) != null || !quiet.test(at)) {
                return;
            }
            way.add(at);
            List<Block> followers = plan.followers.get(plan.number(at));
            if (longest == 1 && followers.contains(first)) {
                break;
            }
            at = followers.stream().max(Comparator.comparingInt(b -> b.heat)).orElse(null);
        } while (at != first && at != null);
        if (at == null) {
            return;
        }
        Loop loop = new Loop(loops.size(), way);
        loops.add(loop);
        way.forEach(b -> loopOf[plan.number(b)] = loop);
    }

    /** The most that what follows a block directly may add before it is asked whether there is room. */
    private int behind(Block block) {
        int from = plan.number(block);
        int most = 0;
        for (Block follower : plan.followers.get(from)) {
            int to = plan.number(follower);
            if (to > from && loopOf[to] == null) {
                most = Math.max(most, room[to]);
            }
        }
        return most;
    }

    /** The loop that a block is in, or null. */
    Loop of(Block block) {
        return loopOf[plan.number(block)];
    }

    /** Whether a block leads on to another in the loop that they are in. */
    boolean inside(Block from, Block to) {
        Loop loop = of(from);
        return loop != null && loop.behind(from) == to;
    }

    /**
     * The most entries that a block and what follows it add to the flow until there is another branch back or another
     * loop is entered: there it is asked whether there is room.
     */
    int room(int n) {
        return room[n];
    }
}
