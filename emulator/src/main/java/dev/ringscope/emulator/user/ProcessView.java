package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.user.SavedRegisters.Place;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program under the built-in guest kernel as a debugger sees it: read from the machine's memory and registers alone,
 * so that it is the same on a live machine and in a recording. Where things lie says {@code guest/kernel.S}. A view is
 * made anew for each moment: it is cheap, and keeps nothing but what it is asked for.
 *
 * <p>All writes are a debugger's writes, recorded as inputs; they are for a live machine between runs.
 */
public final class ProcessView {
    /** Source of inputs that are signals of a debugger: thread and signal, each in 4 bytes, little-endian. */
    public static final String SIGNALS = "linux-signal";

    /** Where the processor is, as far as it concerns the program. */
    public enum Phase {
        /** In ring 3. */
        PROGRAM,
        /** At {@link ProcessView#callEntry}: the running thread has made a system call, nothing of it is done. */
        CALL_ENTRY,
        /** At {@link ProcessView#callReturn}: its result is in RAX. */
        CALL_RETURN,
        /** At {@link ProcessView#signalStop}: a signal is about to take effect. */
        SIGNAL_STOP,
        /**
         * No thread can run before a debugger lets others run, or is gone. The kernel asks again and again; all
         * threads' registers are whole.
         */
        IDLE,
        /** Elsewhere in the guest kernel: {@link ProcessView#words} of the running thread may be half saved. */
        KERNEL
    }

    /**
     * A system call at its entry or return.
     *
     * @param tid the thread that makes it
     * @param number by the table of x86-64 if {@code wide}, else of i386
     * @param wide by SYSCALL, else by INT 0x80
     * @param result what RAX holds: meaningful at the return, -4095 to -1 are errors
     */
    public record Call(int tid, long number, boolean wide, long result) {}

    /**
     * A signal at its stop.
     *
     * @param tid the thread that it is for
     * @param number 1 to 64; 0 if a debugger has suppressed it
     * @param information siginfo_t: 128 bytes, of the layout of i386 if the thread runs 32-bit code
     */
    public record Signal(int tid, int number, byte[] information) {}

    /** What the pages of a mapping hold before they are touched. The order is that of {@code guest/kernel.S}. */
    public enum Origin {
        ZEROS,
        /** A part of the executable's file, and zeros around it. */
        EXECUTABLE,
        /** What another file held when it was mapped. */
        OTHER
    }

    /**
     * A run of addresses that the program has mapped.
     *
     * @param start page-aligned, as the end behind it
     * @param protection PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4
     * @param contentStart linear address of the first byte that is the file's
     * @param fileOffset where the executable has that byte
     * @param contentLength how many bytes are the file's
     */
    public record Mapped(
            long start,
            long end,
            int protection,
            Origin origin,
            long contentStart,
            long fileOffset,
            long contentLength) {
        public boolean contains(long address) {
            return address >= start && address < end;
        }
    }

    private static final String DEVICE = "linux";

    private final Machine machine;
    private final X86Cpu cpu;
    private final PhysicalMemory memory;

    private ProcessView(Machine machine) {
        this.machine = machine;
        cpu = machine.cpu();
        memory = machine.memory();
    }

    /** Empty if the machine runs no program, or has not come as far as to start it. */
    public static Optional<ProcessView> of(Machine machine) {
        boolean linux =
                machine.description().devices().stream().anyMatch(d -> d.name().equals(DEVICE));
        boolean started = linux
                && ProcessPage.u64(machine.memory(), 0) == ProcessPage.MAGIC
                && ProcessPage.u32(machine.memory(), ProcessPage.STARTED) == 1;
        return started ? Optional.of(new ProcessView(machine)) : Optional.empty();
    }

    /** Whether it is a view of that machine. */
    public boolean isOf(Machine other) {
        return machine == other;
    }

    // ---- the program ------------------------------------------------------------------------------------------------

