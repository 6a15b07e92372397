package dev.ringscope.emulator;

import dev.ringscope.emulator.boot.Loader;
import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.insn.BlockCache;
import dev.ringscope.emulator.insn.Breakpoints;
import dev.ringscope.emulator.insn.Interpreter;
import dev.ringscope.emulator.insn.Isa;
import dev.ringscope.emulator.insn.Worth;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import dev.ringscope.emulator.x86.DataWatch;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.Reset;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.emulator.x86.X86Isa;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A whole machine: processor, memory, devices and clock, built from a {@link MachineDescription}. It runs on the thread
 * that calls {@link #run}; only {@link #interrupt} and {@link #send} may be called from others. What it does depends on
 * nothing but its description, the memory it was loaded with, and its inputs with their positions.
 */
public final class Machine {
    /**
     * A guest that sleeps so long (virtual nanoseconds) without an instruction never wakes: no interrupt that comes is
     * let through.
     */
    private static final long DEEPEST_SLEEP = 3_600_000_000_000L;

    /** Source of inputs that are writes of a debugger: 8 bytes of physical address, little-endian, then the bytes. */
    private static final String DEBUGGER_MEMORY = "debugger-memory";

    /**
     * Source of inputs that are register writes of a debugger: the name and the words, as {@link StateOutput} puts
     * them.
     */
    private static final String DEBUGGER_REGISTER = "debugger-register";

    private record Message(String source, byte[] data) {}

    private final MachineDescription description;
    private final X86Cpu cpu;
    private final Breakpoints breakpoints = new Breakpoints();
    private final Watchpoints watchpoints;
    private final Isa isa;
    private final Interpreter interpreter;
    private final Board board;
    private final Outside outside;
    private final MachineState state;
    private final ConcurrentLinkedQueue<Message> messages = new ConcurrentLinkedQueue<>();
    private volatile boolean interrupted;
    private Recorder recorder = Recorder.NONE;
    private InputScript script = InputScript.NONE;
    private long chunkEnd = Long.MAX_VALUE;
    private int exitStatus;
    private StopReason lastReason = StopReason.LIMIT;
    private long mostDeliveries = Long.MAX_VALUE;
    private long asleepSince;
    private Thread sleeper;
    private volatile boolean paced;

    /**
     * @param rom contents of the ROM below 4 GiB, as long as the description says
     * @param logged data accesses are given to the recorder
     */
    public Machine(MachineDescription description, byte[] rom, Wiring wiring, boolean logged) {
        this(description, new PhysicalMemory(Math.toIntExact(description.ramBytes()), rom), wiring, logged);
    }

    /**
     * A machine in a memory of the described size in which nothing is mapped yet.
     *
     * @param logged data accesses are given to the recorder
     */
    public Machine(MachineDescription description, PhysicalMemory memory, Wiring wiring, boolean logged) {
        this.description = description;
        cpu = new X86Cpu(memory, new Ports());
        if (logged) {
            cpu.log = new AccessLog();
        }
        isa = new X86Isa(logged);
        BlockCache blocks = new BlockCache(cpu, isa, breakpoints);
        cpu.paging.codeWatch = blocks::written;
        watchpoints = new Watchpoints(cpu);
        interpreter = new Interpreter(cpu, cpu.time, blocks);
        outside = wiring.outside((source, data) -> recorder.event(new Event.Input(cpu.position(), source, data)));
        board = new Board(this, wiring);
        board.make(description.devices());
        state = new MachineState(this);
    }

    public MachineDescription description() {
        return description;
    }

    public X86Cpu cpu() {
        return cpu;
    }

    public PhysicalMemory memory() {
        return cpu.memory;
    }

    public List<Device> devices() {
        return board.devices();
    }

    /** A device by name. @throws IllegalArgumentException if there is none */
    public <D extends Device> D device(String name, Class<D> type) {
        return board.device(name, type);
    }

    Outside outside() {
        return outside;
    }

    public long position() {
        return cpu.position();
    }

    /** What the guest gave as its exit status: meaningful after {@link StopReason#EXIT}. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Why the machine stopped for good, for people. */
    public String explanation() {
        return cpu.stopExplanation;
    }

    /** The guest ends with this status. */
    public void exit(int status, String how) {
        exitStatus = status;
        cpu.stop(StopReason.EXIT, how);
    }

    /** Loads a guest into the fresh machine and puts the processor where it starts. */
    public void load(Loader loader) {
        Reset.enter(cpu, loader.load(cpu.memory));
    }

    /** A state is about to be restored: nothing has ended. */
    void forgetStop() {
        cpu.stop = null;
        cpu.stopExplanation = "";
        exitStatus = 0;
    }

    /** Memory and state are those of another moment. */
    void restored() {
        interpreter.doubtBlocks();
        cpu.paging.flushAll();
        chunkEnd = recorder == Recorder.NONE ? Long.MAX_VALUE : cpu.retired;
        cpu.call();
    }

    /** The machine has been put back to a bookmark. @param end where its chunk ends */
    void rewound(long end) {
        chunkEnd = end;
        cpu.call();
        interpreter.flush();
    }

    long chunkEnd() {
        return chunkEnd;
    }

    /** Restores and takes snapshots. */
    public MachineState state() {
        return state;
    }

    /**
     * From now on the recorder is told what happens. To be set before the first instruction, or right after a restore.
     */
    public void setRecorder(Recorder newRecorder) {
        interpreter.flush();
        recorder = newRecorder;
        cpu.recorder = newRecorder;
        interpreter.setRecorder(newRecorder);
        interpreter.forgetBlocks();
        chunkEnd = cpu.retired;
    }

    /**
     * The recorder wants to be told of a chunk's end at another position than it said: for a recording that is replayed
     * while it grows. At or behind the present position, between runs.
     */
    public void setChunkEnd(long position) {
        chunkEnd = position;
    }

    /** From now on code that is executed often is compiled. What happens, and at which position, stays the same. */
    public void compile(Worth worth) {
        interpreter.compile(isa, worth);
    }

    /** The same without a thread of its own: code is compiled when it has been executed so many times. */
    public void compileAtOnce(int executions) {
        interpreter.compileAtOnce(isa, executions);
    }

    /** Tells the recorder of a chunk's end if it wants to be told of it here. */
    private void endChunk() {
        if (cpu.retired >= chunkEnd) {
            interpreter.flush();
            chunkEnd = recorder.chunkEnd(state);
        }
    }

    /** From now on the recorder is given register writes too. To be called where {@link #setRecorder} is. */
    public void noteRegisters() {
        interpreter.noteRegisters();
    }

    /** Whether the recorder is given {@link Recorder#blocks} from now on. Between runs. */
    public void noteBlocks(boolean noted) {
        interpreter.noteBlocks(noted);
    }

    // ---- inputs -----------------------------------------------------------------------------------------------------

    /**
     * Sends bytes to a device ({@code com1}, {@code keyboard}); they arrive at the next instruction boundary. Any
     * thread.
     */
    public void send(String source, byte[] data) {
        if (!board.receives(source)) {
            throw new IllegalArgumentException("nothing can be sent to \"" + source + "\"");
        }
        messages.add(new Message(source, data.clone()));
        wake();
    }

    /**
     * Whether HLT takes as long as it says, for guests that somebody talks to: else an idle guest would race through
     * its timer interrupts. What the guest does at which position stays the same; only inputs come at other positions.
     */
    public void setPaced(boolean newPaced) {
        paced = newPaced;
    }

    private void wake() {
        cpu.call();
        LockSupport.unpark(sleeper);
    }

    /**
     * Gives an input to its device right now: what a replay does when its position is reached. The guest's thread,
     * between runs.
     */
    public void receive(String source, byte[] data) {
        endChunk(); // a replay is told of it first
        recorder.event(new Event.Input(cpu.position(), source, data));
        if (source.equals(DEBUGGER_MEMORY)) {
            long physical = (long) PhysicalMemory.LONG.get(data, 0);
            cpu.paging.writeOutside(physical, Arrays.copyOfRange(data, 8, data.length));
        } else if (source.equals(DEBUGGER_REGISTER)) {
            StateInput in = new StateInput(source, data);
            String name = new String(in.nextBytes(), StandardCharsets.US_ASCII);
            Registers.write(cpu, name, in.nextLongs());
            cpu.call();
        } else {
            board.receive(source, data);
        }
    }

    /** The devices of a PC, as a machine has them unless told otherwise; their order matters. */
    public static List<MachineDescription.Device> standardDevices() {
        return Board.standard();
    }

    /** From now on the inputs of a recording are fed back. Right after a restore, or before the first instruction. */
    public void setScript(InputScript newScript) {
        script = newScript;
    }

    /**
     * Whether inputs of that source are given to the machine ({@link #receive}), rather than asked for by it
     * ({@link Outside}).
     */
    public boolean receives(String source) {
        return source.equals(DEBUGGER_MEMORY) || source.equals(DEBUGGER_REGISTER) || board.receives(source);
    }

    private void takeMessages() {
        while (script.due(cpu.retired)) {
            Event.Input input = script.take();
            receive(input.source(), input.data());
        }
        for (Message m = messages.poll(); m != null; m = messages.poll()) {
            receive(m.source, m.data);
        }
    }

    /** Ends {@link #run} at the next instruction boundary. Any thread. */
    public void interrupt() {
        interrupted = true;
        wake();
    }

    /** Whether {@link #run} is about to end or an input is about to come: then nobody shall wait for the world. */
    public boolean interruptWaits() {
        return interrupted || !messages.isEmpty();
    }

    /** An {@link #interrupt} that has not ended a run yet is forgotten: it was meant for an earlier one. */
    public void forgetInterrupt() {
        interrupted = false;
    }

    // ---- debugging --------------------------------------------------------------------------------------------------

    /** Writes RAM or ROM from outside; recorded as an input, so that a replay does the same. Between runs. */
    public void writeFromDebugger(long physical, byte[] data) {
        byte[] message = new byte[8 + data.length];
        for (int i = 0; i < 8; i++) {
            message[i] = (byte) (physical >>> 8 * i);
        }
        System.arraycopy(data, 0, message, 8, data.length);
        receive(DEBUGGER_MEMORY, message);
    }

    /**
     * Writes a register from outside; recorded as an input. Between runs.
     *
     * @param words as {@link Registers#readWords} gives them
     * @throws IllegalArgumentException unless the register is {@link Registers#writable}
     */
    public void writeRegisterFromDebugger(String name, long... words) {
        StateOutput message = new StateOutput();
        message.put(name.getBytes(StandardCharsets.US_ASCII)).put(words);
        receive(DEBUGGER_REGISTER, message.toByteArray());
    }

    public void setBreakpoints(Set<Long> linear, Set<Long> physical) {
        Set<Long> changedLinear = breakpoints.changedLinear(linear);
        Set<Long> changedPhysical = breakpoints.changedPhysical(physical);
        breakpoints.set(linear, physical);
        interpreter.forgetBlocks(changedLinear, changedPhysical);
    }

    /**
     * From now on somebody is told of data accesses to pages of memory, and to what it watches itself; it goes on
     * running. In the place of all watchpoints; {@link DataWatch#NONE} ends it. Between runs.
     *
     * @param pages indices into {@link PhysicalMemory#pageFlags}
     */
    public void setDataWatch(DataWatch watch, int... pages) {
        setWatchpoints(List.of());
        cpu.paging.dataWatch = watch;
        for (int page : pages) {
            cpu.paging.mark(page, PhysicalMemory.WATCHED);
        }
    }

    public void setWatchpoints(List<Watchpoints.Watch> watches) {
        for (int page : cpu.memory.marked(PhysicalMemory.WATCHED)) {
            cpu.paging.unmark(page, PhysicalMemory.WATCHED);
        }
        watchpoints.set(watches);
        cpu.paging.dataWatch = watchpoints;
        for (Watchpoints.Watch watch : watchpoints.physicalOnes()) {
            for (long a = watch.address() & -4096; a < watch.address() + watch.size(); a += 4096) {
                int index = cpu.memory.index(a);
                if (index >= 0) {
                    cpu.paging.mark(index / PhysicalMemory.PAGE, PhysicalMemory.WATCHED);
                }
            }
        }
        cpu.paging.flushAll();
    }

    /** The access that ended the last run with {@link StopReason#WATCHPOINT}. */
    public Watchpoints.Hit takeWatchpointHit() {
        return watchpoints.takeHit();
    }

    // ---- running ----------------------------------------------------------------------------------------------------

    /**
     * Running ends as if interrupted when so many exceptions and interrupts have been delivered without an instruction
     * in between: a handler that faults itself does so for ever where its stack never ends.
     */
    public void setMostDeliveries(long most) {
        mostDeliveries = most;
    }

    /**
     * Runs until the position is reached or something else ends it. A breakpoint where the machine stands is passed
     * over, unless an interrupt comes before the instruction there. After a reason that is final (power-off, triple
     * fault ...) further calls return it again.
     */
    public StopReason run(long limit) {
        interpreter.passBreakpoint();
        asleepSince = cpu.time.now();
        StopReason reason = null;
        long retired = cpu.retired;
        long taken = cpu.interrupts.taken();
        while (reason == null) {
            reason = advance(limit, false);
            if (cpu.retired != retired) {
                retired = cpu.retired;
                taken = cpu.interrupts.taken();
            } else if (reason == null && cpu.interrupts.taken() - taken > mostDeliveries) {
                reason = StopReason.INTERRUPTED;
            }
        }
        interpreter.flush();
        lastReason = reason;
        return reason;
    }

    /** Tells the recorder that the recording ends here, and why. */
    public void end(StopReason reason) {
        recorder.event(new Event.End(cpu.position(), reason, cpu.stopExplanation));
    }

    /** What the last {@link #run} returned. */
    public StopReason lastReason() {
        return lastReason;
    }

    /** What one {@link #step} came to. */
    public enum Step {
        /** The instruction retired. */
        RETIRED,
        /** It raised an exception or executed INT n: the handler's first instruction is next. */
        TRAPPED,
        /** An interrupt came before it: the handler's first instruction is next. */
        INTERRUPTED,
        /** The machine stopped; {@link #run} says why. */
        STOPPED
    }

    /** Executes one instruction, or takes the interrupt that waits in front of it. Breakpoints do not count. */
    public Step step() {
        interpreter.passBreakpoint();
        long position = cpu.retired;
        long taken = cpu.interrupts.taken();
        long fromOutside = cpu.interrupts.takenFromOutside();
        asleepSince = cpu.time.now();
        Step step = null;
        while (step == null) {
            StopReason reason = advance(position + 1, true);
            if (cpu.interrupts.takenFromOutside() != fromOutside) {
                step = Step.INTERRUPTED;
            } else if (cpu.interrupts.taken() != taken) {
                step = Step.TRAPPED;
            } else if (reason != null && reason != StopReason.LIMIT && reason != StopReason.WATCHPOINT) {
                step = Step.STOPPED;
            } else if (cpu.retired > position) {
                step = Step.RETIRED;
            }
        }
        interpreter.flush();
        return step;
    }

    /**
     * Settles one instruction boundary, then runs up to the next that needs care.
     *
     * @param single at most one instruction, or one interrupt and none
     */
    private StopReason advance(long limit, boolean single) {
        if (cpu.stop != null) {
            return cpu.stop;
        }
        endChunk();
        if (interrupted) {
            interrupted = false;
            return StopReason.INTERRUPTED;
        }
        takeMessages();
        cpu.time.fire();
        if (cpu.attention) {
            long taken = cpu.interrupts.taken();
            cpu.service();
            if (cpu.stop != null || interrupted || single && cpu.interrupts.taken() != taken) {
                return null;
            }
            if (cpu.interrupts.taken() != taken) {
                interpreter.heedBreakpoint();
            }
        }
        if (script.due(cpu.retired)) {
            return null;
        }
        if (cpu.retired >= limit) {
            return StopReason.LIMIT;
        }
        if (cpu.halted()) {
            sleep();
            return null;
        }
        boolean inputComes = script.nextPosition() == cpu.retired;
        long stopAt = Math.min(Math.min(limit, chunkEnd), cpu.time.nextPosition());
        stopAt = inputComes ? stopAt : Math.min(stopAt, script.nextPosition());
        boolean stepping = cpu.stepping();
        long before = cpu.retired;
        Interpreter.Outcome outcome = interpreter.run(stopAt, cpu.attention || stepping || inputComes);
        if (stepping && cpu.retired != before) {
            cpu.stepped();
        }
        asleepSince = cpu.time.now();
        if (watchpoints.wasHit()) {
            return StopReason.WATCHPOINT;
        }
        return outcome == Interpreter.Outcome.BREAKPOINT ? StopReason.BREAKPOINT : null;
    }

    /** HLT: time jumps to the next timer, or the machine stays asleep for good. */
    private void sleep() {
        long wake = cpu.time.nextDeadline();
        if (!cpu.flag(X86Cpu.IF)) {
            cpu.stop(StopReason.HALTED, "HLT with interrupts disabled");
        } else if (wake == Long.MAX_VALUE) {
            cpu.stop(StopReason.HALTED, "HLT, and no timer is set");
        } else if (wake - asleepSince > DEEPEST_SLEEP) {
            cpu.stop(StopReason.HALTED, "HLT, and no interrupt gets through");
        } else {
            if (paced && messages.isEmpty()) {
                sleeper = Thread.currentThread();
                LockSupport.parkNanos(wake - cpu.time.now());
            }
            if (messages.isEmpty() && !interrupted) {
                recorder.event(new Event.Halt(cpu.position(), cpu.time.now(), wake));
                cpu.time.skipTo(wake);
            }
        }
    }
}
