package dev.ringscope.trace.dataflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a byte can be, as one number: in memory its physical address, in a register the register's number and the byte
 * in it.
 */
public final class Location {
    /** First numbers of the register files. */
    public static final int GENERAL = 0, XMM = 16, SEGMENT = 32, CONTROL = 40, ST = 56, FLAGS = 64, X87_STATUS = 65;

    /** Bytes of {@link #FLAGS}: the carry flag, the other arithmetic flags, all the rest. */
    static final int CARRY = 0, ARITHMETIC = 1, SYSTEM = 2;

    /** Bytes of {@link #X87_STATUS}: exceptions, condition codes. */
    static final int EXCEPTIONS = 0, CODES = 1;

    private static final long REGISTER = 1L << 62;
    private static final String[] NAMES = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
    private static final String[] FLAG_BYTES = {"CF", "arithmetic flags", "system flags"};

    private Location() {}

    /** A byte of a register. @param number with its file's first number */
    public static long register(int number, int index) {
        return REGISTER | (long) number << 8 | index;
    }

    /** The low bytes of a register. */
    static long[] register(int number, int from, int count) {
        long[] bytes = new long[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = register(number, from + i);
        }
        return bytes;
    }

    /** A whole general register. */
    static long[] general(int number) {
        return register(GENERAL + number, 0, 8);
    }

    static long[] memory(long physical, int count) {
        long[] bytes = new long[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = physical + i;
        }
        return bytes;
    }

    /** Else it is in memory. */
    public static boolean inRegister(long location) {
        return (location & REGISTER) != 0;
    }

    /** With its file's first number. */
    public static int number(long location) {
        return (int) (location >>> 8) & 0xffff;
    }

    /** Which byte of its register. */
    public static int index(long location) {
        return (int) location & 0xff;
    }

    /** The number of a register that a user names, and its size; AL and the like are their register's low bytes. */
    public record Named(int number, int from, int size) {
        /** Its bytes. */
        public long[] bytes() {
            return register(number, from, size);
        }
    }

    /**
     * A register by name: {@code rax}, {@code eax}, {@code ah}, {@code xmm3}, {@code cr3}, {@code ds}, {@code eflags}.
     */
    public static Optional<Named> named(String text) {
        if (text.equals("eflags") || text.equals("rflags")) {
            return Optional.of(new Named(FLAGS, 0, 3));
        }
        if (text.matches("xmm(1[0-5]|[0-9])")) {
            return Optional.of(new Named(XMM + Integer.parseInt(text.substring(3)), 0, 16));
        }
        if (text.matches("cr(1[0-5]|[0-9])")) {
            return Optional.of(new Named(CONTROL + Integer.parseInt(text.substring(2)), 0, 8));
        }
        for (int n = 0; n < SEGMENTS.length; n++) {
            if (SEGMENTS[n].equals(text)) {
                return Optional.of(new Named(SEGMENT + n, 0, 2));
            }
        }
        return general(text);
    }

    private static Optional<Named> general(String text) {
        for (int n = 0; n < NAMES.length; n++) {
            String name = NAMES[n];
            String old = n < 8 ? name.substring(1) : "";
            String low = n < 4 ? old.charAt(0) + "l" : n < 8 ? old + "l" : name + "b";
            if (text.equals(name)) {
                return Optional.of(new Named(n, 0, 8));
            }
            if (text.equals(n < 8 ? "e" + old : name + "d")) {
                return Optional.of(new Named(n, 0, 4));
            }
            if (text.equals(n < 8 ? old : name + "w")) {
                return Optional.of(new Named(n, 0, 2));
            }
            if (text.equals(low)) {
                return Optional.of(new Named(n, 0, 1));
            }
            if (n < 4 && text.equals(old.charAt(0) + "h")) {
                return Optional.of(new Named(n, 1, 1));
            }
        }
        return Optional.empty();
    }

    /** A register's name. @param number with its file's first number */
    static String name(int number) {
        return number < XMM
                ? NAMES[number]
                : number < SEGMENT
                        ? "xmm" + (number - XMM)
                        : number < CONTROL
                                ? SEGMENTS[number - SEGMENT]
                                : number < ST
                                        ? "cr" + (number - CONTROL)
                                        : number < FLAGS
                                                ? "x87 register " + (number - ST)
                                                : number == FLAGS ? "flags" : "x87 status";
    }

    /** Bytes next to each other for people: {@code rax}, {@code rax[0..3]}, {@code CF}, {@code 0x1234..0x1237}. */
    public static String text(long first, int count) {
        if (!inRegister(first)) {
            return count == 1 ? "0x%x".formatted(first) : "0x%x..0x%x".formatted(first, first + count - 1);
        }
        int number = number(first);
        int from = index(first);
        if (number == FLAGS) {
            return count == 1 ? FLAG_BYTES[from] : "flags";
        }
        int whole = number < XMM
                ? 8
                : number < SEGMENT ? 16 : number < CONTROL ? 2 : number < ST ? 8 : number < FLAGS ? 10 : 2;
        return from == 0 && count == whole
                ? name(number)
                : count == 1
                        ? "%s[%d]".formatted(name(number), from)
                        : "%s[%d..%d]".formatted(name(number), from, from + count - 1);
    }

    /** Ascending locations for people: those next to each other in one. */
    public static List<String> runs(long[] sorted) {
        List<String> runs = new ArrayList<>();
        for (int n = 0; n < sorted.length; ) {
            int count = 1;
            while (n + count < sorted.length && sorted[n + count] == sorted[n] + count) {
                count++;
            }
            runs.add(text(sorted[n], count));
            n += count;
        }
        return runs;
    }
}