    /** Whether it is a program for x86-64, else for i386. */
    public boolean wide() {
        return u32(ProcessPage.WIDE) == 1;
    }

    public int pid() {
        return u32(ProcessPage.PID);
    }

    /** Linear address of its first instruction. */
    public long entry() {
        return u64(ProcessPage.ENTRY);
    }

    /** The executable's absolute path on the host that ran it. */
    public String executable() {
        return texts().getFirst();
    }

    /** argv, the program's own name first, as it was started. */
    public List<String> arguments() {
        List<String> texts = texts();
        return texts.subList(1, 1 + u32(ProcessPage.ARGC));
    }

    private List<String> texts() {
        byte[] bytes = bytes(u64(ProcessPage.TEXTS), (int) u64(ProcessPage.LENGTH));
        return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
    }

    /** As /proc/PID/auxv: pairs of 8 bytes, of 4 for i386, up to and with AT_NULL. */
    public byte[] auxiliaryVector() {
        return bytes(ProcessPage.PLACE + ProcessPage.VECTOR, u32(ProcessPage.AUXV));
    }

    /** What it has mapped, ascending; of more than a thousand mappings the highest may be missing. */
    public List<Mapped> mappings() {
        return MappingTable.read(memory);
    }

    /**
     * Gives a page of a live machine's program its memory, if it is mapped and has none yet.
     *
     * @return whether the address leads somewhere now
     */
    public boolean touch(long address) {
        return machine.device(DEVICE, HypercallPort.class).touch(address);
    }

    // ---- where it is ------------------------------------------------------------------------------------------------

    /** Linear address of the phase {@link Phase#CALL_ENTRY}, for a breakpoint. */
    public long callEntry() {
        return u64(ProcessPage.PHASES);
    }

    /** Linear address of the phase {@link Phase#CALL_RETURN}, for a breakpoint. */
    public long callReturn() {
        return u64(ProcessPage.PHASES + 8);
    }

    /** Linear address of the phase {@link Phase#SIGNAL_STOP}, for a breakpoint. */
    public long signalStop() {
        return u64(ProcessPage.PHASES + 16);
    }

    public Phase phase() {
        if (cpu.cpl == 3) {
            return Phase.PROGRAM;
        } else if (cpu.pc == callEntry()) {
            return Phase.CALL_ENTRY;
        } else if (cpu.pc == callReturn()) {
            return Phase.CALL_RETURN;
        }
        if (cpu.pc == signalStop()) {
            return Phase.SIGNAL_STOP;
        }
        return u32(ProcessPage.IDLE) != 0 ? Phase.IDLE : Phase.KERNEL;
    }

    /** Present in the phases {@link Phase#CALL_ENTRY} and {@link Phase#CALL_RETURN}. */
    public Optional<Call> call() {
        Phase phase = phase();
        if (phase != Phase.CALL_ENTRY && phase != Phase.CALL_RETURN) {
            return Optional.empty();
        }
        boolean wide = inCall() == LinuxProcess.SYSCALL;
        return Optional.of(
                new Call(currentThread(), frame(Frame.PLACE, Frame.ERROR), wide, frame(Frame.PLACE, Frame.RAX)));
    }

    /** What the running thread asked the kernel for, as {@code kernel.S} counts causes. */
    private int inCall() {
        return (int) frame(Frame.PLACE, Frame.CAUSE);
    }

    /** Present in the phase {@link Phase#SIGNAL_STOP}. */
    public Optional<Signal> signal() {
        if (phase() != Phase.SIGNAL_STOP) {
            return Optional.empty();
        }
        return Optional.of(new Signal(
                u32(ProcessPage.STOPPED),
                u32(ProcessPage.SIGNAL),
                bytes(ProcessPage.PLACE + ProcessPage.SIGINFO, ProcessPage.SIGINFO_SIZE)));
    }

