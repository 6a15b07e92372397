package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.user.AddressSpace.Entry;
import dev.ringscope.emulator.x86.X86Cpu;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A Linux process as the host sees it: works out the answer to each hypercall of the built-in guest kernel. It reads
 * the guest's memory and changes nothing itself; all it does is in the {@link Answer}.
 */
public final class LinuxProcess {
    /** CLOCK_REALTIME at power-on: 2026-01-01T00:00:00Z. */
    static final long EPOCH_SECONDS = 1_767_225_600L;

    static final int SYSCALL = 0x100, INT80 = 0x80;
    private static final int POWER_ON = 0x101, MORE = 0x102, ALARM = 0x25, DELIVER = 0x104;
    private static final int FS_BASE = 0xc000_0100, GS_BASE = 0xc000_0101;

    private static final long LOOK_AROUND = 10_000_000;

    private final Machine machine;
    private final Start start;
    private final AddressSpace space;
    private final UserMemory memory;
    private final OpenFiles files;
    private final Scheduler scheduler = new Scheduler(this);
    private final SharedSignals shared = new SharedSignals(scheduler);
    private final Threads threads;
    private final Waits waits = new Waits(this, scheduler);
    private final IntervalTimers timers = new IntervalTimers();
    private final Faults faults = new Faults(this);
    private final Mailbox mailbox = new Mailbox();
    private final MappingTable mappingTable = new MappingTable();
    private final TreeSet<Long> unknownCalls = new TreeSet<>();
    private final InjectedSignals injected = new InjectedSignals();
    private final RandomBytes random = new RandomBytes();
    /** The thread whose registers the guest's frame and processor hold; null until power-on is answered. */
    private Task running;

    private Frame runningFrame;
    /** Those of other threads that this answer reads or changes. */
    private final Map<Task, Frame> otherFrames = new LinkedHashMap<>();

    /** The wait for standard input was interrupted, so that the machine can stop: the kernel shall ask again. */
    private boolean asksAgain;

    private boolean breaksOffInput;
    /** The kernel asks again because whoever could run is held. */
    private boolean waitsForDebugger;

    /** What the guest's page says of {@link #waitsForDebugger}. */
    private boolean idle;

    /** Nothing more will run. */
    private boolean over;

    private Answer answer;
    /** x87 and SSE state if this answer changes it, else null. */
    private byte[] fpu;

    private ProgramOutput output;
    private long wokenAt;
    private long alarmAt = Long.MAX_VALUE;
    private long heapStart, heapEnd;
    private byte[] name;

    /**
     * @param program the executable's file
     * @param arguments what it gets as argv, its own name first
     * @param root folder that the program sees as /, or null
     * @throws dev.ringscope.emulator.boot.BadImage unless it is a static program
     */
    public LinuxProcess(
            Machine machine,
            Path program,
            List<String> arguments,
            List<String> environment,
            Path root,
            InputStream standardInput)
            throws IOException {
        this.machine = machine;
        start = new Start(
                new ProgramImage(program.toString(), Files.readAllBytes(program)),
                program.toAbsolutePath().normalize().toString(),
                arguments,
                environment);
        space = new AddressSpace(machine.memory());
        memory = new UserMemory(space);
        threads = new Threads(this, scheduler, shared, space);
        files = new OpenFiles(standardInput, this::interruptsInput, new Root(root, program));
        setName(String.valueOf(program.getFileName()).getBytes(StandardCharsets.UTF_8));
    }

    // ---- what system calls use --------------------------------------------------------------------------------------

    X86Cpu cpu() {
        return machine.cpu();
    }

    UserMemory memory() {
        return memory;
    }

    AddressSpace space() {
        return space;
    }

    OpenFiles files() {
        return files;
    }

