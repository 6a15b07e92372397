package dev.ringscope.trace.dataflow;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.DataWatch;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.emulator.x86.X86Isa;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.explain.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Records what a timeline does between two positions, step by step: from behind the interrupts that were taken at the
 * first position up to and with those taken at the second.
 */
final class Window implements DataWatch, Recorder.OfEvents {
    private static final int LONGEST = 15;

    /** Exceptions and interrupts in a window; only what a forged trace makes a machine do needs more. */
    private static final long MOST_DELIVERIES = 1 << 17;

    private final Machine machine;
    private final X86Cpu cpu;
    private final View memory;
    private final Decoder decoder = new Decoder(X86Isa.table());
    private final List<Moment> moments = new ArrayList<>();
    private Moment moment;

    private Window(Machine machine) {
        this.machine = machine;
        cpu = machine.cpu();
        memory = View.linear(machine);
    }

    /**
     * @param timeline stands at the first position
     * @return in order
     */
    static List<Moment> record(Timeline timeline, long to, Runnable check) {
        Window window = new Window(timeline.machine());
        long from = timeline.position();
        timeline.setListener(window);
        window.machine.setDataWatch(window, new int[0]);
        try {
            while (timeline.position() < to) {
                if (window.moments.size() % 1024 == 0) {
                    check.run();
                }
                boolean goesOn = window.step();
                if (!goesOn || window.moments.size() - (timeline.position() - from) > MOST_DELIVERIES) {
                    throw new DivergenceException(
                            timeline.trace().file(),
                            timeline.position(),
                            "the machine %s where the recording goes on"
                                    .formatted(goesOn ? "executes no instruction" : "stopped"));
                }
            }
            window.begin();
            window.moment.kind = Moment.Kind.INTERRUPT;
            timeline.run(to);
            window.end();
        } finally {
            window.machine.setDataWatch(DataWatch.NONE, new int[0]);
            timeline.setListener(Recorder.NONE);
        }
        return window.moments;
    }

    /** Looks at a machine outside of any trace. */
    static Window on(Machine machine) {
        Window window = new Window(machine);
        machine.setDataWatch(window, new int[0]);
        return window;
    }

    /** What the machine's next step does. */
    Moment next() {
        step();
        moments.clear();
        return moment;
    }

    /** @return whether the machine goes on */
    private boolean step() {
        begin();
        Machine.Step step = machine.step();
        boolean retired = machine.position() > moment.position;
        moment.kind = retired
                ? Moment.Kind.INSTRUCTION
                : step == Machine.Step.INTERRUPTED ? Moment.Kind.INTERRUPT : Moment.Kind.TRAP;
        end();
        return retired || step != Machine.Step.STOPPED;
    }

    private void begin() {
        moment = new Moment();
        moment.position = machine.position();
        moment.pc = cpu.pcLinear();
        moment.ring = cpu.cpl;
        moment.root = cpu.cr3;
        byte[] code = new byte[LONGEST];
        int there = memory.read(moment.pc, code);
        if (there > 0) {
            long offset = cpu.code64() ? moment.pc : moment.pc - cpu.seg[Instruction.CS].base & 0xffff_ffffL;
            Instruction decoded = decoder.decode(n -> n < LONGEST ? code[n] & 0xff : 0, offset, cpu.codeSize());
            if (decoded.def != null && decoded.length <= there) {
                moment.instruction = decoded;
                moment.code = Arrays.copyOf(code, decoded.length);
                if (Selections.wantsData(decoded)) {
                    int segment = decoded.override >= 0 ? decoded.override : Instruction.DS;
                    moment.xmm = cpu.xmm.clone();
                    moment.dataBase = cpu.code64() && segment < Instruction.FS ? 0 : cpu.seg[segment].base;
                }
            }
        }
        System.arraycopy(cpu.r, 0, moment.before, 0, 16);
        moment.flagsBefore = cpu.eflags();
        moment.top = top();
        Segment task = cpu.seg[X86Cpu.TR];
        moment.taskBase = task.base;
        moment.taskLimit = task.limit;
    }

    private int top() {
        return cpu.fpu.status() >> 11 & 7;
    }

    private void end() {
        System.arraycopy(cpu.r, 0, moment.after, 0, 16);
        moment.flagsAfter = cpu.eflags();
        moment.topAfter = top();
        moments.add(moment);
    }

    // ---- what happens in a moment
    // -------------------------------------------------------------------------------------

    @Override
    public boolean watches(long linearPage) {
        return true;
    }

    @Override
    public boolean watchesDevices() {
        return true;
    }

    @Override
    public void accessed(long linear, long physical, int size, boolean write, long value) {
        boolean device = machine.memory().index(physical) < 0;
        moment.accesses.add(new Moment.Touched(linear, Location.memory(gated(physical), size), write, device, value));
    }

    @Override
    public void crossed(long linear, long low, long second, long high, int size, boolean write, long value) {
        int head = (int) (4096 - (linear & 4095));
        long[] bytes = LongStream.concat(
                        Arrays.stream(Location.memory(gated(low), head)),
                        Arrays.stream(Location.memory(gated(high), size - head)))
                .toArray();
        moment.accesses.add(
                new Moment.Touched(linear, bytes, write, machine.memory().index(low) < 0, value));
    }

    /** The physical address behind the A20 gate. */
    private long gated(long physical) {
        int index = machine.memory().index(physical);
        if (index < 0) {
            return physical;
        }
        int ram = machine.memory().ramSize();
        return index < ram ? index : machine.memory().romStart() + index - ram;
    }

    @Override
    public void outside(long physical, byte[] data) {
        if (moment != null) {
            moment.others.add(Flow.leaf(
                    Location.memory(gated(physical), data.length), Leaf.OUTSIDE, "a device, the host or gdb"));
        }
    }

    @Override
    public void event(Event event) {
        if (moment != null
                && event instanceof Event.TableUpdate e
                && (e.writer() == Event.TableWriter.ACCESSED_BIT || e.writer() == Event.TableWriter.DIRTY_BIT)) {
            long[] low = Location.memory(e.entry(), 1);
            moment.others.add(
                    new Flow(low, Flow.Shape.COPY, List.of(low), List.of(), Leaf.PAGE_WALK, "accessed and dirty bits"));
        }
    }
}
