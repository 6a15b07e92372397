package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The operands of a decoded instruction in writing. */
final class OperandText {
    private final Instruction i;
    private final Syntax syntax;
    private final SymbolLookup symbols;
    private boolean immediateSeen;

    OperandText(Instruction i, Syntax syntax, SymbolLookup symbols) {
        this.i = i;
        this.syntax = syntax;
        this.symbols = symbols;
    }

    String text() {
        List<String> texts = new ArrayList<>();
        for (Operand operand : i.encoding.operands) {
            boolean silent = operand.kind() == Operand.Kind.ONE && syntax == Syntax.ATT
                    || operand.kind() == Operand.Kind.I && Mnemonic.namesPredicate(i);
            if (!silent) {
                texts.add(text(operand));
            }
        }
        if (syntax == Syntax.ATT && !i.encoding.has("sources")) {
            Collections.reverse(texts);
        }
        return String.join(",", texts);
    }

    private String text(Operand operand) {
        return switch (operand.kind()) {
            case E, R, M, W, U, Q, N -> i.memory ? memory(operand) : indirect() + register(operand, i.rm);
            case G, V, P -> register(operand, operand.register() >= 0 ? operand.register() : i.reg);
            case Z -> register(operand, i.rm);
            case REGISTER -> fixed(operand);
            case I -> immediate(operand);
            case J -> Disassembler.address(i.imm, symbols);
            case O -> MemoryText.offset(i, syntax);
            case A -> far();
            case S -> mark(RegisterNames.segment(i.reg));
            case SEGMENT -> mark(RegisterNames.segment(operand.register()));
            case C -> mark("cr" + i.reg);
            case D -> mark((syntax == Syntax.ATT ? "db" : "dr") + i.reg);
            case X -> pointer(operand) + MemoryText.string(i, syntax, i.segment, operand.register() < 0 ? 6 : 3);
            case Y -> pointer(operand) + MemoryText.string(i, syntax, Instruction.ES, 7);
            case ONE -> "1";
            case ST0 -> mark("st");
            case STI -> mark("st(" + (i.modrm & 7) + ")");
        };
    }

    private String mark(String register) {
        return syntax == Syntax.ATT ? "%" + register : register;
    }

    private String register(Operand operand, int number) {
        if (operand.kind().xmm()) {
            return mark("xmm" + number);
        }
        if (operand.kind().mmx()) {
            return mark("mm" + (number & 7));
        }
        return mark(RegisterNames.general(number, bytes(operand), i.rex != 0));
    }

    /** AT&amp;T writes a port number in DX as if it were an address. */
    private String fixed(Operand operand) {
        String name = register(operand, operand.register());
        return syntax == Syntax.ATT && operand.register() == 2 ? "(" + name + ")" : name;
    }

    /** AT&amp;T marks the place that an indirect jump or call takes its target from. */
    private String indirect() {
        boolean indirect = i.encoding.map == 0
                && i.encoding.opcode == 0xff
                && (i.encoding.digit & 6) != 6
                && i.encoding.digit >= 2;
        return indirect && syntax == Syntax.ATT ? "*" : "";
    }

    private String memory(Operand operand) {
        return pointer(operand) + indirect() + new MemoryText(i, syntax).text();
    }

    private String pointer(Operand operand) {
        if (syntax == Syntax.ATT) {
            return "";
        }
        if (operand.size() == Operand.Size.P) {
            return i.operandSize == 2 ? "DWORD PTR " : "FWORD PTR ";
        }
        return switch (bytes(operand)) {
            case 1 -> "BYTE PTR ";
            case 2 -> "WORD PTR ";
            case 4 -> "DWORD PTR ";
            case 8 -> "QWORD PTR ";
            case 10 -> "TBYTE PTR ";
            case 16 -> operand.size() == Operand.Size.YY ? "OWORD PTR " : "XMMWORD PTR ";
            default -> "";
        };
    }

    private int bytes(Operand operand) {
        return operand.size().bytes(i.operandSize, (i.rex & 8) != 0);
    }

    private String immediate(Operand operand) {
        long value = immediateSeen ? i.imm2 : i.imm;
        immediateSeen = true;
        int width = operand.size() == Operand.Size.B ? 1 : operand.size() == Operand.Size.W ? 2 : i.operandSize;
        long mask = width == 8 ? -1 : (1L << 8 * width) - 1;
        return dollar() + Disassembler.hex(value & mask);
    }

    private String dollar() {
        return syntax == Syntax.ATT ? "$" : "";
    }

    private String far() {
        String separator = syntax == Syntax.ATT ? "," : ":";
        return dollar() + Disassembler.hex(i.imm2) + separator + dollar() + Disassembler.hex(i.imm);
    }
}
