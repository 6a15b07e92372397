package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.List;

/**
 * Where an operand of a decoded instruction is, for those who follow values instead of computing them.
 *
 * @param register number in its file; of {@link Kind#HIGH_BYTE} the register whose second byte it is
 * @param bytes how many; 0 where the definition decides
 */
public record OperandPlace(Kind kind, int register, int bytes) {
    /** What holds it. */
    public enum Kind {
        GENERAL,
        /** AH, CH, DH, BH. */
        HIGH_BYTE,
        XMM,
        MMX,
        SEGMENT,
        /** A control register. */
        CONTROL,
        /** ST(register). */
        ST,
        MEMORY,
        IMMEDIATE,
        /** None of these, or what only the definition knows. */
        OTHER
    }

    /** One for each operand, in the order of the encoding. */
    public static List<OperandPlace> of(Instruction i) {
        List<OperandPlace> places = new ArrayList<>();
        for (Shape.Slot slot : Shape.of(i, false).slots()) {
            places.add(of(i, slot));
        }
        return places;
    }

    private static OperandPlace of(Instruction i, Shape.Slot slot) {
        Operand operand = slot.operand();
        return switch (slot.place()) {
            case MEMORY -> new OperandPlace(Kind.MEMORY, -1, slot.bytes());
            case IMMEDIATE, ONE -> new OperandPlace(Kind.IMMEDIATE, -1, slot.bytes());
            case FIRST, SECOND -> inRegister(i, slot);
            case OTHER ->
                switch (operand.kind()) {
                    case SEGMENT -> new OperandPlace(Kind.SEGMENT, operand.register(), 2);
                    case S -> new OperandPlace(Kind.SEGMENT, i.reg & 7, 2);
                    case C -> new OperandPlace(Kind.CONTROL, i.reg, slot.bytes());
                    case ST0 -> new OperandPlace(Kind.ST, 0, 10);
                    case STI -> new OperandPlace(Kind.ST, i.rm & 7, 10);
                    case X, Y -> new OperandPlace(Kind.MEMORY, -1, slot.bytes());
                    case A, D -> new OperandPlace(Kind.OTHER, -1, slot.bytes());
                    case E, G, R, M, Z, V, W, U, P, Q, N, REGISTER -> inRegister(i, slot);
                    case I, J, O, ONE -> new OperandPlace(Kind.IMMEDIATE, -1, slot.bytes());
                };
        };
    }

    private static OperandPlace inRegister(Instruction i, Shape.Slot slot) {
        Kind kind = switch (slot.file()) {
            case GENERAL -> Kind.GENERAL;
            case HIGH_BYTE -> Kind.HIGH_BYTE;
            case XMM -> Kind.XMM;
            case MMX -> Kind.MMX;
            case NONE -> Kind.OTHER;
        };
        return new OperandPlace(kind, slot.register(i), slot.bytes());
    }
}
