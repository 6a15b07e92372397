package dev.ringscope.emulator.insn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which blocks a region is made of, in reverse post-order from the first, and how far execution can come in it without
 * a branch back; there the region checks that there is room for what follows. Taken from what has been executed:
 * branches to their targets, other blocks to those that followed them last. Nothing in it changes.
 */
public final class RegionPlan {
    private static final int MAX_BLOCKS = 64;
    /**
     * Estimated bytecodes of blocks that belong to another region of the same grade and are taken into this one, too:
     * what several call, so that they need not leave for it.
     */
    private static final int MAX_SHARED = 1_000;

    private static final int MAX_PLACES = 32;
    /** A block joins if it was executed at least one time in so many that the first was. */
    private static final int COLDEST = 24;

    /** Estimated bytecodes of an instruction that is emitted, and of one that is called with registers spilled. */
    private static final int PLAIN_SIZE = 34;

    private static final int DIRECT_SIZE = 260;

    final Grade grade;
    final List<Block> blocks = new ArrayList<>();
    final List<CodePlace> places = new ArrayList<>();
    /** For each block, those in the region that may follow it. */
    final List<List<Block>> followers = new ArrayList<>();
    /** Blocks that are reached from another page, too. */
    final boolean[] guarded;
    /** The most instructions from a block on to the next branch back or the region's end. */
    final int[] reach;

    private final Map<Block, Integer> numbers = new IdentityHashMap<>();

    RegionPlan(Block first, Grade grade) {
        this.grade = grade;
        order(first, select(first));
        int n = blocks.size();
        guarded = new boolean[n];
        reach = new int[n];
        for (int i = n - 1; i >= 0; i--) {
            for (Block follower : followers.get(i)) {
                int to = number(follower);
                guarded[to] |= follower.place != blocks.get(i).place;
                if (to > i) {
                    reach[i] = Math.max(reach[i], reach[to]);
                }
            }
            reach[i] += blocks.get(i).length();
        }
    }

    public Grade grade() {
        return grade;
    }

    /** The number of a block of the region. */
    int number(Block block) {
        return numbers.get(block);
    }

    boolean contains(Block block) {
        return numbers.containsKey(block);
    }

    int place(Block block) {
        return places.indexOf(block.place);
    }

    /** Whether a region can hold the block at all. */
    static boolean eligible(Block block) {
        return block.key < 0 && block.id >= 0 && block.secondPage < 0 && block.epoch != Block.STALE;
    }

    private Map<Block, Boolean> select(Block first) {
        Map<Block, Boolean> chosen = new IdentityHashMap<>();
        Deque<Block> waiting = new ArrayDeque<>(List.of(first));
        Map<CodePlace, Boolean> seen = new IdentityHashMap<>();
        int size = 0;
        int shared = 0;
        while (!waiting.isEmpty() && chosen.size() < MAX_BLOCKS) {
            Block b = waiting.removeFirst();
            if (chosen.containsKey(b)) {
                continue;
            }
            if (b != first && taken(b)) {
                shared += size(b);
                if (shared > MAX_SHARED) {
                    continue;
                }
            }
            size += size(b);
            if (b != first && size > grade.maxSize) {
                continue;
            }
            seen.put(b.place, true);
            if (seen.size() > MAX_PLACES) {
                break;
            }
            chosen.put(b, true);
            for (Block next : new Block[] {b.link0, b.link1}) {
                if (next != null && follows(b, next) && (long) next.heat * COLDEST >= first.heat) {
                    waiting.addLast(next);
                }
            }
        }
        return chosen;
    }

    /** It belongs to another region already. */
    private boolean taken(Block block) {
        return grade == Grade.QUICK && block.slot != null;
    }

    private int size(Block block) {
        int size = 60;
        for (Op op : block.ops) {
            Def def = op.insn.def;
            boolean plain = def != null
                    && (def.role != Role.PLAIN || (!def.takesInstructionOnly() || def.idle()) && !def.takesCpu);
            size += plain || grade == Grade.QUICK ? PLAIN_SIZE : DIRECT_SIZE;
        }
        return size;
    }

    private static boolean follows(Block b, Block next) {
        if (!eligible(next) || next.key != b.key || next.place == null) {
            return false;
        }
        Instruction last = b.ops[b.ops.length - 1].insn;
        Role role = last.def == null ? Role.PLAIN : last.def.role;
        return switch (role) {
            case JUMP_IF -> next.pc == last.imm || next.pc == b.next;
            case JUMP, CALL -> next.pc == last.imm;
            case JUMP_TO, CALL_TO, RETURN -> true;
            case PUSH, POP -> next.pc == b.next;
            case PLAIN -> next.pc == b.next && last.def != null && !last.encoding.has("end");
        };
    }

    private void order(Block first, Map<Block, Boolean> chosen) {
        Map<Block, Boolean> visited = new IdentityHashMap<>();
        visit(first, chosen, visited);
        Collections.reverse(blocks);
        for (Block b : blocks) {
            numbers.put(b, numbers.size());
            if (!places.contains(b.place)) {
                places.add(b.place);
            }
            followers.add(followers(b, chosen));
        }
    }

    private static List<Block> followers(Block b, Map<Block, Boolean> chosen) {
        List<Block> followers = new ArrayList<>(2);
        for (Block next : new Block[] {b.link0, b.link1}) {
            if (next != null && chosen.containsKey(next) && follows(b, next) && !followers.contains(next)) {
                followers.add(next);
            }
        }
        return followers;
    }

    private void visit(Block b, Map<Block, Boolean> chosen, Map<Block, Boolean> visited) {
        visited.put(b, true);
        for (Block next : followers(b, chosen)) {
            if (!visited.containsKey(next)) {
                visit(next, chosen, visited);
            }
        }
        blocks.add(b);
    }
}
