package dev.ringscope.cli.symbols;

import dev.ringscope.cli.symbols.Orc.Base;
import dev.ringscope.cli.symbols.Orc.Entry;
import dev.ringscope.cli.symbols.Orc.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * ORC entries as DWARF call frame information (DWARF 4, 6.4), numbered as in the System V ABI for AMD64, figure 3.36.
 */
final class DebugFrame {
    /** So many entries share a description: gdb reads it from its start to the address it wants. */
    private static final int LONGEST = 64;

    private static final int ADVANCE = 0x40, OFFSET = 0x80;
    private static final int ADVANCE_1 = 2, ADVANCE_2 = 3, ADVANCE_4 = 4, UNDEFINED = 7, SAME_VALUE = 8;
    private static final int DEF_CFA = 12,
            DEF_CFA_EXPRESSION = 15,
            EXPRESSION = 16,
            EXTENDED_OFFSET = 17,
            DEF_CFA_SF = 18;
    private static final int BREG = 0x70, DEREF = 6, PLUS_UCONST = 0x23;
    private static final int RBP = 6, RSP = 7, RA = 16;
    /** struct pt_regs from its start, eight bytes each; what the processor pushed begins with RIP. */
    private static final int[] PT_REGS = {15, 14, 13, 12, RBP, 3, 11, 10, 9, 8, 0, 2, 1, 4, 5};

    private static final int FRAME_IN_REGS = 128;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Entry> entries;

    private DebugFrame(List<Entry> entries) {
        this.entries = entries;
    }

    /** The bytes of a section .debug_frame. */
    static byte[] of(List<Entry> entries) {
        DebugFrame frame = new DebugFrame(entries);
        int calls = frame.common("");
        int interrupts = frame.common("S"); // there the address is one that did not run yet, not a return address
        for (int i = 0; i + 1 < entries.size(); ) {
            int end = frame.end(i);
            frame.description(i, end, isInterrupt(entries.get(i)) ? interrupts : calls);
            i = end;
        }
        return frame.out.toByteArray();
    }

    private static boolean isInterrupt(Entry entry) {
        return entry.kind() == Kind.REGISTERS || entry.kind() == Kind.INTERRUPT_FRAME;
    }

    private int end(int start) {
        int end = start + 1;
        while (end + 1 < entries.size()
                && end - start < LONGEST
                && isInterrupt(entries.get(end)) == isInterrupt(entries.get(start))) {
            end++;
        }
        return end;
    }

    private int common(String augmentation) {
        int offset = out.size();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        number(body, 4, 0xffff_ffffL);
        body.write(1); // version
        body.writeBytes(augmentation.getBytes(StandardCharsets.US_ASCII));
        body.write(0);
        body.write(1); // code alignment
        body.write(0x78); // data alignment, -8
        body.write(RA);
        unit(body);
        return offset;
    }

    private void description(int from, int to, int common) {
        long start = entries.get(from).address();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        number(body, 4, common);
        number(body, 8, start);
        number(body, 8, entries.get(to).address() - start);
        long at = start;
        for (Entry entry : entries.subList(from, to)) {
            advance(body, entry.address() - at);
            at = entry.address();
            rules(body, entry);
        }
        unit(body);
    }

    private void unit(ByteArrayOutputStream body) {
        while (body.size() % 8 != 4) {
            body.write(0); // DW_CFA_nop
        }
        number(out, 4, body.size());
        out.writeBytes(body.toByteArray());
    }

    private static void number(ByteArrayOutputStream to, int size, long value) {
        to.write(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                0,
                size);
    }

