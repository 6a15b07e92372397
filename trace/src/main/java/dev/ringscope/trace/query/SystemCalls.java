package dev.ringscope.trace.query;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RBP;
import static dev.ringscope.emulator.x86.X86Cpu.RBX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which system calls did programs of ring 3 make, read as Linux has them (System V ABI for x86-64, A.2; for i386 the
 * registers of INT 80h)? Entry and return belong together by the stack of calls they are on, whatever ran in between.
 */
public final class SystemCalls {
    /** By which numbers and registers it is read. */
    public enum Abi {
        /** SYSCALL in 64-bit code. */
        X86_64,
        /** INT 80h, SYSENTER. */
        I386
    }

    /** How a system call ended. */
    public enum End {
        RETURNED,
        /**
         * It went on elsewhere than behind the call: in a signal's handler, which will end with another one, or where
         * that was called.
         */
        ELSEWHERE,
        /** Not in what was looked at: it ended the thread, waits still, or its thread was lost sight of. */
        OPEN
    }

    /**
     * A system call.
     *
     * @param position of the instruction that made it
     * @param pc linear address of that instruction
     * @param name of Linux; empty if it has none for the number
     * @param arguments as many as the call has, from its registers, zero-extended; six for one that is not known
     * @param strings what arguments that are paths or names point at; null for other ones and what cannot be read
     * @param result RAX, or EAX sign-extended; empty unless it returned
     * @param error Linux's name if the result is one of its error numbers
     * @param end position behind the instruction that returned; of the last that was looked at if it is open
     * @param root CR3 of the program
     * @param stack number of the program's stack, from 0 in order of appearance
     */
    public record SystemCall(
            long position,
            long pc,
            Abi abi,
            long number,
            Optional<String> name,
            List<Long> arguments,
            List<String> strings,
            End ending,
            OptionalLong result,
            Optional<String> error,
            long end,
            long root,
            int stack) {
        /** Instructions from behind the call to behind the return, of whatever ran meanwhile. */
        public long duration() {
            return end - position - 1;
        }
    }

    private static final int GATE = 0x80;
    private static final int LONGEST_STRING = 256;
    private static final int LARGEST_ERROR = 4095;
    private static final int USER = 3;
    private static final Set<String> LAST = Set.of("exit", "exit_group");
    private static final int[] WIDE = {RDI, RSI, RDX, 10, 8, 9};
    private static final int[] NARROW = {RBX, RCX, RDX, RSI, RDI, RBP};

    private SystemCalls() {}

    /**
     * @param names only these calls; none: all
     * @param filter its range is that of the calls' positions, its roots the programs', its code the calling
     *     instruction; its rings, vectors and addresses do not count
     */
    public static void list(Recording recording, Set<String> names, Filter filter, Answers<SystemCall> answers)
            throws IOException {
        Listing listing = listing(names, filter, answers);
        // a call in the range may return behind it
        Stacks.follow(recording, Long.MAX_VALUE, new Symbols(), SystemCalls::look, listing, new Stacks.Going() {
            @Override
            public boolean more(long position) {
                return listing.calls.more() && (position < filter.range().to() || listing.open > 0);
            }

            @Override
            public void check() {
                answers.check();
            }
        });
        listing.finish();
    }

    static Listing listing(Set<String> names, Filter filter, Answers<SystemCall> answers) {
        return new Listing(names, filter, filter.range().limit(answers));
    }

    /**
     * A call as it is made.
     *
     * @param name of Linux, whatever the guest is; empty if it has none for the number
     * @param arguments as in {@link SystemCall}
     * @param strings as in {@link SystemCall}
     */
    public record Made(long number, Optional<String> name, List<Long> arguments, List<String> strings) {}

    /** What a call's registers held, or what a return to ring 3 left in RAX. */
    private record Entry(Abi abi, long number, List<Long> arguments, List<String> strings) {
        Optional<String> name() {
            return (abi == Abi.X86_64 ? LinuxNames.X86_64 : LinuxNames.I386)
                    .find(number)
                    .map(LinuxNames.Entry::name);
        }
    }

    /** The call that a frame is of, if it was looked at. */
    static Optional<Made> made(Frame frame) {
        return frame.seen instanceof Entry entry && frame.outerRing == USER
                ? Optional.of(new Made(entry.number, entry.name(), entry.arguments, entry.strings))
                : Optional.empty();
    }

