package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * Compiled blocks with the branches between them: an instance of a hidden class that {@link BestEmitter} has made. It
 * belongs to one processor, and runs on its thread.
 */
public abstract class Region {
    /** What it was made of. */
    public Block[] blocks;

    public CodePlace[] places;
    /** Those that are executed by calling their definition with the decoded instruction. */
    public Instruction[] instructions;

    /**
     * Executes from a block on, whose place is checked. Back with {@link Cpu#running} null: the processor stands before
     * the block at {@link Cpu#pc}. Else it stands within that block, before the instruction {@link Cpu#index}, which
     * may be the one behind its last; {@link Cpu#end} is as it was lowered.
     *
     * @param limit position that is not passed
     * @param entry number of the block; regions of {@link Grade#BEST} begin with the first whatever it is
     */
    public abstract void run(Cpu cpu, long limit, int entry);

    /**
     * Called before anything is executed. A processor that has stopped is not let in: it is that of
     * {@link RegionSpinner#warm}.
     *
     * @throws Bail
     */
    public static void admit(Cpu cpu) {
        if (cpu.stop != null) {
            throw Bail.INSTANCE;
        }
    }

    /** The processor is at an instruction: a block's number * 64 + the instruction's number in it. */
    public final void at(Cpu cpu, long retired, int site) {
        Block block = blocks[site >> 6];
        cpu.block = block;
        cpu.index = site & 63;
        cpu.retired = retired;
        cpu.pc = block.next;
        cpu.end = Cpu.UNDISTURBED;
    }

    /** A branch to an address that is not canonical faults. */
    public static void checkTarget(Cpu cpu, long target) {
        if (target << 16 >> 16 != target) {
            cpu.checkFetch(target);
        }
    }

    /** Something has happened that ends the block, or the run of blocks. */
    public static boolean disturbed(Cpu cpu) {
        return cpu.end != Cpu.UNDISTURBED || cpu.attention;
    }

    /**
     * What a region's class is given when it is defined, see {@link RegionConstants}, and the instance that it makes.
     */
    public static final class Birth {
        public final long[] registers;
        public final BlockFlow flow;
        public final int[] entries;
        public final long[] tlb;
        public final long[] otherTlb;
        public final byte[] ram;
        public final byte[] lines;
        public Region region;

        Birth(RegionPlan plan, Cpu cpu, BlockFlow flow) {
            registers = cpu.r;
            this.flow = flow;
            entries = flow.entries;
            long[][] tlbs = cpu.tlbsOf(plan.blocks.getFirst().key);
            tlb = tlbs[0];
            otherTlb = tlbs[1];
            PhysicalMemory.Whole whole = plan.grade == Grade.BEST ? cpu.memory.makeRoom() : null;
            ram = whole == null ? null : whole.bytes();
            lines = whole == null ? null : whole.lines();
        }
    }
}
