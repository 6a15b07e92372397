package dev.ringscope.emulator.user;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.user.AddressSpace.Entry;
import dev.ringscope.emulator.x86.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Linux process as the host sees it: works out the answer to each hypercall of the built-in guest kernel. It reads the guest's memory and
 * changes nothing itself; all it does is in the {@link Answer}.
 */
public final class LinuxProcess {
    /** CLOCK_REALTIME at power-on: 2026-01-01T00:00:00Z. */
    static final long EPOCH_SECONDS = 1_767_225_600L;

    static final long STACK_SIZE = 8 << 20;
    private static final int MAILBOX = 0x10_2000;
    private static final int MAILBOX_ENTRIES = 168;
    private static final long GDT = 0x10_3000;
    private static final int POWER_ON = 0x101, SYSCALL = 0x100, INT80 = 0x80, MORE = 0x102;
    private static final int PAGE_PRESENT = 1, PAGE_WRITE = 2, PAGE_FETCH = 16;
    private static final long TOP32 = 0xffff_e000L;

    private final Machine machine;
    private final ProgramImage image;
    private final List<String> arguments;
    private final List<String> environment;
    private final AddressSpace space;
    private final UserMemory memory;
    private final OpenFiles files;
    private final Signals signals = new Signals();
    private Frame frame;
    private Answer answer;
    private long heapStart, heapEnd;
    private long random = 0x5269_6e67;
    private int modelRegister;
    private long modelValue;
    private Entry threadDescriptor;

