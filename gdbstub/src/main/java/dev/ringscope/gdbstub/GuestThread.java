package dev.ringscope.gdbstub;

import java.util.Optional;

/** One thread as gdb sees it: a processor of the machine, or a thread of a user program. */
public interface GuestThread {
    /** Thread number, 1 or more, kept for the thread's whole life. */
    int id();

    /** The processor that it runs on, counted from 0. */
    int core();

    /** What {@code info threads} shows, for example {@code CPU0 ring3 cr3=0x1000}. */
    String describe();

    RegisterFile registers();

    /** Memory as this thread sees it: linear addresses through its own page tables. */
    Memory memory();

    /** The {@code siginfo_t} of the signal that the thread stopped with, in the program's own layout. */
    default Optional<byte[]> siginfo() {
        return Optional.empty();
    }
}