    /** A probe for {@link Transfers}. */
    static Object look(Event event, Machine machine) {
        X86Cpu cpu = machine.cpu();
        return switch (event) {
            case Event.Trap trap
            when trap.vector() == GATE && trap.cause() == Event.Cause.SOFTWARE_INTERRUPT -> entry(cpu, Abi.I386);
            case Event.RingChange change
            when change.from() == USER && change.cause() == Event.Cause.SYSCALL ->
                entry(cpu, change.fromMode() == Event.Mode.LONG64 ? Abi.X86_64 : Abi.I386);
            case Event.RingChange change
            when change.from() == USER && change.cause() == Event.Cause.SYSENTER -> entry(cpu, Abi.I386);
            case Event.RingChange change when change.to() == USER -> cpu.r[RAX];
            default -> null;
        };
    }

    private static Entry entry(X86Cpu cpu, Abi abi) {
        boolean wide = abi == Abi.X86_64;
        long mask = wide ? -1 : 0xffff_ffffL;
        long number = cpu.r[RAX] & 0xffff_ffffL;
        String kinds = (wide ? LinuxNames.X86_64 : LinuxNames.I386).arguments(number);
        List<Long> arguments = new ArrayList<>();
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < kinds.length(); i++) {
            long value = cpu.r[(wide ? WIDE : NARROW)[i]] & mask;
            arguments.add(value);
            strings.add(kinds.charAt(i) == 's' ? string(cpu, value) : null);
        }
        return new Entry(abi, number, arguments, strings);
    }

    /** Up to a zero byte; null if it cannot be read. */
    private static String string(X86Cpu cpu, long address) {
        byte[] bytes = new byte[LONGEST_STRING];
        int index = -1;
        for (int n = 0; n < LONGEST_STRING; n++) {
            long at = address + n;
            if (n == 0 || (at & 0xfff) == 0) {
                long physical = cpu.paging.walk(at).physical();
                index = physical < 0 ? -1 : cpu.memory.index(physical);
            } else {
                index++;
            }
            if (index < 0) {
                return null;
            }
            bytes[n] = cpu.ram[index];
            if (bytes[n] == 0) {
                return new String(bytes, 0, n, StandardCharsets.UTF_8);
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Lists them while the stacks are followed with {@link #look}; to be finished. */
    static final class Listing implements CallWatcher {
        private final Set<String> names;
        private final Filter filter;
        private final Underway<SystemCall> calls;
        /** Calls that are wanted and have not ended. */
        private int open;

        Listing(Set<String> names, Filter filter, Answers<SystemCall> answers) {
            this.names = names;
            this.filter = filter;
            calls = new Underway<>(answers);
        }

        void finish() throws IOException {
            calls.finish();
        }

        /** @param call as it was made */
        private record Open(SystemCall call, Underway.Entry<SystemCall> underway) {}

        @Override
        public void entered(Frame frame) throws IOException {
            if (!(frame.seen instanceof Entry entry) || frame.outerRing != USER) {
                return;
            }
            long position = frame.position - 1;
            Optional<String> name = entry.name();
            boolean wanted = filter.range().holds(position)
                    && filter.root(frame.caller.root)
                    && filter.code(frame.from)
                    && (names.isEmpty() || name.isPresent() && names.contains(name.get()));
            if (!wanted) {
                return;
            }
            SystemCall call = new SystemCall(
                    position,
                    frame.from,
                    entry.abi,
                    entry.number,
                    name,
                    entry.arguments,
                    entry.strings,
                    SystemCalls.End.OPEN,
                    OptionalLong.empty(),
                    Optional.empty(),
                    frame.position,
                    frame.caller.root,
                    frame.caller.stack.number);
            Underway.Entry<SystemCall> underway = calls.begin(call);
            if (name.isPresent() && LAST.contains(name.get())) {
                calls.end(underway, call);
            } else {
                frame.call = new Open(call, underway);
                open++;
            }
        }

        @Override
        public void left(Frame frame, End how, long position, long from, long to, Object seen) throws IOException {
            if (!(frame.call instanceof Open made)) {
                return;
            }
            open--;
            boolean back = to == frame.returnTo && seen instanceof Long;
            SystemCall call = made.call;
            long value = back ? (Long) seen : 0;
            long result = call.abi == Abi.X86_64 ? value : (int) value;
            calls.end(
                    made.underway,
                    new SystemCall(
                            call.position,
                            call.pc,
                            call.abi,
                            call.number,
                            call.name,
                            call.arguments,
                            call.strings,
                            back ? SystemCalls.End.RETURNED : SystemCalls.End.ELSEWHERE,
                            back ? OptionalLong.of(result) : OptionalLong.empty(),
                            back && result < 0 && result >= -LARGEST_ERROR
                                    ? LinuxNames.ERRORS.find(-result).map(LinuxNames.Entry::name)
                                    : Optional.empty(),
                            position,
                            call.root,
                            call.stack));
        }
    }
}
