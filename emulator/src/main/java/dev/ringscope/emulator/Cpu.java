package dev.ringscope.emulator;

import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * What every processor has, whatever its instruction set: registers, place in the code, position, and the software TLB
 * through which data accesses go. The subclasses add their system state.
 *
 * <p>The TLB is direct-mapped with {@link #TLB_ENTRIES} entries of four longs: read tag, write tag (linear page
 * address, or {@link #NO_PAGE}), the number to add to a linear address to get an index into {@link #ram}, and the
 * physical page. The read tag is valid only if the page is readable right now and marked as read; the write tag only if
 * it is writable, its dirty bit is set, it is marked as written, and it holds neither code nor page tables nor a
 * watchpoint. So all of that costs nothing on the fast path.
 */
public abstract class Cpu {
    public static final int TLB_ENTRIES = 1024;
    /** {@link #end} while a region runs and nothing has happened that ends it. */
    public static final int UNDISTURBED = Integer.MAX_VALUE;
    /** A tag that no page has. */
    public static final long NO_PAGE = 1;

    /** General registers. */
    public final long[] r;
    /** Program counter as the architecture shows it: RIP, or the offset in CS. */
    public long pc;
    /** Result and carries of the last arithmetic instruction: see {@link dev.ringscope.emulator.insn.Flags}. */
    public long fr = 1;

    public long fc;
    /** Instructions retired before the block that is running. */
    public long retired;
    /** Instruction of the running block: so many of it have retired. Zero between blocks. */
    public int index;
    /** The running block stops before this instruction; lowered to end it early. */
    public int end;
    /** The block that is running, unless {@link #members} say it. */
    public Block block;
    /**
     * The blocks of a region that notes by number, in {@link #member}, which of them is running; else null. Storing a
     * number is half the code of storing a reference.
     */
    public Block[] members;

    public int member;

    public final PhysicalMemory memory;
    /** {@link PhysicalMemory#bytes}: another array once memory has grown. */
    public byte[] ram;
    /** {@link PhysicalMemory#lines}: stores mark what they write. */
    public byte[] lines;
    /** The TLB for the present privilege. */
    public long[] tlb;
    /** Changes whenever translations may have changed: blocks checked in an earlier epoch are checked again. */
    public int epoch;
    /**
     * Identifies how code is decoded and fetched now (mode, privilege, code segment): blocks of another key do not
     * match.
     */
    public int codeKey;
    /** Set when something waits for the next instruction boundary: an interrupt, a stop, a trap. */
    public boolean attention;
    /** It was {@link #call} that set it: something waits that the processor does not know. */
    protected boolean called;
    /** Why the machine must stop at the next instruction boundary, or null. */
    public StopReason stop;

    public String stopExplanation = "";
    /**
     * The fault that a slow access met, for who asked for it: operations come back at once and have done nothing,
     * definitions throw it ({@link #done()}). Each frame of Java that an exception passes costs as much as a dozen
     * instructions.
     */
    public GuestFault raised;
    /** Where data accesses are logged; null: they are not. */
    public AccessLog log;

    protected Cpu(int registers, PhysicalMemory memory) {
        r = new long[registers];
        this.memory = memory;
        takeArrays();
        memory.setGrown(this::takeArrays);
    }

    private void takeArrays() {
        ram = memory.bytes;
        lines = memory.lines;
    }

    /** Instructions retired since power-on; exact within a block too. */
    public final long position() {
        return retired + index;
    }

    /** Sets {@link #attention} on behalf of the machine: a message, a timer, a watchpoint, another state. */
    public final void call() {
        called = true;
        attention = true;
    }

    /** Throws what a slow access has left in {@link #raised}. */
    public final void done() {
        if (raised != null) {
            throwRaised();
        }
    }

    /** The same, with what was read. */
    public final long done(long value) {
        if (raised != null) {
            throwRaised();
        }
        return value;
    }

    private void throwRaised() {
        GuestFault fault = raised;
        raised = null;
        throw fault;
    }

    /** The block that is running, or null. */
    public final Block running() {
        return block != null || members == null ? block : members[member];
    }

    /** Code of the running block may be in the page of that linear address. */
    public final boolean runsOn(long linear) {
        Block running = running();
        return running == null || running.secondPage >= 0 || (running.linear ^ linear) >>> 12 == 0;
    }

    /** Blocks that belong to compiled regions have become stale: one that runs is left behind the instruction. */
    public final void leaveRegion() {
        if (end == UNDISTURBED) {
            end = UNDISTURBED - 1;
        }
    }

    /** Stops the running block behind the instruction that is executing. */
    public final void endBlock() {
        end = index + 1;
    }

    /** Makes the run end at the next instruction boundary. The first reason given stays. */
    public final void stop(StopReason reason, String explanation) {
        if (stop == null) {
            stop = reason;
            stopExplanation = explanation;
        }
        attention = true;
        endBlock();
    }

    /** Bytes of the code size that the decoder needs now. */
    public abstract int codeSize();

    /** Linear address of an offset in the code segment. */
    public abstract long codeLinear(long offset);

    /** Physical address of a byte of code, with the checks of an instruction fetch. May throw a fault. */
    public abstract long fetch(long linear);

    /** Throws a fault if a byte of code at this offset lies beyond what the code segment allows. */
    public abstract void checkFetch(long offset);

    /** One instruction at a time: a trap may follow each one. */
    public abstract boolean stepping();

    /** An instruction has retired while {@link #stepping}. */
    public abstract void stepped();

    /**
     * At an instruction boundary with {@link #attention} set: takes traps and interrupts, clears attention unless
     * something is still held back.
     */
    public abstract void service();

    /**
     * Notes which registers differ from the last call's; {@code known} says that only general registers and flags can.
     */
    public abstract void noteRegisters(RegisterLog log, boolean known);

    /** Notes what the processor is doing in front of a block. */
    public abstract void note(BlockLog log);

    /** Linear address that the stack pointer stands at. */
    public abstract long stackLinear();

    /** Delivers an exception that the instruction at {@link #pc} raised. */
    public abstract void deliver(GuestFault fault);

    /** The processor sleeps until an interrupt. */
    public abstract boolean halted();

    /**
     * Reads size bytes (1, 2, 4, 8) at a linear address that the TLB does not serve; sign-extended. May throw a fault,
     * or leave one in {@link #raised}.
     */
    public abstract long loadSlow(long linear, int size);

    /**
     * Writes size bytes at a linear address that the TLB does not serve. May throw a fault or leave one in
     * {@link #raised}, and has then written nothing.
     */
    public abstract void storeSlow(long linear, int size, long value);

    /**
     * Does what an access that the TLB does not serve does first: translates, marks, fills the TLB. Being done twice
     * for one access shows nowhere.
     *
     * @return whether the TLB serves it now; not if it would fault: a page fault is left in {@link #raised}
     */
    public abstract boolean prepare(long linear, boolean write);

    /**
     * The two TLBs of which {@link #tlb} is one while 64-bit code is executed that was decoded for a {@link #codeKey}:
     * that of its privilege, and the one that takes its place at times. They are the same as long as the processor is.
     */
    public abstract long[][] tlbsOf(int key);

    /**
     * Does a store within a page, if that page holds page tables and the store changes an entry that the running block
     * does not depend on: it is told as it always is, and the block goes on.
     *
     * @return whether it was such a store; if not, nothing was done
     */
    public abstract boolean storeQuietly(long linear, int size, long value);

    /** Faults as a write of the next size bytes would, and writes nothing. */
    public abstract void probeWrite(long linear, int size);

    /** Blocks were made of code in this physical page: its stores must take the slow path from now on. */
    public abstract void codeMarked(long physicalPage);

    /** The access log has no room left: hands it to the recorder and empties it. */
    public abstract void logFull();
}
