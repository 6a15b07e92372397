package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Optional;

/** An access that a segment refused: which segment, what it is, and the offset that the instruction made. */
final class SegmentText {
    private static final String[] NAMES = {"ES", "CS", "SS", "DS", "FS", "GS"};

    private final Machine moment;
    private final X86Cpu cpu;
    private final Event.Trap trap;
    private final Reason reason;
    private final Optional<Instruction> instruction;

    SegmentText(Machine moment, Event.Trap trap, Reason reason) {
        this.moment = moment;
        cpu = moment.cpu();
        this.trap = trap;
        this.reason = reason;
        instruction = Listing.now(moment, Syntax.INTEL, a -> Optional.empty()).decoded(cpu.pcLinear());
    }

    String text() {
        long detail = trap.reasonDetail();
        Optional<Instruction> accessing =
                instruction.filter(i -> i.memory && cpu.seg[i.segment].selector == detail && !cpu.code64());
        if (accessing.isPresent()) {
            Instruction i = accessing.get();
            return "offset 0x%x in %s%n".formatted(cpu.effective(i), describe(i.segment));
        }
        if (reason == Reason.NULL_SELECTOR) {
            return "the selector is %04x%n".formatted(detail);
        }
        if (reason == Reason.SEGMENT_LIMIT && trap.vector() == 13 && detail != cpu.seg[Instruction.DS].selector) {
            return "offset 0x%x; %s%n".formatted(detail, describe(Instruction.CS));
        }
        for (int n : new int[] {Instruction.SS, 3, 0, 4, 5, 1}) {
            if (cpu.seg[n].selector == detail && (trap.vector() == 12) == (n == Instruction.SS)) {
                return "%s%n".formatted(describe(n)) + (n == Instruction.SS ? stackPointer() : "");
            }
        }
        return "it looked at 0x%x%n".formatted(detail);
    }

    private String stackPointer() {
        return "SP is 0x%x%n".formatted(cpu.r[X86Cpu.RSP]);
    }

    private String describe(int segment) {
        Segment s = cpu.seg[segment];
        String type = cpu.protectedMode() && !cpu.v86() ? DescriptorText.segment(s, cpu.longMode()) : "";
        return "%s: selector %04x, base 0x%x, limit 0x%x%s%s"
                .formatted(NAMES[segment], s.selector, s.base, s.limit, type, s.present() ? "" : ", not usable");
    }

    /**
     * A sentence about the address of the instruction's memory operand; nothing if it has none. @param format takes it
     */
    String operand(String format) {
        return instruction
                .filter(i -> i.memory)
                .map(i -> format.formatted("0x%x".formatted(address(i))))
                .orElse("");
    }

    private long address(Instruction i) {
        boolean based = !cpu.code64() || i.segment >= Instruction.FS;
        return cpu.effective(i) + (based ? cpu.seg[i.segment].base : 0);
    }

    /** The words that IRET or a far RET was about to take. */
    String stackTop() {
        int width = instruction.map(i -> i.operandSize).orElse(cpu.codeSize());
        long top = cpu.code64() ? cpu.r[X86Cpu.RSP] : cpu.seg[Instruction.SS].base + (cpu.r[X86Cpu.RSP] & 0xffff_ffffL);
        byte[] bytes = new byte[5 * width];
        int there = View.linear(moment).read(top, bytes);
        StringBuilder text = new StringBuilder("on the stack at 0x%x:".formatted(top));
        for (int at = 0; at + width <= there; at += width) {
            long mask = width == 8 ? -1 : (1L << 8 * width) - 1;
            text.append(" 0x%x".formatted(LittleEndian.get(bytes, at, width) & mask));
        }
        return text.append("; EFLAGS is 0x%x%n".formatted(cpu.eflags())).toString();
    }
}