    /**
     * In the phase {@link Phase#SIGNAL_STOP}: that signal is delivered instead, with the same siginfo if it is the
     * same.
     */
    public void replaceSignal(int number) {
        need(Phase.SIGNAL_STOP);
        machine.writeFromDebugger(
                ProcessPage.PLACE + ProcessPage.SIGNAL,
                UserMemory.zeros(4).putInt(number).array());
    }

    /** In the phase {@link Phase#SIGNAL_STOP}: what a handler shall find. @param information at most 128 bytes */
    public void replaceInformation(byte[] information, int offset) {
        need(Phase.SIGNAL_STOP);
        if (offset < 0 || offset > ProcessPage.SIGINFO_SIZE - information.length) {
            throw new IllegalArgumentException(
                    "a siginfo_t has 128 bytes, not %d from %d on".formatted(information.length, offset));
        }
        machine.writeFromDebugger(ProcessPage.PLACE + ProcessPage.SIGINFO + offset, information);
    }

    private void need(Phase wanted) {
        if (phase() != wanted) {
            throw new IllegalStateException("no signal is about to be delivered");
        }
    }

    // ---- threads ----------------------------------------------------------------------------------------------------

    /** The threads' numbers, the first one's is {@link #pid}; in an order that stays. */
    public List<Integer> threads() {
        List<Integer> tids = new ArrayList<>();
        for (long slot : slots()) {
            tids.add((int) memory.read(slot + ProcessPage.TID, 4));
        }
        return tids;
    }

    /** The thread that runs, or whose system call or fault the kernel is working on. */
    public int currentThread() {
        return u32(ProcessPage.CURRENT);
    }

    private List<Long> slots() {
        List<Long> slots = new ArrayList<>();
        long page;
        for (int n = 0; n < ProcessPage.SLOT_PAGES && (page = u64(ProcessPage.SLOTS + 8 * n)) != 0; n++) {
            for (int s = 0; s < ProcessPage.SLOTS_OF_A_PAGE; s++) {
                long slot = page + (long) s * ProcessPage.SLOT_SIZE;
                if (memory.read(slot + ProcessPage.TID, 4) != 0) {
                    slots.add(slot);
                }
            }
        }
        return slots;
    }

    private long slot(int tid) {
        for (long slot : slots()) {
            if ((int) memory.read(slot + ProcessPage.TID, 4) == tid) {
                return slot;
            }
        }
        throw new IllegalArgumentException("there is no thread " + tid);
    }

    /**
     * A thread's register in ring 3, as {@link Registers#readWords} gives it; also {@code orig_rax}, a system call's
     * number, -1 if the thread is in none.
     *
     * @throws IllegalArgumentException if there is no such thread or register
     */
    public long[] words(int tid, String name) {
        boolean current = tid == currentThread();
        long slot = slot(tid);
        if (name.equals("orig_rax")) {
            return new long[] {current && cpu.cpl == 3 ? -1 : callNumber(frameOf(tid, slot))};
        }
        if (current && cpu.cpl == 3) {
            return Registers.readWords(cpu, name);
        } else if (name.equals("cpl")) {
            return new long[] {3};
        }
        Optional<Long> place = place(tid, slot, name);
        if (place.isPresent()) {
            return sized(name).read(memory, place.get());
        }
        return !current && name.equals("ftag")
                ? new long[] {SavedRegisters.fullTag(memory, slot)}
                : Registers.readWords(cpu, name);
    }

    private long frameOf(int tid, long slot) {
        return tid == currentThread() ? Frame.PLACE : slot + ProcessPage.FRAME;
    }

    private long callNumber(long frame) {
        int cause = (int) frame(frame, Frame.CAUSE);
        return cause == LinuxProcess.SYSCALL || cause == LinuxProcess.INT80 ? frame(frame, Frame.ERROR) : -1;
    }

    private static Place sized(String name) {
        return SavedRegisters.inFrame(name)
                .or(() -> SavedRegisters.inFpu(name))
                .or(() -> SavedRegisters.inSlot(name))
                .orElseThrow();
    }

