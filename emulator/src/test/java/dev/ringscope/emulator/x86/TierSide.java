package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.BlockCache;
import dev.ringscope.emulator.insn.Breakpoints;
import dev.ringscope.emulator.insn.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A processor with one of the tiers, and everything that it tells its recorder, for comparison with another. */
final class TierSide implements Recorder {
    final X86Cpu cpu;
    final Interpreter interpreter;
    /** Each in order; how they interleave is not promised. */
    private final List<String> events = new ArrayList<>();

    private final List<String> flow = new ArrayList<>();
    /** The most entries that came at once. */
    int longest;

    private final List<String> accesses = new ArrayList<>();

    /** @param executions before a block is compiled, 0 for the interpreter alone */
    TierSide(X86Cpu cpu, boolean logged, int executions) {
        this.cpu = cpu;
        cpu.log = logged ? new AccessLog() : null;
        cpu.recorder = this;
        X86Isa isa = new X86Isa(logged);
        BlockCache blocks = new BlockCache(cpu, isa, new Breakpoints());
        cpu.paging.codeWatch = blocks::written;
        interpreter = new Interpreter(cpu, cpu.time, blocks);
        interpreter.setRecorder(this);
        if (executions > 0) {
            interpreter.compileAtOnce(isa, executions);
        }
    }

    /** Runs on for so many instructions, past faults and traps, or until the processor stops for good. */
    void run(long instructions) {
        long limit = cpu.retired + instructions;
        while (cpu.retired < limit && cpu.stop == null) {
            cpu.attention = false;
            cpu.service();
            if (cpu.stop == null) {
                interpreter.run(limit, false);
            }
        }
        interpreter.flush();
    }

    /** Events and new blocks, executed blocks, accesses: what was told since the last call. */
    List<String> told() {
        List<String> told = new ArrayList<>();
        for (List<String> kind : List.of(events, flow, accesses)) {
            told.addAll(kind);
            kind.clear();
        }
        return told;
    }

    /** The processor's whole state. */
    byte[] state() {
        StateOutput out = new StateOutput();
        CpuState.save(cpu, out);
        return out.toByteArray();
    }

    /** Registers and flags for people. */
    String registers() {
        return "at %d: pc %x flags %x r %s"
                .formatted(cpu.retired, cpu.pc, cpu.eflags(), Arrays.toString(Arrays.copyOf(cpu.r, 16)));
    }

    @Override
    public void define(Block block) {
        events.add("block %d at %x".formatted(block.id, block.pc));
    }

    @Override
    public void flow(int[] entries, int count) {
        longest = Math.max(longest, count);
        for (int i = 0; i < count; i++) {
            flow.add("flow %x".formatted(entries[i]));
        }
    }

    @Override
    public void event(Event event) {
        events.add(event.toString());
    }

    @Override
    public void accesses(AccessLog log) {
        for (int i = 0; i < log.count; i++) {
            accesses.add("access %d %x %x %x"
                    .formatted(log.base + log.instruction[i], log.address[i], log.kind[i], log.value[i]));
        }
    }

    @Override
    public void registers(RegisterLog log) {}

    @Override
    public long chunkEnd(Snapshot snapshot) {
        return Long.MAX_VALUE;
    }
}
