package dev.ringscope.emulator;

/**
 * What happened in the machine besides the plain flow of instructions. Every event carries the {@code position}
 * (instructions retired before it, from power-on) and follows the order in which the machine produced it. The sorts are
 * neutral between instruction sets: {@code ring} is the privilege level as the architecture counts it (x86 CPL 0..3),
 * {@code pc} is a linear address, and {@code detail} codes are those of the architecture's own enums.
 */
public sealed interface Event {
    long position();

    /** How the processor came to change its privilege level. Names follow Intel SDM vol. 3A, ch. 5 and 6. */
    enum Cause {
        RESET,
        EXCEPTION,
        EXTERNAL_INTERRUPT,
        NMI,
        SOFTWARE_INTERRUPT,
        SYSCALL,
        SYSRET,
        SYSENTER,
        SYSEXIT,
        CALL_GATE,
        /** A far JMP or CALL straight to a code segment: changes the mode, never the ring. */
        FAR_JUMP,
        FAR_CALL,
        FAR_RETURN,
        INTERRUPT_RETURN,
        TASK_SWITCH,
        /** A write of CR0 or EFER changed the mode. */
        CONTROL_REGISTER,
        DEBUGGER
    }

    /** A whole-machine mode of the code: how instructions are decoded and addresses formed. */
    enum Mode {
        REAL,
        PROTECTED16,
        PROTECTED32,
        V86,
        COMPATIBILITY16,
        COMPATIBILITY32,
        LONG64
    }

    /**
     * The privilege level (or V86/real/protected/long mode) changed.
     *
     * @param vector the vector for interrupts and exceptions, else -1
     * @param source linear address of the IDT, GDT or LDT entry that was used; the number of the MSR for SYSCALL and
     *     SYSENTER; -1 where none (IRET, RET, SYSRET)
     * @param sourceValue the low 64 bits of that entry, or the MSR's value
     * @param fromPc linear address of the instruction that caused it, or that would have been next for interrupts
     */
    record RingChange(
            long position,
            int from,
            int to,
            Mode fromMode,
            Mode toMode,
            Cause cause,
            int vector,
            long source,
            long sourceValue,
            long fromPc,
            long toPc,
            long fromStack,
            long toStack)
            implements Event {}

    /**
     * An exception or interrupt was delivered (after this the handler's first instruction runs).
     *
     * @param cause EXCEPTION, EXTERNAL_INTERRUPT, NMI or SOFTWARE_INTERRUPT
     * @param errorCode the pushed error code, or -1 where the vector has none
     * @param address CR2 for page faults, else 0
     * @param selector CS at the saved instruction
     * @param pc saved instruction pointer (offset as it is pushed)
     * @param reason the check that failed: name of a constant of {@code x86.Reason}; "" for interrupts
     * @param reasonDetail the selector, entry value or address that the check looked at; 0 where none
     */
    record Trap(
            long position,
            Cause cause,
            int vector,
            int errorCode,
            long address,
            int selector,
            long pc,
            String reason,
            long reasonDetail)
            implements Event {}

    /** Who wrote a page-table entry. */
    enum TableWriter {
        INSTRUCTION,
        ACCESSED_BIT,
        DIRTY_BIT,
        OUTSIDE
    }

    /**
     * An entry of a page table in use changed.
     *
     * @param level 1 = PTE, 2 = PDE, 3 = PDPTE, 4 = PML4E
     * @param entry physical address of the entry
     * @param first first linear address that the entry translates, as the latest walk through it found
     * @param size bytes that the entry translates
     * @param pc linear address of the instruction that wrote it, or whose access made the MMU write it
     */
    record TableUpdate(
            long position,
            TableWriter writer,
            int level,
            long entry,
            int entrySize,
            long oldValue,
            long newValue,
            long first,
            long size,
            long root,
            long pc)
            implements Event {}

    /** Translations were dropped: by a write of the root or of a control register, INVLPG, INVPCID. */
    record TranslationFlush(long position, String instruction, long address) implements Event {}

    /**
     * A system register was written.
     *
     * @param register the architecture's name: {@code cr0}, {@code efer}, {@code msr_c0000082}, {@code gdtr.base} ...
     */
    record SystemRegisterWrite(long position, String register, long oldValue, long newValue, long pc)
            implements Event {}

    /** A port was read or written. */
    record PortAccess(long position, boolean write, int port, int size, long value) implements Event {}

    /** A device register in memory was read or written at a physical address. */
    record DeviceAccess(long position, boolean write, long address, int size, long value) implements Event {}

    /**
     * Something came from outside the machine; replay feeds it back at the same position.
     *
     * @param source the name of the device or service that took it: {@code com1}, {@code keyboard}, {@code disk0},
     *     {@code syscall}, {@code debugger}
     */
    record Input(long position, String source, byte[] data) implements Event {}

    /** The processor slept in HLT until virtual time {@code until} (nanoseconds); no instruction retired meanwhile. */
    record Halt(long position, long from, long until) implements Event {}

    /** The machine cannot go on: the state is kept. */
    record End(long position, StopReason reason, String explanation) implements Event {}
}
