package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Blocks that are worth a region, until the compiling thread has time for one. */
final class Candidates {
    /** How many are kept; those that are executed least are forgotten. */
    private static final int MOST = 512;

    private final List<Block> blocks = new ArrayList<>();

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    void add(Block block) {
        if (!block.candidate) {
            if (blocks.size() >= MOST) {
                forgetColdest();
            }
            block.candidate = true;
            block.heatSeen = block.heat;
            blocks.add(block);
        }
    }

    private void forgetColdest() {
        blocks.sort(Comparator.comparingInt(Candidates::rise).reversed());
        while (blocks.size() > MOST / 2) {
            blocks.removeLast().candidate = false;
        }
    }

    /** Executions since the last choice. */
    private static int rise(Block block) {
        return block.heat - block.heatSeen;
    }

    /** Takes out the one that has been executed most since the last choice; those that no longer qualify leave. */
    Optional<Block> takeHottest() {
        blocks.removeIf(b -> {
            b.candidate = b.slot == null && RegionPlan.eligible(b);
            return !b.candidate;
        });
        Optional<Block> hottest = blocks.stream().max(Comparator.comparingInt(Candidates::rise));
        hottest.ifPresent(b -> {
            blocks.remove(b);
            b.candidate = false;
        });
        blocks.forEach(b -> b.heatSeen = b.heat);
        return hottest;
    }
}
