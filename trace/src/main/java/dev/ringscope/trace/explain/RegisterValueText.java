package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.SystemRegisters;
import dev.ringscope.emulator.x86.X86Cpu;

/** A value that a system register refused, and which rule it breaks (Intel SDM vol. 3A, 2.5, 4.1 and 10.8.5). */
final class RegisterValueText {
    private final X86Cpu cpu;
    private final Event.Trap trap;
    private final Reason reason;
    private final String instruction;

    RegisterValueText(Machine moment, Event.Trap trap, Reason reason) {
        cpu = moment.cpu();
        this.trap = trap;
        this.reason = reason;
        instruction = CheckText.instruction(moment);
    }

    String text() {
        long value = trap.reasonDetail();
        if (instruction.startsWith("rdmsr")) {
            return "MSR 0x%08x (ECX) does not exist%n".formatted((int) cpu.r[1]);
        }
        if (instruction.startsWith("wrmsr")) {
            long written = cpu.r[2] << 32 | cpu.r[0] & 0xffff_ffffL;
            return "MSR 0x%08x (ECX) was to get 0x%x (EDX:EAX)%s%n"
                    .formatted((int) cpu.r[1], written, msrRule(written));
        }
        if (instruction.startsWith("xsetbv")) {
            return "XCR%d (ECX) was to get 0x%x (EDX:EAX)%n".formatted((int) cpu.r[1], cpu.r[2] << 32 | cpu.r[0]);
        }
        String rule = instruction.contains("cr0,")
                ? cr0Rule(value)
                : instruction.contains("cr4,") ? cr4Rule(value) : instruction.contains("cr3,") ? cr3Rule() : "";
        return "the value is 0x%x%s%n".formatted(value, rule);
    }

    private String msrRule(long value) {
        if ((int) cpu.r[1] != 0xc000_0080) {
            return reason == Reason.RESERVED_BITS ? ", which has reserved bits set" : "";
        }
        long known = X86Cpu.EFER_SCE | X86Cpu.EFER_LME | X86Cpu.EFER_LMA | X86Cpu.EFER_NXE;
        return reason == Reason.RESERVED_BITS
                ? ": EFER reserves 0x%x".formatted(value & ~known)
                : ": EFER.LME cannot change while CR0.PG is 1";
    }

    private String cr0Rule(long value) {
        if (value >>> 32 != 0) {
            return ": bits 32 to 63 are reserved";
        }
        boolean pg = (value & X86Cpu.CR0_PG) != 0;
        if (pg && (value & X86Cpu.CR0_PE) == 0) {
            return ": PG without PE";
        }
        if ((value & X86Cpu.CR0_NW) != 0 && (value & X86Cpu.CR0_CD) == 0) {
            return ": NW without CD";
        }
        return pg
                ? ": IA-32e mode cannot be entered: EFER.LME is %d, CR4.PAE is %d, CS.L is %d"
                        .formatted(
                                CheckText.bit(cpu.efer, X86Cpu.EFER_LME),
                                CheckText.bit(cpu.cr4, X86Cpu.CR4_PAE),
                                cpu.seg[1].longMode() ? 1 : 0)
                : ": paging cannot be turned off in 64-bit code, nor with CR4.PCIDE";
    }

    private String cr4Rule(long value) {
        if (reason == Reason.RESERVED_BITS) {
            return ": this processor does not have 0x%x".formatted(SystemRegisters.reservedInCr4(value));
        }
        return cpu.longMode() && (value & X86Cpu.CR4_PAE) == 0
                ? ": PAE must stay 1 in IA-32e mode"
                : ": PCIDE needs IA-32e mode and CR3[11:0] = 0; CR3 is 0x%x".formatted(cpu.cr3);
    }

    private String cr3Rule() {
        return ": it has bits above the physical address width";
    }
}
