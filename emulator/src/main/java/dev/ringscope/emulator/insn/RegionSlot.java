package dev.ringscope.emulator.insn;

/** A region that is being compiled, or may run where its blocks say so ({@link Block#region}). */
final class RegionSlot {
    final RegionPlan plan;
    /** Null until it is compiled; written by the compiling thread. */
    volatile Region region;
    /** Code of its blocks has been overwritten: it must not run before all are known to be the same again. */
    boolean stale;
    /** It will not run any more. */
    volatile boolean givenUp;

    RegionSlot(RegionPlan plan) {
        this.plan = plan;
    }

    /** Its blocks lead to it from now on, but for those that have a better one. */
    void publish() {
        if (plan.grade == Grade.BEST) {
            publish(plan.blocks.getFirst(), 0);
            return;
        }
        for (int n = 0; n < plan.blocks.size(); n++) {
            Block block = plan.blocks.get(n);
            if (block.slot == this && block.region == null && !block.refused) {
                publish(block, n);
            }
        }
    }

    private void publish(Block block, int n) {
        block.region = region;
        block.reach = plan.reach[n];
    }

    /** No block leads to it any more. */
    void withdraw() {
        for (Block block : plan.blocks) {
            if (block.region == region) {
                block.region = null;
            }
        }
    }
}