    /** The start of what holds the register in memory, if it is not in the processor. */
    private Optional<Long> place(int tid, long slot, String name) {
        boolean current = tid == currentThread();
        if (SavedRegisters.inFrame(name).isPresent()) {
            return current && cpu.cpl == 3 ? Optional.empty() : Optional.of(frameOf(tid, slot));
        }
        boolean inSlot = SavedRegisters.inFpu(name).isPresent()
                || SavedRegisters.inSlot(name).isPresent();
        return current || !inSlot ? Optional.empty() : Optional.of(slot);
    }

    /**
     * Writes a thread's register in ring 3.
     *
     * @throws IllegalArgumentException if there is no such thread, or nobody may write that register
     */
    public void write(int tid, String name, long... words) {
        long slot = slot(tid);
        Optional<Long> place = place(tid, slot, name);
        if (place.isEmpty()) {
            if (tid != currentThread()) {
                throw new IllegalArgumentException(
                        "%s of a thread that does not run cannot be written".formatted(name));
            }
            machine.writeRegisterFromDebugger(name, words);
            return;
        }
        if (!Registers.writable(name)) {
            throw new IllegalArgumentException("register " + name + " cannot be written");
        }
        if (name.equals("rip") && words[0] << 16 >> 16 != words[0]) {
            throw new IllegalArgumentException("rip must be canonical, not 0x%x".formatted(words[0]));
        }
        long[] values = name.equals("eflags")
                ? new long[] {words[0] & SignalFrame.CHANGEABLE | words(tid, name)[0] & ~SignalFrame.CHANGEABLE}
                : name.equals("mxcsr") ? new long[] {words[0] & 0xffff} : words;
        Place where = sized(name);
        machine.writeFromDebugger(place.get() + where.offset(), where.bytes(values));
        if (place.get() == frameOf(tid, slot)) {
            byte flags = (byte) (memory.read(place.get() + Frame.FLAGS, 1) | Frame.WHOLE);
            machine.writeFromDebugger(place.get() + Frame.FLAGS, new byte[] {flags});
        }
        if (name.equals("rip") && (tid != currentThread() || phase() == Phase.IDLE)) {
            machine.receive(SIGNALS, UserMemory.zeros(8).array()); // if it waits, it waits no more
        }
    }

    /**
     * Sends a signal to a thread of a live machine, as kill(2) by the program's parent would: it interrupts the program
     * before its next instruction and passes {@link Phase#SIGNAL_STOP} as every signal does, at once unless it is
     * blocked or ignored.
     *
     * @throws IllegalArgumentException if there is no such thread or signal
     */
    public void send(int tid, int signal) {
        slot(tid);
        if (signal < 1 || signal > SignalNumber.COUNT) {
            throw new IllegalArgumentException("there is no signal " + signal);
        }
        machine.receive(SIGNALS, UserMemory.zeros(8).putInt(tid).putInt(signal).array());
    }

    /**
     * Which threads of a live machine stand still, whatever comes for them, until this is called again. The kernel is
     * called before the next instruction of the running thread if that is one of them, or had all time for itself.
     *
     * @param tids of threads that exist; those that begin later run
     */
    public void hold(Set<Integer> tids) {
        boolean late = machine.device(DEVICE, HypercallPort.class).hold(tids);
        if (late || tids.contains(currentThread())) {
            machine.receive(SIGNALS, UserMemory.zeros(8).array());
        }
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    private int u32(int offset) {
        return ProcessPage.u32(memory, offset);
    }

    private long u64(int offset) {
        return ProcessPage.u64(memory, offset);
    }

    private long frame(long frame, int offset) {
        return memory.read(frame + offset, 8);
    }

    private byte[] bytes(long physical, int count) {
        memory.need((int) physical, count);
        return Arrays.copyOfRange(memory.bytes, (int) physical, (int) physical + count);
    }
}