    /**
     * @param program the executable's file
     * @param arguments what it gets as argv, its own name first
     * @param root folder that the program sees as /, or null
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
        space = new AddressSpace(machine.memory());
        memory = new UserMemory(space);
        files = new OpenFiles(standardInput, root, program);
    }

    // ---- what system calls use ----------------------------------------------------------------------------------------

    UserMemory memory() {
        return memory;
    }

    AddressSpace space() {
        return space;
    }

    OpenFiles files() {
        return files;
    }

    Signals signals() {
        return signals;
    }

    Frame frame() {
        return frame;
    }

    Answer answer() {
        return answer;
    }

    /** Virtual time in nanoseconds since power-on. */
    long now() {
        return machine.cpu().time.now();
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

    /** The kernel shall write that model-specific register: FS_BASE or GS_BASE. */
    void setBase(int register, long value) {
        if (value << 16 >> 16 != value || value < 0) {
            throw new Errno(Errno.EPERM);
        }
        modelRegister = register;
        modelValue = value;
    }

    /** The base of FS (4) or GS (5). */
    long base(int segment) {
        return machine.cpu().seg[segment].base;
    }

    /** The kernel shall store a descriptor into GDT slot 12, 13 or 14. */
    void setThreadDescriptor(int slot, long descriptor) {
        threadDescriptor = new Entry(GDT + 8L * slot, descriptor, 0);
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

    // ---- hypercalls -----------------------------------------------------------------------------------------------------

    /** @param cause what the guest kernel wrote to its port */
    Answer answer(int cause) {
        answer = new Answer();
        space.begin(answer);
        frame = new Frame(machine.memory());
        if (cause != MORE) {
            switch (cause) {
                case POWER_ON -> start();
                case SYSCALL -> call(true);
                case INT80 -> call(false);
                default -> exception(cause);
            }
            signals.deliver(this);
            frame.save(answer);
        }
        putMailbox();
        return answer;
    }

    private void start() {
        heapStart = heapEnd = image.map(space) + 0x1000;
        long top = image.wide() ? AddressSpace.TOP : TOP32;
        space.map(new Mapping(top - STACK_SIZE, top, Mapping.READ | Mapping.WRITE, null, 0));
        // AT_HWCAP is CPUID leaf 1, EDX
        long sp = new InitialStack(memory, image.wide(), top - 16)
                .build(image, arguments, environment, random(16), Integer.toUnsignedLong(machine.cpu().system.cpuid.leaf(1, 0).edx()));
        frame.set(Frame.RIP, image.entry());
        frame.set(Frame.CS, image.wide() ? Frame.USER_CS : Frame.USER32_CS);
        frame.set(Frame.RFLAGS, 0x202);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.SS, Frame.USER_SS);
        for (int register = Frame.R15; register <= Frame.RDI; register += 8) {
            frame.set(register, 0);
        }
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
        SystemCall call = SystemCalls.find(frame.get(Frame.RAX), wide);
        long result;
        try {
            result = call == null ? -Errno.ENOSYS : call.call(this, a);
        } catch (Errno e) {
            result = -e.number;
        }
        frame.set(Frame.RAX, wide ? result : (int) result);
    }

    private long[] arguments(int... registers) {
        long[] values = new long[registers.length];
        for (int n = 0; n < values.length; n++) {
            values[n] = frame.get(registers[n]);
        }
        return values;
    }

    // ---- faults -----------------------------------------------------------------------------------------------------------

    private void exception(int vector) {
        long rip = frame.get(Frame.RIP);
        switch (vector) {
            case Fault.PF -> pageFault();
            case Fault.DE -> signals.fault(SignalNumber.SIGFPE, 1, rip); // FPE_INTDIV
            case Fault.MF, Fault.XM -> signals.fault(SignalNumber.SIGFPE, 7, rip); // FPE_FLTINV
            case Fault.DB, Fault.BP -> signals.fault(SignalNumber.SIGTRAP, 128, 0); // SI_KERNEL
            case Fault.UD -> signals.fault(SignalNumber.SIGILL, 2, rip); // ILL_ILLOPN
            case Fault.AC -> signals.fault(SignalNumber.SIGBUS, 1, 0); // BUS_ADRALN
            case Fault.SS, Fault.NP -> signals.fault(SignalNumber.SIGBUS, 128, 0);
            default -> signals.fault(SignalNumber.SIGSEGV, 128, 0);
        }
    }

    private void pageFault() {
        long address = (long) PhysicalMemory.LONG.get(machine.memory().bytes, MAILBOX + 8);
        long error = frame.get(Frame.ERROR);
        int access = (error & PAGE_FETCH) != 0
                ? Mapping.EXECUTE
                : (error & PAGE_WRITE) != 0 ? Mapping.WRITE : Mapping.READ;
        boolean mapped = space.find(address) != null;
        // a page that is there has the rights of its mapping: then the fault is the program's error
        boolean servable = (error & PAGE_PRESENT) == 0 && !space.isResident(address);
        try {
            if (servable && space.touch(address, access) >= 0) {
                return;
            }
        } catch (Errno outOfMemory) {
            signals.fault(SignalNumber.SIGBUS, 2, address);
            return;
        }
        signals.fault(SignalNumber.SIGSEGV, mapped ? 2 : 1, address); // SEGV_ACCERR, SEGV_MAPERR
    }

    // ---- mailbox ----------------------------------------------------------------------------------------------------------

    private void putMailbox() {
        boolean thread = threadDescriptor != null;
        List<Entry> entries = space.takeWaiting(MAILBOX_ENTRIES - (thread ? 1 : 0));
        int count = entries.size() + (thread ? 1 : 0);
        if (count == 0 && modelRegister == 0) {
            return;
        }
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(count).putInt(space.entriesWait() ? 1 : 0);
        answer.add(new Answer.Store(MAILBOX, head.array()));
        ByteBuffer list = ByteBuffer.allocate(24 * count).order(ByteOrder.LITTLE_ENDIAN);
        if (thread) {
            list.putLong(threadDescriptor.physical()).putLong(threadDescriptor.value()).putLong(0);
            threadDescriptor = null;
        }
        for (Entry entry : entries) {
            list.putLong(entry.physical()).putLong(entry.value()).putLong(entry.invalidate());
        }
        if (count > 0) {
            answer.add(new Answer.Store(MAILBOX + 0x40, list.array()));
        }
        if (modelRegister != 0) {
            ByteBuffer msr = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            answer.add(new Answer.Store(MAILBOX + 0x10, msr.putInt(modelRegister).putInt(0).putLong(modelValue).array()));
            modelRegister = 0;
        }
    }
}
