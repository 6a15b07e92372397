package dev.ringscope.emulator.insn;

/**
 * A memory operand in writing. A displacement is shown if it is encoded, also when it is 0; {@code riz} or {@code eiz}
 * stand for the index of a SIB byte that names none and does not need to be there.
 */
final class MemoryText {
    private final Instruction i;
    private final Syntax syntax;
    /** A segment, or -1. */
    private final int override;

    private final boolean sib;
    /** The form has a displacement. */
    private final boolean displaced;

    MemoryText(Instruction i, Syntax syntax) {
        this.i = i;
        this.syntax = syntax;
        override = PrefixText.override(i);
        int mod = i.modrm >> 6;
        sib = i.addressSize != 2 && (i.modrm & 7) == 4;
        displaced = mod != 0 || i.base < 0 && i.index < 0 || i.base < 0 && sib || i.base == RegisterNames.RIP;
    }

    /** The operand that ModRM says. */
    String text() {
        if (i.addressSize == 2) {
            return segment(override) + word();
        }
        return syntax == Syntax.ATT ? segment(override) + att() : intel();
    }

    /** An address in one register, its segment always shown. */
    static String string(Instruction i, Syntax syntax, int segment, int register) {
        String base = RegisterNames.general(register, i.addressSize, false);
        return syntax == Syntax.ATT
                ? "%" + RegisterNames.segment(segment) + ":(%" + base + ")"
                : RegisterNames.segment(segment) + ":[" + base + "]";
    }

    /** An offset that stands in the instruction without ModRM. */
    static String offset(Instruction i, Syntax syntax) {
        String value = Disassembler.hex(i.disp);
        if (syntax == Syntax.ATT) {
            return (i.override < 0 ? "" : "%" + RegisterNames.segment(i.override) + ":") + value;
        }
        return RegisterNames.segment(i.segment) + ":" + value;
    }

    private String segment(int register) {
        if (register < 0) {
            return "";
        }
        return (syntax == Syntax.ATT ? "%" : "") + RegisterNames.segment(register) + ":";
    }

    private String word() {
        boolean absolute = i.base < 0;
        String displacement = displaced ? signed(absolute ? (short) i.disp : i.disp) : "";
        if (syntax == Syntax.ATT) {
            return absolute ? displacement : displacement + "(" + registers16("%", ",") + ")";
        }
        if (absolute) {
            return (override < 0 ? "ds:" : "") + Disassembler.hex(i.disp & 0xffff);
        }
        return "[" + registers16("", "+") + plus(displacement) + "]";
    }

    private String registers16(String mark, String separator) {
        String base = mark + RegisterNames.general(i.base, 2, false);
        return i.index < 0 ? base : base + separator + mark + RegisterNames.general(i.index, 2, false);
    }

    private String att() {
        if (i.base == RegisterNames.RIP) {
            return signed(distance()) + "(%" + RegisterNames.address(i.base, i.addressSize) + ")";
        }
        if (absolute()) {
            return value(i.disp);
        }
        StringBuilder text = new StringBuilder(displaced ? signed(i.disp) : "").append('(');
        if (i.base >= 0) {
            text.append('%').append(RegisterNames.address(i.base, i.addressSize));
        }
        if (showsIndex()) {
            text.append(",%").append(RegisterNames.address(index(), i.addressSize));
            text.append(',').append(1 << i.scale);
        }
        return text.append(')').toString();
    }

    private String intel() {
        if (i.base == RegisterNames.RIP) {
            String base = RegisterNames.address(i.base, i.addressSize);
            return segment(override) + "[" + base + "+" + value(distance()) + "]";
        }
        if (absolute()) {
            return segment(override < 0 ? Instruction.DS : override) + value(i.disp);
        }
        StringBuilder text = new StringBuilder(segment(override)).append('[');
        if (i.base >= 0) {
            text.append(RegisterNames.address(i.base, i.addressSize));
        }
        if (showsIndex()) {
            text.append(i.base >= 0 ? "+" : "").append(RegisterNames.address(index(), i.addressSize));
            text.append('*').append(1 << i.scale);
        }
        return text.append(displaced ? plus(signed(i.disp)) : "").append(']').toString();
    }

    /** Neither base nor index, nor anything that must be told from that. */
    private boolean absolute() {
        return i.base < 0 && i.index < 0 && !(sib && (i.scale != 0 || tellsFromPlain()));
    }

    /** Without base and index, the form with SIB shows eiz where there is one without SIB. */
    private boolean tellsFromPlain() {
        return i.mode == 4 || i.mode == 8 && i.addressSize == 4;
    }

    private boolean showsIndex() {
        if (!sib) {
            return false;
        }
        boolean needsSib = i.base >= 0 && (i.base & 7) == 4;
        return i.index >= 0 || i.scale != 0 || !needsSib;
    }

    private int index() {
        return i.index >= 0 ? i.index : RegisterNames.NO_INDEX;
    }

    private long distance() {
        return i.disp - i.address - i.length;
    }

    private String value(long displacement) {
        return Disassembler.hex(i.mode == 8 ? displacement : displacement & 0xffff_ffffL);
    }

    private static String plus(String displacement) {
        return displacement.isEmpty() || displacement.startsWith("-") ? displacement : "+" + displacement;
    }

    private static String signed(long value) {
        return value < 0 ? "-" + Disassembler.hex(-value) : Disassembler.hex(value);
    }
}
