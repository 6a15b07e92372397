package dev.ringscope.gdbstub;

import java.util.Optional;
import java.util.OptionalLong;

/** One thread as gdb sees it: a processor of the machine, or a thread of a user program. */
public interface GuestThread {
    /** Thread number, 1 or more, kept for the thread's whole life. */
    int id();

    /** The processor that it runs on, counted from 0. */
    int core();

    /** What {@code info threads} shows, for example {@code CPU0 ring3 cr3=0x1000}. */
    String describe();

    /** A name of its own, for instance the one that a program's thread gave itself; gdb shows it first. */
    default Optional<String> name() {
        return Optional.empty();
    }

    RegisterFile registers();

    /**
     * What {@code monitor break-if} can compare beside registers, by name: for a machine {@code position}. Empty if
     * there is no such name.
     */
    default OptionalLong quantity(String name) {
        return OptionalLong.empty();
    }

    /** Memory as this thread sees it: linear addresses through its own page tables. */
    Memory memory();

    /** The {@code siginfo_t} of the signal that the thread stopped with, in the program's own layout. */
    default Optional<byte[]> siginfo() {
        return Optional.empty();
    }

    /**
     * Changes it before the signal is delivered.
     *
     * @param siginfo all of it, as long as {@link #siginfo} gave it
     */
    default void writeSiginfo(byte[] siginfo) throws RefusedException {
        throw new RefusedException("the information that comes with a signal cannot be changed here");
    }

    /**
     * Linear address of a thread-local variable of the program itself (which is linked statically): its place in the
     * PT_TLS segment, counted in bytes from the segment's start, in this thread's own copy. Empty if the target can't
     * tell or the thread has none yet.
     */
    default OptionalLong threadLocal(long offset) {
        return OptionalLong.empty();
    }
}
