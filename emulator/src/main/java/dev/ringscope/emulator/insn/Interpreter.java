package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.BlockLog;
import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.GuestFault;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Restart;
import dev.ringscope.emulator.VirtualTime;
import java.util.Set;

/**
 * Runs blocks: the tier that is also the oracle and the single-stepper. Between two instructions where nothing waits
 * there is only the block's look-up, one store of its number and one comparison of the position; all else happens where
 * {@link Cpu#attention} or the limit ends the inner loop.
 */
public final class Interpreter {
    private static final int FLOW = BlockFlow.CAPACITY;
    /** Instructions after which a region lets the interpreter look up. */
    private static final int SLICE = 1 << 17;

    private final Cpu cpu;
    private final VirtualTime time;
    private final BlockCache blocks;
    private final BlockFlow flow = new BlockFlow();
    private int nextId;
    private Recorder recorder = Recorder.NONE;
    /** Register writes of every instruction go there; null: they are not noted. */
    private RegisterLog registers;
    /** What the processor was doing around each block of the flow goes there; null: it is not noted. */
    private BlockLog notes;
    /** The compiled tier; null: there is none. */
    private Regions regions;

    private long compiledInstructions;
    /** Where a breakpoint was reported: execution goes on from there without reporting it again. */
    private long passBreakpointAt = -1;

    public Interpreter(Cpu cpu, VirtualTime time, BlockCache blocks) {
        this.cpu = cpu;
        this.time = time;
        this.blocks = blocks;
    }

    public void setRecorder(Recorder recorder) {
        this.recorder = recorder;
        if (regions != null) {
            regions.setRecorded(recorder != Recorder.NONE);
        }
    }

    /** From now on blocks that are executed often are compiled, together with those around them. */
    public void compile(Isa isa, Worth worth) {
        compile(Regions.inBackground(cpu, blocks, isa, flow, worth));
    }

    /** The same at once, and after so many executions. */
    public void compileAtOnce(Isa isa, int executions) {
        compile(Regions.atOnce(cpu, blocks, isa, flow, executions));
    }

    private void compile(Regions newRegions) {
        regions = newRegions;
        regions.setRecorded(recorder != Recorder.NONE);
    }

    /** How many instructions the compiled tier has executed. */
    public long compiledInstructions() {
        return compiledInstructions;
    }

    /** What ended {@link #run}. */
    public enum Outcome {
        /** The position is reached. */
        LIMIT,
        /** The processor wants something at this boundary: a stop, sleep, or service that is held back. */
        ATTENTION,
        BREAKPOINT
    }

    /** The next run does not stop at a breakpoint on its very first instruction. */
    public void passBreakpoint() {
        passBreakpointAt = cpu.retired;
    }

    /** It does after all: an interrupt has come before that instruction. */
    public void heedBreakpoint() {
        passBreakpointAt = -1;
    }

    /**
     * Runs until so many instructions have retired, or something needs care. Faults of the guest are delivered here.
     *
     * @param limit position to stop at, above the present one
     * @param single at most one instruction, because something waits behind it
     */
    public Outcome run(long limit, boolean single) {
        while (true) {
            long before = cpu.retired;
            if (runOn(limit, single) == Outcome.BREAKPOINT) {
                return Outcome.BREAKPOINT;
            }
            // A handler that faults itself must not keep the machine from looking up.
            boolean stuck = single || cpu.retired == before || cpu.retired >= limit;
            if (stuck || cpu.attention) {
                return cpu.attention || cpu.retired < limit ? Outcome.ATTENTION : Outcome.LIMIT;
            }
        }
    }

    /** The same up to the next fault. */
    private Outcome runOn(long limit, boolean single) {
        try {
            Outcome outcome = loop(limit, single);
            GuestFault fault = cpu.raised;
            if (fault == null) {
                return outcome;
            }
            cpu.raised = null;
            deliver(fault);
        } catch (GuestFault fault) {
            deliver(fault);
        } catch (Restart restart) {
            retirePartly();
            flush(); // accesses without end at one position must not pile up in the recorder
        }
        return Outcome.ATTENTION;
    }

    private void deliver(GuestFault fault) {
        retirePartly();
        cpu.deliver(fault);
        if (registers != null) {
            noteRegisters(false);
        }
    }

    /** Until a fault is {@link Cpu#raised} at the latest: the processor still stands at the instruction that met it. */
    private Outcome loop(long limit, boolean single) {
        Block block = null;
        Block entered = null;
        boolean compiled = regions != null && !single && registers == null && notes == null && !blocks.hasBreakpoints();
        do {
            block = entered == null ? blocks.find(block) : blocks.findBehind(entered);
            entered = null;
            if (block.breakpoint && passBreakpointAt != cpu.retired) {
                return Outcome.BREAKPOINT;
            }
            passBreakpointAt = -1;
            if (block.id < 0) {
                block.id = nextId++;
                recorder.define(block);
            }
            if (compiled && runRegion(block, limit)) {
                entered = block;
                continue;
            }
            int length = block.ops.length;
            int room = single ? 1 : (int) Math.min(length, limit - cpu.retired);
            execute(block, room);
        } while (cpu.raised == null && !cpu.attention && !single && cpu.retired < limit);
        return cpu.attention ? Outcome.ATTENTION : cpu.retired >= limit ? Outcome.LIMIT : Outcome.ATTENTION;
    }

