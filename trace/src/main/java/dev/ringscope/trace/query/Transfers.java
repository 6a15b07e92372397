package dev.ringscope.trace.query;

import dev.ringscope.emulator.BlockLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.format.RingEffect;
import dev.ringscope.trace.query.StackEffect.Way;
import dev.ringscope.trace.query.Transfer.Happening;
import dev.ringscope.trace.query.Transfer.Leaving;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongPredicate;

/**
 * Finds all transfers of a trace by re-execution: calls, returns, loads of the stack pointer, ring changes, traps. The
 * blocks' stack pointers ({@link BlockLog}) say where return addresses lie; data accesses are not needed.
 */
final class Transfers extends Derivation<Transfer> {
    /** Looks at the machine when an event happens, on the guest's thread. */
    @FunctionalInterface
    interface Probe {
        Probe NONE = (_, _) -> null;

        /** @return what was seen, null for nothing */
        Object look(Event event, Machine machine);
    }

    private final LongPredicate starts;
    private final Probe probe;
    /** What is known of a machine's blocks, by their numbers. */
    private final Map<Machine, Known[]> effects = new WeakHashMap<>();

    private final Deque<Happening> ahead = new ArrayDeque<>();
    private Machine machine;
    private Known[] known = {};

    private boolean begun;
    /** The block executed last, how many of its instructions retired, and where the stack pointer stood then. */
    private Block block;

    private StackEffect left;
    private int retired;
    private long after;
    /** Position behind it. */
    private long reached;
    /** Since the last transfer. */
    private long highest;

    /** Where the stack pointer stood before it got a value of another origin; -1 if it is not known. */
    private long dropped;

    private boolean loaded;
    private boolean framed;

    /** @param starts a function begins with it */
    private record Known(StackEffect effect, boolean starts) {}

    private Transfers(Recording recording, long to, LongPredicate starts, Probe probe) {
        super(recording, Detail.FLOW, new Range(0, to, 0));
        this.starts = starts;
        this.probe = probe;
    }

    /**
     * @param to the position behind the last one
     * @param starts whether a function begins at a linear address: a jump there may be a call in its caller's place
     */
    static void list(Recording recording, long to, LongPredicate starts, Probe probe, Answers<Transfer> answers)
            throws IOException {
        search(recording, new Range(0, to, 0), () -> new Transfers(recording, to, starts, probe), answers);
    }

    @Override
    void begin(Timeline timeline) {
        timeline.noteBlocks(true);
        machine = timeline.machine();
        known = effects.computeIfAbsent(machine, _ -> new Known[1 << 10]);
    }

    @Override
    public void event(Event event) {
        boolean counts = event instanceof Event.RingChange
                || event instanceof Event.Trap
                || event instanceof Event.Input input && input.source().equals("debugger-register");
        if (counts && reaches(effect(event))) {
            ahead.add(new Happening(event, stack(event), top(event), probe.look(event, machine)));
        }
    }

    /** A trap's error code lies below what it saved. */
    private long stack(Event event) {
        X86Cpu cpu = machine.cpu();
        boolean coded = event instanceof Event.Trap trap && trap.errorCode() >= 0;
        return cpu.stackLinear() + (coded ? cpu.longMode() ? 8 : 4 : 0);
    }

    /** The word on top of the stack of an outer ring that is entered: what a signal's handler will return to. */
    private long top(Event event) {
        if (!(event instanceof Event.RingChange change) || change.to() <= change.from()) {
            return 0;
        }
        X86Cpu cpu = machine.cpu();
        long address = cpu.stackLinear();
        int size = cpu.stackSize();
        Walk walk = cpu.paging.walk(address);
        boolean there = walk.physical() >= 0 && (address & 0xfff) <= 0x1000 - size;
        int index = there ? cpu.memory.index(walk.physical()) : -1;
        long value = 0;
        for (int i = size - 1; index >= 0 && i >= 0; i--) {
            value = value << 8 | cpu.ram[index + i] & 0xff;
        }
        return value;
    }

    @Override
    public void blocks(BlockLog log) {
        check();
        for (int n = 0; n < log.count; n++) {
            if (!executes(log.position[n])) {
                continue;
            }
            Known entered = known(log.block[n]);
            boolean counts = !begun
                    || loaded
                    || entered.starts
                    || left.way() != Way.ON && retired == block.length()
                    || !ahead.isEmpty() && effect(ahead.peek().event()) <= log.position[n];
            if (counts) {
                enter(log, n);
            }
            block = log.block[n];
            left = entered.effect;
            retired = log.retired[n];
            reached = log.position[n] + retired;
            after = log.after[n];
            if (retired > left.loads()) {
                dropped = left.sinks() ? -1 : log.before[n] + left.until();
                framed = left.framed() && (framed || !loaded);
                loaded = true;
            }
            long risen = log.before[n] + left.rise();
            highest = Long.compareUnsigned(risen, highest) > 0 ? risen : highest;
        }
    }

    private void enter(BlockLog log, int n) {
        List<Happening> happened = happened(log.position[n]);
        answer(new Transfer.Step(
                log.position[n],
                !begun,
                begun ? leaving(happened) : Leaving.nothing(log.before[n], happened),
                log.block[n].linear,
                log.before[n],
                log.ring[n],
                log.root[n]));
        highest = log.before[n];
        loaded = false;
        framed = false;
        begun = true;
    }

    private Leaving leaving(List<Happening> happened) {
        boolean whole = retired == block.length();
        return new Leaving(
                whole ? left.way() : Way.ON,
                whole ? left.last() : StackEffect.address(block, retired - 1),
                left.next(),
                left.codeBase(),
                left.released(),
                after,
                highest,
                loaded,
                framed,
                retired > left.loads() ? dropped : -1,
                retired > left.loads() ? left.moved() : 0,
                retired > left.loads() && left.took(),
                happened);
    }

    /** What happened in front of the instruction at a position. */
    private List<Happening> happened(long position) {
        if (ahead.isEmpty()) {
            return List.of();
        }
        List<Happening> happened = new ArrayList<>(2);
        while (!ahead.isEmpty() && effect(ahead.peek().event()) <= position) {
            happened.add(ahead.poll());
        }
        return happened;
    }

    /** Position of the first instruction behind an event. */
    private static long effect(Event event) {
        if (event instanceof Event.RingChange change) {
            return RingEffect.position(change);
        }
        boolean retires = event instanceof Event.Trap trap && trap.cause() == Event.Cause.SOFTWARE_INTERRUPT;
        return event.position() + (retires ? 1 : 0);
    }

    private Known known(Block wanted) {
        if (wanted.id >= known.length) {
            known = Arrays.copyOf(known, Math.max(2 * known.length, wanted.id + 1));
            effects.put(machine, known);
        }
        Known found = known[wanted.id];
        if (found == null) {
            found = new Known(StackEffect.of(wanted), starts.test(wanted.linear));
            known[wanted.id] = found;
        }
        return found;
    }

    @Override
    void end(long position) {
        List<Happening> happened = happened(Long.MAX_VALUE);
        answer(new Transfer.Cut(reached, begun ? leaving(happened) : Leaving.nothing(0, happened)));
    }
}
