package dev.ringscope.trace.explain;

import dev.ringscope.emulator.x86.Reason;

/** Where Intel's manual (SDM) has the rule that a failed check enforces. */
public final class ManualSection {
    private ManualSection() {}

    /** For instance {@code SDM vol. 3A, 4.6}; empty where nothing failed. */
    public static String of(Reason reason) {
        return switch (reason) {
            case NONE -> "";
            case INVALID_OPCODE, LOCK_NOT_ALLOWED, TOO_LONG -> "SDM vol. 2A, 2.1 and 2.3.11";
            case PRIVILEGE -> "SDM vol. 3A, 5.9";
            case IOPL, IO_BITMAP -> "SDM vol. 1, 19.5";
            case NON_CANONICAL -> "SDM vol. 1, 3.3.7.1";
            case SEGMENT_LIMIT -> "SDM vol. 3A, 5.3";
            case SEGMENT_NOT_WRITABLE, SEGMENT_NOT_READABLE, DESCRIPTOR_TYPE -> "SDM vol. 3A, 5.4";
            case NULL_SELECTOR -> "SDM vol. 3A, 5.4.1";
            case DESCRIPTOR_LIMIT -> "SDM vol. 3A, 5.3";
            case DESCRIPTOR_PRIVILEGE -> "SDM vol. 3A, 5.5 to 5.8";
            case SEGMENT_NOT_PRESENT -> "SDM vol. 3A, 3.4.5";
            case IDT_LIMIT, GATE_TYPE -> "SDM vol. 3A, 6.10 to 6.14";
            case GATE_PRIVILEGE -> "SDM vol. 3A, 6.12.1.1";
            case TSS_LIMIT, TSS_TYPE, TASK_SWITCH_TRAP -> "SDM vol. 3A, 7.2";
            case STACK_SEGMENT -> "SDM vol. 3A, 5.7 and 5.8.5";
            case BAD_FRAME -> "SDM vol. 2A, IRET, and vol. 2B, RET";
            case RESERVED_BITS, BAD_REGISTER_VALUE -> "SDM vol. 3A, 2.5, and vol. 4";
            case NOT_PRESENT, RESERVED_PAGE_BITS -> "SDM vol. 3A, 4.5 and 4.7";
            case WRITE_PROTECTED, USER_ACCESS, NO_EXECUTE, SMEP, SMAP -> "SDM vol. 3A, 4.6";
            case DIVIDE, BOUND, OVERFLOW, BREAKPOINT, NESTED -> "SDM vol. 3A, 6.15";
            case ALIGNMENT -> "SDM vol. 3A, 6.15, and vol. 1, 4.1.1";
            case FPU_DISABLED, SSE_DISABLED -> "SDM vol. 3A, 2.5, and vol. 1, 9.5.1";
            case FPU_EXCEPTION -> "SDM vol. 1, 8.5";
            case SIMD_EXCEPTION -> "SDM vol. 1, 11.5";
            case DEBUG_REGISTER, SINGLE_STEP -> "SDM vol. 3B, 17.3";
        };
    }
}
