package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.user.AddressSpace.Entry;
import dev.ringscope.emulator.x86.X86Cpu;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * A Linux process as the host sees it: works out the answer to each hypercall of the built-in guest kernel. It reads
 * the guest's memory and changes nothing itself; all it does is in the {@link Answer}.
 */
public final class LinuxProcess {
    /** CLOCK_REALTIME at power-on: 2026-01-01T00:00:00Z. */
    static final long EPOCH_SECONDS = 1_767_225_600L;

    static final long STACK_SIZE = 8 << 20;
    static final int SYSCALL = 0x100, INT80 = 0x80;
    private static final int POWER_ON = 0x101, MORE = 0x102, ALARM = 0x25, DELIVER = 0x104;
    private static final int FS_BASE = 0xc000_0100, GS_BASE = 0xc000_0101;
    private static final long TOP32 = 0xffff_e000L;
    private static final long END_OF_TIME = Long.MAX_VALUE / 2;

    private final Machine machine;
    private final ProgramImage image;
    private final String path;
    private final List<String> arguments;
    private final List<String> environment;
    private final AddressSpace space;
    private final UserMemory memory;
    private final OpenFiles files;
    private final Scheduler scheduler = new Scheduler(this);
    private final SharedSignals shared = new SharedSignals(scheduler);
    private final Slots slots;
    private final IntervalTimers timers = new IntervalTimers();
    private final Faults faults = new Faults(this);
    private final Mailbox mailbox = new Mailbox();
    private final MappingTable mappingTable = new MappingTable();
    private final TreeSet<Long> unknownCalls = new TreeSet<>();
    private final List<Injected> injected = new ArrayList<>();
    /** The thread whose registers the guest's frame and processor hold; null until power-on is answered. */
    private Task running;

    private Frame runningFrame;
    /** Those of other threads that this answer reads or changes. */
    private final Map<Task, Frame> otherFrames = new LinkedHashMap<>();

    private int nextTid = IdentityCalls.PID;
    /** What the first thread left as it ended before others. */
    private int firstStatus;
    /** The wait for standard input was interrupted, so that the machine can stop: the kernel shall ask again. */
    private boolean asksAgain;

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
    private long random = 0x5269_6e67;

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
        this.arguments = List.copyOf(arguments);
        this.environment = List.copyOf(environment);
        image = new ProgramImage(program.toString(), Files.readAllBytes(program));
        path = program.toAbsolutePath().normalize().toString();
        space = new AddressSpace(machine.memory());
        memory = new UserMemory(space);
        slots = new Slots(space);
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