    private static void unsigned(ByteArrayOutputStream to, long value) {
        long rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            to.write((int) rest & 0x7f | 0x80);
        }
        to.write((int) rest);
    }

    private static void signed(ByteArrayOutputStream to, long value) {
        long rest = value;
        for (; rest < -64 || rest > 63; rest >>= 7) {
            to.write((int) rest & 0x7f | 0x80);
        }
        to.write((int) rest & 0x7f);
    }

    private static void advance(ByteArrayOutputStream to, long distance) {
        if (distance == 0) {
            return;
        }
        if (distance < 0x40) {
            to.write(ADVANCE | (int) distance);
        } else {
            int size = distance < 0x100 ? 1 : distance < 0x10000 ? 2 : 4;
            to.write(size == 1 ? ADVANCE_1 : size == 2 ? ADVANCE_2 : ADVANCE_4);
            number(to, size, distance);
        }
    }

    private static void rules(ByteArrayOutputStream to, Entry entry) {
        switch (entry.kind()) {
            case END -> {
                definition(to, Base.SP, 8);
                to.write(UNDEFINED);
                unsigned(to, RA);
            }
            case CALL -> {
                definition(to, entry.sp(), entry.spOffset());
                saved(to, RA, -8);
                callersRbp(to, entry);
            }
            case REGISTERS -> {
                definition(to, entry.sp(), entry.spOffset());
                for (int i = 0; i < PT_REGS.length; i++) {
                    saved(to, PT_REGS[i], 8 * i);
                }
                saved(to, RA, FRAME_IN_REGS);
                saved(to, RSP, FRAME_IN_REGS + 24);
            }
            case INTERRUPT_FRAME -> {
                definition(to, entry.sp(), entry.spOffset());
                for (int register : PT_REGS) {
                    unchanged(to, register);
                }
                saved(to, RA, 0);
                saved(to, RSP, 24);
            }
        }
    }

    /** The canonical frame address: the caller's RSP, or the start of what an interrupt left. */
    private static void definition(ByteArrayOutputStream to, Base base, int offset) {
        if (base == Base.BP_INDIRECT || base == Base.SP_INDIRECT) {
            ByteArrayOutputStream expression = new ByteArrayOutputStream();
            boolean bp = base == Base.BP_INDIRECT;
            expression.write(BREG + (bp ? RBP : RSP));
            signed(expression, bp ? offset : 0);
            expression.write(DEREF);
            if (!bp && offset != 0) {
                expression.write(PLUS_UCONST);
                unsigned(expression, offset);
            }
            to.write(DEF_CFA_EXPRESSION);
            unsigned(to, expression.size());
            to.writeBytes(expression.toByteArray());
        } else {
            to.write(offset < 0 ? DEF_CFA_SF : DEF_CFA);
            unsigned(to, register(base));
            if (offset < 0) {
                signed(to, -offset / 8);
            } else {
                unsigned(to, offset);
            }
        }
    }

    private static int register(Base base) {
        return switch (base) {
            case DX -> 1;
            case DI -> 5;
            case BP -> RBP;
            case R10 -> 10;
            case R13 -> 13;
            case SP, UNDEFINED, PREV_SP, BP_INDIRECT, SP_INDIRECT -> RSP;
        };
    }

    private static void callersRbp(ByteArrayOutputStream to, Entry entry) {
        if (entry.bp() == Base.PREV_SP) {
            saved(to, RBP, entry.bpOffset());
        } else if (entry.bp() == Base.BP) {
            ByteArrayOutputStream place = new ByteArrayOutputStream();
            place.write(BREG + RBP);
            signed(place, entry.bpOffset());
            to.write(EXPRESSION);
            unsigned(to, RBP);
            unsigned(to, place.size());
            to.writeBytes(place.toByteArray());
        } else {
            unchanged(to, RBP);
        }
    }

    private static void unchanged(ByteArrayOutputStream to, int register) {
        to.write(SAME_VALUE);
        unsigned(to, register);
    }

    /** @param distance from the canonical frame address, a multiple of eight */
    private static void saved(ByteArrayOutputStream to, int register, int distance) {
        if (distance < 0) {
            to.write(OFFSET | register);
            unsigned(to, -distance / 8);
        } else {
            to.write(EXTENDED_OFFSET);
            unsigned(to, register);
            signed(to, -distance / 8);
        }
    }
}