    /** @return whether a region has executed the block, and perhaps more */
    private boolean runRegion(Block block, long limit) {
        Region region = regions.at(block);
        if (region == null || cpu.retired + block.reach > limit) {
            return false;
        }
        if (flow.count > FLOW / 2) {
            flush();
        }
        long before = cpu.retired;
        region.run(cpu, Math.min(limit, before + SLICE), block.entry);
        Block rest = cpu.running();
        long executed = cpu.position() - before;
        compiledInstructions += executed;
        regions.ran(block, executed);
        if (rest != null && cpu.raised == null) {
            standIn(rest);
            cpu.end = Math.min(rest.ops.length, cpu.end);
            finish(rest, cpu.index < cpu.end ? execute(rest.ops, cpu.index) : cpu.index);
        }
        return true;
    }

    /** A region has left a block to the interpreter. */
    private void standIn(Block block) {
        if (cpu.members != null) {
            cpu.members = null;
            cpu.block = block;
            cpu.pc = block.next;
        }
    }

    private void execute(Block block, int room) {
        Op[] ops = block.ops;
        cpu.block = block;
        cpu.end = room;
        cpu.pc = block.next;
        if (notes != null) {
            cpu.note(notes);
        }
        finish(block, registers == null ? execute(ops, 0) : executeNoting(ops));
    }

    /** The first so many instructions of a block have retired, unless a fault is {@link Cpu#raised}. */
    private void finish(Block block, int i) {
        if (cpu.raised != null) {
            return;
        }
        Op[] ops = block.ops;
        cpu.index = 0;
        cpu.block = null;
        cpu.retired += i;
        if (flow.count > FLOW - 2) {
            flush();
        }
        flow.entries[flow.count++] = block.id;
        if (notes != null) {
            notes.add(block, i, cpu.stackLinear());
        }
        if (i < ops.length) {
            flow.entries[flow.count++] = Recorder.PARTIAL | i;
            cpu.pc = ops[i].insn.address;
        }
    }

    private int execute(Op[] ops, int from) {
        int i = from;
        do {
            cpu.index = i;
            ops[i].exec(cpu);
        } while (++i < cpu.end);
        return i;
    }

    /** The same, with the registers compared behind each instruction. */
    private int executeNoting(Op[] ops) {
        int i = 0;
        do {
            cpu.index = i;
            ops[i].exec(cpu);
            if (cpu.raised != null) {
                return i;
            }
            Def def = ops[i].insn.def;
            noteRegisters(def != null && def.integerOnly());
        } while (++i < cpu.end);
        return i;
    }

    private void noteRegisters(boolean known) {
        if (registers.count > RegisterLog.CAPACITY - 256) {
            flushRegisters();
        }
        cpu.noteRegisters(registers, known);
    }

    private void flushRegisters() {
        if (registers != null && registers.count > 0) {
            recorder.registers(registers);
            registers.count = 0;
        }
        if (registers != null) {
            registers.base = cpu.retired;
        }
    }

    /** From now on register writes are given to the recorder. */
    public void noteRegisters() {
        registers = new RegisterLog();
        registers.base = cpu.retired;
        cpu.noteRegisters(registers, false);
        registers.count = 0;
    }

    /** The instruction at cpu.index did not retire; those before it did. */
    private void retirePartly() {
        Block block = cpu.running();
        if (block == null) {
            return; // the fetch faulted: pc is the instruction's own
        }
        cpu.members = null;
        int done = cpu.index;
        cpu.pc = block.ops[done].insn.address;
        cpu.block = null;
        cpu.index = 0;
        cpu.retired += done;
        if (done > 0) {
            if (flow.count > FLOW - 2) {
                flush();
            }
            flow.entries[flow.count++] = block.id;
            flow.entries[flow.count++] = Recorder.PARTIAL | done;
            if (notes != null) {
                notes.add(block, done, cpu.stackLinear());
            }
        }
    }

    /** Gives the recorder what has been executed. */
    public void flush() {
        flow.drain(recorder);
        if (notes != null && notes.count > 0) {
            recorder.blocks(notes);
            notes.count = 0;
        }
        if (cpu.log != null) {
            cpu.logFull(); // an empty one too: its positions count from here
        }
        flushRegisters();
    }

    /** Whether the recorder is told from now on what the processor is doing around each block. Between runs. */
    public void noteBlocks(boolean noted) {
        notes = noted ? new BlockLog(FLOW) : null;
    }

    /** Forgets the blocks that hold these addresses: there are breakpoints, or there were. */
    public void forgetBlocks(Set<Long> linear, Set<Long> physical) {
        blocks.forget(linear, physical);
    }

    /** Forgets all blocks: breakpoints or the recording detail changed. */
    public void forgetBlocks() {
        blocks.forgetAll();
    }

    /** Memory was replaced: no block is executed again before it has been compared with what is there now. */
    public void doubtBlocks() {
        blocks.doubtAll();
    }
}