    private Frame frame(Task task) {
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
        return (image.wide() ? AddressSpace.TOP : TOP32) - STACK_SIZE - (1 << 20);
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

    /** Bytes that are the same in every run (SplitMix64, Steele, Lea and Flood 2014). */
    byte[] random(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            random += 0x9e37_79b9_7f4a_7c15L;
            long z = (random ^ random >>> 30) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
            bytes[i] = (byte) (z >>> 40);
        }
        return bytes;
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

    /**
     * All threads wait: time jumps to that moment, or to a timer that comes earlier.
     *
     * @return false if that is never
     */
    boolean passTime(long until) {
        long next = Math.min(until, timers.nextInSleep());
        if (next >= END_OF_TIME) {
            return false;
        }
        timers.slept(Math.max(0, next - now()));
        wokenAt = Math.max(now(), next);
        answer.add(new Answer.Sleep(wokenAt));
        timers.expire(now(), shared);
        return true;
    }

    // ---- threads that wait ------------------------------------------------------------------------------------------

    /** Ends a thread's wait if what it waits for has come, its time is over, or a signal is there. */
    void tryToEnd(Task task, Wait wait) {
        try {
            OptionalLong ready = wait.ready();
            if (ready.isPresent()) {
                wake(task, ready.getAsLong());
            } else if (wait.until() <= now()) {
                wake(task, wait.expired());
            } else if (task.signals().interrupt()) {
                task.interrupt();
                setResult(task, -Errno.EINTR);
            }
        } catch (Errno e) {
            wake(task, -e.number);
        }
    }

    private void wake(Task task, long result) {
        task.wake();
        setResult(task, result);
    }

    private void setResult(Task task, long result) {
        Frame frame = frame(task);
        frame.set(Frame.RAX, frame.narrowCall() ? (int) result : result);
    }

    /** Nobody runs until standard input gives something: what else there is to do waits, and time stands still. */
    void waitForInput() {
        asksAgain = true;
    }

    private boolean interruptsInput() {
        return machine.interruptWaits()
                || scheduler.tasks().stream().anyMatch(t -> t.signals().interrupt());
    }

    boolean standsStill() {
        return asksAgain;
    }

    /** What a signal has interrupted goes on, since no handler runs. @return whether there was something */
    boolean waitAgain() {
        Optional<Wait> interrupted = task().takeInterrupted();
        interrupted.ifPresent(wait -> {
            scheduler.wait(task(), wait);
            frame().notReturned();
        });
        return interrupted.isPresent();
    }

    /** A handler is about to run: what its signal has interrupted ends, or is done again afterwards. */
    void endInterrupted(boolean restart) {
        Optional<Wait> interrupted = task().takeInterrupted();
        if (interrupted.isEmpty()) {
            return;
        }
        Frame frame = frame();
        if (restart && interrupted.get().restarts()) {
            frame.set(Frame.RAX, frame.get(Frame.ERROR));
            frame.set(Frame.RIP, frame.get(Frame.RIP) - 2); // SYSCALL and INT 0x80 have two bytes
            return;
        }
        try {
            interrupted.get().interrupted(now());
        } catch (Errno e) {
            setResult(task(), -e.number);
        }
    }

    // ---- threads ----------------------------------------------------------------------------------------------------

    /** All registers of the running thread. */
    ThreadState state() {
        return ThreadState.of(machine.cpu(), runningFrame, fpu());
    }

    /** A thread that starts with these registers. @throws Errno EAGAIN, ENOMEM */
    Task newTask(ThreadState state) {
        long slot = slots.take(answer);
        Task task = new Task(nextTid++, slot, new Signals(shared, scheduler));
        task.signals().setBlocked(signals().blocked());
        state.store(answer, slot, task.tid());
        scheduler.add(task);
        return task;
    }

    /** The current thread ends, and the program with it if it is the last. */
    void exitThread(int status) {
        Task task = task();
        firstStatus = task.tid() == IdentityCalls.PID ? status : firstStatus;
        if (scheduler.tasks().size() == 1) {
            end(exit(firstStatus, 0, ""));
            return;
        }
        scheduler.remove(task);
        shared.inherit(task.signals().own());
        slots.give(answer, task.slot());
        if (task.clearedAtEnd() != 0) {
            try {
                memory.putU32(task.clearedAtEnd(), 0);
                FutexCalls.wake(this, task.clearedAtEnd(), -1, 1);
            } catch (Errno nowhere) {
                return;
            }
        }
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
            case MORE -> takeInjected();
            case ALARM -> {
                timers.expire(now(), shared);
                takeInjected();
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
            boolean somebodyRuns = scheduler.schedule();
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

    /** A signal that a debugger sends. */
    private record Injected(int tid, int signal) {}

    /** A debugger's signal: pending from the next interrupt of the alarm's line on, which the caller raises. */
    void inject(int tid, int signal) {
        injected.add(new Injected(tid, signal));
    }

    private void takeInjected() {
        for (Injected i : injected) {
            Task task = scheduler.find(i.tid).orElse(scheduler.tasks().getFirst());
            task.signals().raise(i.signal, Signals.SI_USER, IdentityCalls.PARENT, 0);
        }
        injected.clear();
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
        long top = image.wide() ? AddressSpace.TOP : TOP32;
        long sp = 0;
        try {
            heapStart = heapEnd = image.map(space) + 0x1000;
            space.map(new Mapping(top - STACK_SIZE, top, Mapping.READ | Mapping.WRITE, null, 0));
            long features =
                    Integer.toUnsignedLong(machine.cpu().system.cpuid.leaf(1, 0).edx());
            byte[] texts = ProcessPage.texts(path, arguments);
            long textsAt = space.placeForKernel(texts);
            long slot = slots.take(answer);
            running = new Task(nextTid++, slot, new Signals(shared, scheduler));
            scheduler.add(running);
            slots.own(answer, slot, running.tid());
            mappingTable.begin(space);
            InitialStack stack = new InitialStack(memory, image.wide(), top - 16);
            sp = stack.build(image, arguments, environment, random(16), features);
            ProcessPage.start(answer, image, running.tid(), stack.vector(), arguments.size(), textsAt, texts.length);
        } catch (Errno e) {
            end(new Answer.Halt(
                    "the machine's memory of %d bytes cannot hold the program, its arguments and its environment"
                            .formatted(ramSize())));
        }
        Frame frame = runningFrame;
        for (int register = Frame.R15; register <= Frame.RDI; register += 8) {
            frame.set(register, 0);
        }
        frame.set(Frame.RIP, image.entry());
        frame.set(Frame.CS, image.wide() ? Frame.USER_CS : Frame.USER32_CS);
        frame.set(Frame.RFLAGS, 0x202);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.SS, Frame.USER_SS);
        frame.resumeWhole();
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
