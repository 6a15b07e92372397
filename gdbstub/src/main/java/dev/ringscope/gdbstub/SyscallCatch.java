package dev.ringscope.gdbstub;

import java.util.Set;

/**
 * Which system calls of a user program stop it, on entry and on return: gdb's {@code catch syscall}.
 *
 * @param numbers the program's own numbers for them; none means every call
 */
public record SyscallCatch(boolean enabled, Set<Integer> numbers) {
    public static final SyscallCatch NONE = new SyscallCatch(false, Set.of());

    public SyscallCatch {
        numbers = Set.copyOf(numbers);
    }

    public boolean catches(int number) {
        return enabled && (numbers.isEmpty() || numbers.contains(number));
    }
}
