package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Optional;

/** What of the processor's state a check compared, in a line with its end; nothing where other lines say it. */
final class CheckText {
    private final Machine moment;
    private final X86Cpu cpu;
    private final Event.Trap trap;
    private final Reason reason;

    /** @param moment the machine in front of the fault */
    CheckText(Machine moment, Event.Trap trap, Reason reason) {
        this.moment = moment;
        cpu = moment.cpu();
        this.trap = trap;
        this.reason = reason;
    }

    String text() {
        long detail = trap.reasonDetail();
        return switch (reason) {
            case INVALID_OPCODE ->
                instruction(moment).matches("ud[0-2]\\b.*")
                        ? "the instruction is there to raise this exception\n"
                        : "code is decoded as %d-bit code%n".formatted(8 * cpu.codeSize());
            case PRIVILEGE -> "CPL is %d%n".formatted(cpu.cpl);
            case IOPL -> "CPL is %d, IOPL is %d%n".formatted(cpu.cpl, cpu.iopl());
            case IO_BITMAP -> "port 0x%x, CPL is %d, IOPL is %d%n".formatted(detail, cpu.cpl, cpu.iopl());
            case NON_CANONICAL -> "the value is 0x%x: its bits 63 to 47 are not all alike%n".formatted(detail);
            case RESERVED_BITS, BAD_REGISTER_VALUE -> new RegisterValueText(moment, trap, reason).text();
            case SEGMENT_LIMIT, NULL_SELECTOR, SEGMENT_NOT_WRITABLE, SEGMENT_NOT_READABLE ->
                new SegmentText(moment, trap, reason).text();
            case IDT_LIMIT -> idtLimit();
            case DESCRIPTOR_LIMIT ->
                "the selector is %04x; the GDT has limit 0x%x, the LDT (%04x) 0x%x%n"
                        .formatted(
                                detail,
                                cpu.gdtrLimit,
                                cpu.seg[X86Cpu.LDTR].selector,
                                cpu.seg[X86Cpu.LDTR].present() ? cpu.seg[X86Cpu.LDTR].limit : 0);
            case TSS_LIMIT ->
                "TSS %04x at 0x%x has limit 0x%x%n"
                        .formatted(cpu.seg[X86Cpu.TR].selector, cpu.seg[X86Cpu.TR].base, cpu.seg[X86Cpu.TR].limit);
            case FPU_DISABLED, SSE_DISABLED ->
                "CR0.EM is %d, CR0.TS is %d, CR0.MP is %d, CR4.OSFXSR is %d%n"
                        .formatted(
                                bit(cpu.cr0, X86Cpu.CR0_EM),
                                bit(cpu.cr0, X86Cpu.CR0_TS),
                                bit(cpu.cr0, X86Cpu.CR0_MP),
                                bit(cpu.cr4, X86Cpu.CR4_OSFXSR));
            case FPU_EXCEPTION -> "FSW is 0x%04x, FCW is 0x%04x%n".formatted(cpu.fpu.status(), cpu.fpu.control());
            case SIMD_EXCEPTION -> "MXCSR is 0x%04x%n".formatted(cpu.mxcsr.value);
            case SINGLE_STEP -> "EFLAGS.TF was 1 when the instruction in front of this one began\n";
            case DIVIDE -> "RDX:RAX is 0x%x:0x%x%n".formatted(cpu.r[2], cpu.r[0]);
            case ALIGNMENT -> alignment(detail);
            case DEBUG_REGISTER -> debugRegister(detail);
            case BAD_FRAME -> new SegmentText(moment, trap, reason).stackTop();
            case NESTED ->
                "vector 0x%02x was being delivered when vector 0x%02x came%n".formatted(detail >> 8, detail & 0xff);
            default -> "";
        };
    }

    static int bit(long value, long mask) {
        return (value & mask) != 0 ? 1 : 0;
    }

    private String idtLimit() {
        int vector = trap.errorCode() > 0 ? trap.errorCode() >> 3 : trap.vector();
        int size = !cpu.protectedMode() ? 4 : cpu.longMode() ? 16 : 8;
        return "the entry of vector 0x%02x ends at offset 0x%x; IDTR holds base 0x%x, limit 0x%x%n"
                .formatted(vector, vector * size + size - 1, cpu.idtrBase, cpu.idtrLimit);
    }

    private String alignment(long address) {
        if (trap.vector() != 17) {
            return new SegmentText(moment, trap, reason).operand("%s is no multiple of what the instruction needs%n");
        }
        return "the address is 0x%x; CR0.AM is %d, EFLAGS.AC is %d, CPL is %d%n"
                .formatted(address, bit(cpu.cr0, X86Cpu.CR0_AM), cpu.flag(X86Cpu.AC) ? 1 : 0, cpu.cpl);
    }

    private String debugRegister(long dr6) {
        StringBuilder text = new StringBuilder("DR6 gets 0x%x, DR7 is 0x%x%n".formatted(dr6, cpu.dr[7]));
        for (int n = 0; n < 4; n++) {
            text.append((dr6 >> n & 1) != 0 ? "DR%d is 0x%x%n".formatted(n, cpu.dr[n]) : "");
        }
        return text.toString();
    }

    /** The mnemonic in front of which the machine stands, with its operands. */
    static String instruction(Machine moment) {
        return Listing.now(moment, Syntax.INTEL, a -> Optional.empty())
                .at(moment.cpu().pcLinear())
                .text();
    }
}
