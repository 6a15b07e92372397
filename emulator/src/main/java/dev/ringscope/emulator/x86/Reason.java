package dev.ringscope.emulator.x86;

/** The check that failed when a fault was raised: what "why" answers with. Each text names Intel SDM terms. */
public enum Reason {
    NONE(""),
    INVALID_OPCODE("the bytes are no instruction in this mode"),
    LOCK_NOT_ALLOWED("LOCK in front of an instruction or operand form that does not take it"),
    TOO_LONG("instruction longer than 15 bytes"),
    PRIVILEGE("the instruction needs CPL 0"),
    IOPL("CPL is above IOPL"),
    IO_BITMAP("the TSS I/O permission bitmap forbids the port"),
    NON_CANONICAL("linear address is not canonical"),
    SEGMENT_LIMIT("offset beyond the segment's limit"),
    SEGMENT_NOT_WRITABLE("the segment is not writable"),
    SEGMENT_NOT_READABLE("the segment is not readable"),
    NULL_SELECTOR("the selector is null"),
    DESCRIPTOR_LIMIT("the selector is beyond the descriptor table's limit"),
    DESCRIPTOR_TYPE("the descriptor's type does not fit"),
    DESCRIPTOR_PRIVILEGE("DPL, RPL and CPL do not fit"),
    SEGMENT_NOT_PRESENT("the segment or gate is not present"),
    IDT_LIMIT("the vector is beyond the IDT's limit"),
    GATE_TYPE("the IDT entry is no gate"),
    GATE_PRIVILEGE("the gate's DPL is below CPL"),
    TSS_LIMIT("the TSS is too small"),
    TSS_TYPE("the TSS descriptor's type does not fit"),
    STACK_SEGMENT("the new stack segment does not fit"),
    BAD_FRAME("the values on the stack or in the registers do not fit"),
    RESERVED_BITS("a reserved bit is set"),
    BAD_REGISTER_VALUE("a value that the system register refuses"),
    NOT_PRESENT("a page-table entry is not present"),
    WRITE_PROTECTED("the page is not writable"),
    USER_ACCESS("a user-mode access to a supervisor page"),
    NO_EXECUTE("an instruction fetch from a no-execute page"),
    SMEP("supervisor fetch from a user page with CR4.SMEP"),
    SMAP("supervisor access to a user page with CR4.SMAP"),
    RESERVED_PAGE_BITS("a reserved bit of a page-table entry is set"),
    DIVIDE("divisor zero or quotient too large"),
    BOUND("index outside the bounds"),
    OVERFLOW("INTO with OF set"),
    ALIGNMENT("misaligned operand"),
    FPU_DISABLED("CR0.TS or CR0.EM forbids x87, MMX or SSE"),
    SSE_DISABLED("CR4.OSFXSR or CR0.EM forbids SSE"),
    FPU_EXCEPTION("an unmasked x87 exception is pending"),
    SIMD_EXCEPTION("an unmasked SSE exception"),
    BREAKPOINT("INT3"),
    DEBUG_REGISTER("a debug register's address was met, or is guarded by DR7.GD"),
    SINGLE_STEP("EFLAGS.TF"),
    TASK_SWITCH_TRAP("the T bit of the new task's TSS"),
    NESTED("a fault while delivering another one");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** What failed, as a clause for people. */
    public String text() {
        return text;
    }
}
