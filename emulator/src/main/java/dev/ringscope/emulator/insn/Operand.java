package dev.ringscope.emulator.insn;

import java.util.List;
import java.util.Map;

/**
 * One operand of an encoding, as the manual's opcode maps write it: where it is, and how large.
 *
 * @param register number of a fixed register (general, segment), else -1
 */
public record Operand(Kind kind, Size size, boolean aligned, int register, String text) {
    /** Where an operand is; the letters are those of Intel SDM vol. 2D, A.2.1. */
    public enum Kind {
        E,
        G,
        R,
        M,
        Z,
        I,
        J,
        O,
        A,
        S,
        C,
        D,
        V,
        W,
        U,
        P,
        Q,
        N,
        X,
        Y,
        /** A general register by name. */
        REGISTER,
        /** A segment register by name. */
        SEGMENT,
        /** The constant 1 of the shift encodings. */
        ONE,
        /** Top of the x87 stack. */
        ST0,
        /** x87 register by ModRM.rm. */
        STI;

        /** ModRM.rm, which may be memory. */
        boolean modrmRm() {
            return switch (this) {
                case E, R, M, W, U, Q, N, STI -> true;
                case G, Z, I, J, O, A, S, C, D, V, P, X, Y, REGISTER, SEGMENT, ONE, ST0 -> false;
            };
        }

        boolean xmm() {
            return this == V || this == W || this == U;
        }

        boolean mmx() {
            return this == P || this == Q || this == N;
        }
    }

    /** How large an operand is. */
    public enum Size {
        NONE,
        B,
        W,
        D,
        Q,
        X,
        T,
        /** Operand size. */
        V,
        /** 2, or 4 for operand sizes 4 and 8. */
        Z,
        /** 4, or 8 with REX.W. */
        Y,
        /** A byte, sign-extended to the operand size. */
        BS,
        /** Two of the operand size, BOUND's limits. */
        A,
        /** Two of 4, or of 8 with REX.W, bytes. */
        YY,
        /** Far pointer. */
        P;

        /** Bytes, given operand size and REX.W; 0 where there is no data. */
        public int bytes(int operandSize, boolean rexW) {
            return switch (this) {
                case NONE, P -> 0;
                case B, BS -> 1;
                case W -> 2;
                case D -> 4;
                case Q -> 8;
                case T -> 10;
                case X -> 16;
                case V -> operandSize;
                case Z -> Math.min(operandSize, 4);
                case Y -> rexW ? 8 : 4;
                case A -> 2 * operandSize;
                case YY -> rexW ? 16 : 8;
            };
        }
    }

    private static final Map<String, Operand> NAMED = Map.ofEntries(
            named("AL", Kind.REGISTER, Size.B, 0),
            named("CL", Kind.REGISTER, Size.B, 1),
            named("AX", Kind.REGISTER, Size.W, 0),
            named("DX", Kind.REGISTER, Size.W, 2),
            named("eAX", Kind.REGISTER, Size.Z, 0),
            named("rAX", Kind.REGISTER, Size.V, 0),
            named("1", Kind.ONE, Size.B, -1),
            named("ES", Kind.SEGMENT, Size.W, 0),
            named("CS", Kind.SEGMENT, Size.W, 1),
            named("SS", Kind.SEGMENT, Size.W, 2),
            named("DS", Kind.SEGMENT, Size.W, 3),
            named("FS", Kind.SEGMENT, Size.W, 4),
            named("GS", Kind.SEGMENT, Size.W, 5),
            named("ST0", Kind.ST0, Size.T, -1),
            named("STi", Kind.STI, Size.T, -1),
            named("XMM0", Kind.V, Size.X, 0),
            named("BXb", Kind.X, Size.B, 3));

    private static final Map<String, Size> SIZES = Map.ofEntries(
            Map.entry("", Size.NONE),
            Map.entry("b", Size.B),
            Map.entry("w", Size.W),
            Map.entry("d", Size.D),
            Map.entry("ss", Size.D),
            Map.entry("q", Size.Q),
            Map.entry("sd", Size.Q),
            Map.entry("x", Size.X),
            Map.entry("dq", Size.X),
            Map.entry("ps", Size.X),
            Map.entry("pd", Size.X),
            Map.entry("xu", Size.X),
            Map.entry("t", Size.T),
            Map.entry("v", Size.V),
            Map.entry("z", Size.Z),
            Map.entry("y", Size.Y),
            Map.entry("bs", Size.BS),
            Map.entry("dz", Size.D),
            Map.entry("qz", Size.Q),
            Map.entry("yz", Size.Y),
            Map.entry("yy", Size.YY),
            Map.entry("a", Size.A),
            Map.entry("p", Size.P));

    private static Map.Entry<String, Operand> named(String text, Kind kind, Size size, int register) {
        return Map.entry(text, new Operand(kind, size, false, register, text));
    }

    /** @throws IllegalArgumentException if the notation is not that of the package documentation */
    static List<Operand> parse(String list) {
        String[] texts = list.split(",");
        Operand[] operands = new Operand[texts.length];
        for (int n = 0; n < texts.length; n++) {
            operands[n] = parseOne(texts[n]);
        }
        return List.of(operands);
    }

    /** An XMM register of which a smaller result clears the rest: Vdz, Vqz, Vyz, Uqz. */
    boolean clearsRest() {
        return kind.xmm() && text.length() == 3 && text.endsWith("z");
    }

    private static Operand parseOne(String text) {
        Operand named = NAMED.get(text);
        if (named != null) {
            return named;
        }
        Size size = SIZES.get(text.substring(1));
        if (size == null) {
            throw new IllegalArgumentException("operand " + text + ": no such size");
        }
        return new Operand(Kind.valueOf(text.substring(0, 1)), size, size == Size.X && !text.endsWith("u"), -1, text);
    }
}