    /** The thread whose call or fault is answered. */
    Task task() {
        return scheduler.current();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Threads threads() {
        return threads;
    }

    Waits waits() {
        return waits;
    }

    RandomBytes random() {
        return random;
    }

    /** Of the current thread. */
    Signals signals() {
        return task().signals();
    }

    SharedSignals shared() {
        return shared;
    }

    IntervalTimers timers() {
        return timers;
    }

    Faults faults() {
        return faults;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /** Of the current thread. */
    Frame frame() {
        return frame(task());
    }

    Frame frame(Task task) {
        return running == null || task == running
                ? runningFrame
                : otherFrames.computeIfAbsent(task, t -> new Frame(machine.memory(), t.slot() + ProcessPage.FRAME));
    }

    Answer answer() {
        return answer;
    }

    /** Whether the code that runs is 64-bit code. */
    boolean wide() {
        return frame().get(Frame.CS) == Frame.USER_CS;
    }

    long ramSize() {
        return machine.memory().ramSize();
    }

    long heapStart() {
        return heapStart;
    }

    long heapEnd() {
        return heapEnd;
    }

    void setHeapEnd(long end) {
        heapEnd = end;
    }

    /** Mappings without a wish grow down from here. */
    long mappingTop() {
        return start.mappingTop();
    }

    /** The base of FS (4) or GS (5) shall be that. @throws Errno EPERM in the kernel's half */
    void setBase(int segment, long value) {
        if (value << 16 >> 16 != value || value < 0) {
            throw new Errno(Errno.EPERM);
        }
        mailbox.writeRegister(segment == 4 ? FS_BASE : GS_BASE, value);
    }

    /** The base of FS (4) or GS (5). */
    long base(int segment) {
        return machine.cpu().seg[segment].base;
    }

    /** As PR_GET_NAME gives it: 16 bytes, the last 0. */
    byte[] name() {
        return name.clone();
    }

    void setName(byte[] newName) {
        name = Arrays.copyOf(Arrays.copyOf(newName, 15), 16);
    }

    /** To whom the program's output goes from now on. */
    void connect(ProgramOutput newOutput) {
        output = newOutput;
    }

    /**
     * Output of the program.
     *
     * @param stream 1 or 2
     * @return how many bytes were taken
     * @throws Errno EPIPE, with SIGPIPE, if nobody reads them
     */
    long write(int stream, byte[] bytes) {
        int taken = output.write(stream, bytes);
        if (taken == 0 && bytes.length > 0) {
            signals().raise(SignalNumber.SIGPIPE, Signals.SI_USER, IdentityCalls.PID, 0);
            throw new Errno(Errno.EPIPE);
        }
        answer.add(new Answer.Output(stream, Arrays.copyOf(bytes, taken)));
        return taken;
    }

    /** The end, with what is worth saying about it. */
    Answer.Exit exit(int status, int signal, String why) {
        String calls = unknownCalls.isEmpty() ? "" : "asked for system calls that are not built: " + unknownCalls;
        return new Answer.Exit(status, signal, why.isEmpty() || calls.isEmpty() ? why + calls : why + "; " + calls);
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** Virtual time in nanoseconds since power-on. */
    long now() {
        return Math.max(machine.cpu().time.now(), wokenAt);
    }

    /** Nobody runs until then, in virtual time; at once if that is past. */
    void sleepUntil(long moment) {
        wokenAt = Math.max(now(), moment);
        answer.add(new Answer.Sleep(wokenAt));
    }

    // ---- threads that wait ------------------------------------------------------------------------------------------

    /** What a thread's system call gives. */
    void setResult(Task task, long result) {
        Frame frame = frame(task);
        frame.set(Frame.RAX, frame.narrowCall() ? (int) result : result);
    }

    /** Nobody runs until standard input gives something: what else there is to do waits, and time stands still. */
    void waitForInput() {
        asksAgain = true;
    }

    /** From now on nobody waits for standard input: who would stands before its system call again. */
    void breakOffInput(boolean breaksOff) {
        breaksOffInput = breaksOff;
    }

    boolean breaksOffInput() {
        return breaksOffInput;
    }

    /** Threads wait, and others may not run until a debugger lets them: time stands still. */
    void waitForDebugger(boolean somebodyWaits) {
        asksAgain = true;
        waitsForDebugger = true;
        if (!somebodyWaits) {
            machine.interrupt(); // there is nobody left whom the debugger lets run
        }
        while (!isAskedToStop()) {
            LockSupport.parkNanos(LOOK_AROUND);
        }
    }

    /** Whether nobody shall wait for the world now. */
    boolean isAskedToStop() {
        return breaksOffInput || machine.interruptWaits();
    }

    private boolean interruptsInput() {
        return isAskedToStop()
                || scheduler.tasks().stream().anyMatch(t -> t.signals().interrupt());
    }

    /** The thread that had to wait for standard input is in its system call no longer. */
    void inputBrokenOff() {
        asksAgain = false;
    }

    boolean standsStill() {
        return asksAgain;
    }

    // ---- threads ----------------------------------------------------------------------------------------------------

    /** All registers of the running thread. */
    ThreadState state() {
        return ThreadState.of(machine.cpu(), runningFrame, fpu());
    }

    /** The program ends, or will never go on. */
    void end(Answer.Deed deed) {
        answer.add(deed);
        over = true;
    }

    // ---- x87 and SSE ------------------------------------------------------------------------------------------------

    /** The program's registers, as FXSAVE64 has them. */
    byte[] fpu() {
        return fpu == null ? FpuState.of(machine.cpu()) : fpu;
    }

    void setFpu(byte[] state) {
        fpu = FpuState.valid(state);
        mailbox.restoreFpu(fpu);
    }

    // ---- hypercalls -------------------------------------------------------------------------------------------------

    /** @param cause what the guest kernel wrote to its port */
    Answer answer(int cause) {
        answer = new Answer();
        space.begin(answer);
        runningFrame = new Frame(machine.memory(), Frame.PLACE);
        otherFrames.clear();
        fpu = null;
        try {
            if (cause != MORE || asksAgain) {
                work(cause);
            }
            mappingTable.tell(space, answer);
            mailbox.send(space, answer);
        } catch (RuntimeException defect) {
            answer.add(new Answer.Halt("a defect of the host's side, cause 0x%x, system call %d: %s"
                    .formatted(cause, runningFrame.get(Frame.RAX), defect)));
        }
        return answer;
    }

    /**
     * A debugger touches a page of the program, between runs and while the mailbox is empty.
     *
     * @return the stores that give it its memory, or empty if it is not mapped or there is no memory left
     */
    Optional<List<Answer.Deed>> touch(long address) {
        Answer stores = new Answer();
        space.begin(stores);
        try {
            if (space.touch(address, 0) < 0) {
                return Optional.empty();
            }
        } catch (Errno outOfMemory) {
            return Optional.empty();
        }
        for (Entry entry : space.takeWaiting(Integer.MAX_VALUE)) {
            byte[] value = UserMemory.zeros(8).putLong(entry.value()).array();
            stores.add(new Answer.Store(entry.physical(), value));
        }
        return Optional.of(stores.deeds());
    }

    private void work(int cause) {
        switch (cause) {
            case POWER_ON -> start();
            case SYSCALL -> call(true);
            case INT80 -> call(false);
            case MORE -> injected.raise(scheduler);
            case ALARM -> {
                timers.expire(now(), shared);
                injected.raise(scheduler);
                scheduler.tick();
            }
            case DELIVER -> deliver();
            default -> faults.take(cause, runningFrame.get(Frame.ERROR), Mailbox.faultAddress(machine.memory()));
        }
        if (!over) {
            goOn();
        }
        runningFrame.save(answer);
        otherFrames.values().forEach(frame -> frame.save(answer));
        long next = Math.min(timers.next(), scheduler.next());
        if (next != alarmAt) {
            alarmAt = next;
            answer.add(new Answer.Alarm(next));
        }
    }

    private void goOn() {
        do {
            asksAgain = false;
            waitsForDebugger = false;
            boolean somebodyRuns = scheduler.schedule();
            tellIdle();
            if (asksAgain) {
                mailbox.askAgain();
                return;
            }
            if (!somebodyRuns) {
                end(new Answer.Halt(
                        scheduler.tasks().size() == 1
                                ? "the program waits for what never comes"
                                : "a deadlock: all " + scheduler.tasks().size()
                                        + " threads of the program wait for what never comes"));
                return;
            }
        } while (!signals().announce(this));
        if (task() != running) {
            boolean ended = !scheduler.tasks().contains(running);
            ProcessPage.change(answer, ended ? 0 : running.slot(), task().slot());
            running = task();
        }
    }

    private void tellIdle() {
        if (waitsForDebugger != idle) {
            idle = waitsForDebugger;
            ProcessPage.idle(answer, idle);
        }
    }

    /** These threads stand still from the next hypercall on, until this is called again: {@link Scheduler#hold}. */
    boolean hold(Set<Integer> tids) {
        return scheduler.hold(tids);
    }

    /** A debugger's signal: pending from the next interrupt of the alarm's line on, which the caller raises. */
    void inject(int tid, int signal) {
        injected.add(tid, signal);
    }

    private void deliver() {
        byte[] memory = machine.memory().bytes;
        int at = ProcessPage.PLACE + ProcessPage.SIGINFO;
        signals()
                .deliver(
                        this,
                        ProcessPage.u32(machine.memory(), ProcessPage.SIGNAL),
                        Arrays.copyOfRange(memory, at, at + ProcessPage.SIGINFO_SIZE));
    }

    private void start() {
        long sp = 0;
        try {
            heapStart = heapEnd = start.map(space);
            long textsAt = space.placeForKernel(start.texts());
            running = threads.first();
            mappingTable.begin(space);
            sp = start.build(this, running, textsAt);
        } catch (Errno e) {
            end(new Answer.Halt(
                    "the machine's memory of %d bytes cannot hold the program, its arguments and its environment"
                            .formatted(ramSize())));
        }
        start.setRegisters(runningFrame, sp);
    }

    private void call(boolean wide) {
        long[] a = wide
                ? arguments(Frame.RDI, Frame.RSI, Frame.RDX, Frame.R10, Frame.R8, Frame.R9)
                : arguments(Frame.RBX, Frame.RCX, Frame.RDX, Frame.RSI, Frame.RDI, Frame.RBP);
        if (!wide) {
            for (int n = 0; n < a.length; n++) {
                a[n] &= 0xffff_ffffL;
            }
        }
        Task task = task();
        Frame frame = runningFrame;
        long number = frame.get(Frame.ERROR);
        SystemCall call = SystemCalls.find(number, wide);
        try {
            if (call == null) {
                unknownCalls.add(number);
                throw new Errno(Errno.ENOSYS);
            }
            setResult(task, call.call(this, a));
        } catch (Errno e) {
            setResult(task, -e.number);
        } catch (Wait.Needed wait) {
            scheduler.wait(task, wait.needed());
            setResult(task, -Errno.ERESTARTSYS); // a debugger may see it; the program never does
        }
    }

    private long[] arguments(int... registers) {
        long[] values = new long[registers.length];
        for (int n = 0; n < values.length; n++) {
            values[n] = runningFrame.get(registers[n]);
        }
        return values;
    }
}
