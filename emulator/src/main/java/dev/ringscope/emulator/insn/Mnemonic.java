package dev.ringscope.emulator.insn;

import java.util.List;
import java.util.stream.Stream;

/**
 * The mnemonic of a decoded instruction, from the pattern in {@link Insn#name} or {@link Insn#att}. AT&amp;T writes the
 * operand size as a letter behind it where no register operand tells it.
 */
final class Mnemonic {
    private static final List<String> CONDITIONS =
            List.of("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g");
    private static final List<String> PREDICATES = List.of("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord");
    private static final String MARKS = "~^#%<>?*";

    private final Instruction i;
    private final Syntax syntax;

    Mnemonic(Instruction i, Syntax syntax) {
        this.i = i;
        this.syntax = syntax;
    }

    /** A pattern's first name, without marks: what the definition is called. */
    static String plain(String pattern) {
        StringBuilder name = new StringBuilder();
        for (int n = 0; n < pattern.length() && "|/".indexOf(pattern.charAt(n)) < 0; n++) {
            if (MARKS.indexOf(pattern.charAt(n)) < 0) {
                name.append(pattern.charAt(n));
            }
        }
        return name.toString();
    }

    /** The immediate is a comparison's predicate and part of the mnemonic. */
    static boolean namesPredicate(Instruction i) {
        return i.def.pattern.contains("*") && (i.imm & 0xff) < PREDICATES.size();
    }

    /** The mnemonic differs with the operand size, so 66 is not in vain. */
    boolean tellsOperandSize() {
        String pattern = i.def.pattern;
        return pattern.contains("#") && i.mode != 8
                || pattern.contains("~") && !unusualSize().isEmpty()
                || pattern.chars().filter(c -> c == '|').count() == 2;
    }

    /** The mnemonic differs with REX.W. */
    boolean tellsRexW() {
        String pattern = pattern(i.def, syntax);
        return pattern.contains("|")
                || pattern.contains("^")
                || pattern.contains("~")
                        && defaultSize(i) != 8
                        && !unusualSize().isEmpty();
    }

    /** The mnemonic differs with the address size. */
    static boolean tellsAddressSize(Instruction i, Syntax syntax) {
        String pattern = pattern(i.def, syntax);
        return pattern.contains("/") || pattern.contains("%");
    }

    private static String pattern(Def def, Syntax syntax) {
        return syntax == Syntax.ATT && !def.attPattern.isEmpty() ? def.attPattern : def.pattern;
    }

    String text() {
        String pattern = pattern(i.def, syntax);
        String text = expand(choose(pattern));
        if (i.def.uses.stream().anyMatch(Def.Use::condition)) {
            text += CONDITIONS.get(i.opcode & 0xf);
        }
        if (wideImmediate()) {
            text += "abs";
        }
        if (syntax == Syntax.INTEL) {
            return text;
        }
        text += hint();
        return i.def.attPattern.isEmpty() && !pattern.contains("~") ? reversed(text) + sizeLetter() : text;
    }

    /** What a segment prefix says about a conditional jump; Intel's syntax shows the prefix. */
    private String hint() {
        if (!hintable(i)) {
            return "";
        }
        return switch (PrefixText.lastSegment(i)) {
            case 0x2e -> ",pn";
            case 0x3e -> ",pt";
            default -> "";
        };
    }

    /** A jump that may be taken or not. */
    static boolean hintable(Instruction i) {
        boolean jump =
                !i.encoding.operands.isEmpty() && i.encoding.operands.getFirst().kind() == Operand.Kind.J;
        return jump && !i.def.pattern.contains("~");
    }

    private String choose(String pattern) {
        if (pattern.contains("/")) {
            return pattern.split("/")[Integer.numberOfTrailingZeros(i.addressSize) - 1];
        }
        String[] names = pattern.split("\\|");
        return switch (names.length) {
            case 1 -> pattern;
            case 2 -> names[(i.rex & 8) != 0 ? 1 : 0];
            default -> names[Integer.numberOfTrailingZeros(i.operandSize) - 1];
        };
    }

    private String expand(String pattern) {
        StringBuilder text = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            switch (c) {
                case '~' -> text.append(unusualSize());
                case '^' -> text.append(i.mode == 8 ? letter(i.operandSize == 8 ? 8 : 4) : "");
                case '#' -> text.append(i.mode == 8 ? "" : letter(i.operandSize));
                case '%' -> text.append(i.addressSize == i.mode ? "" : letter(i.addressSize));
                case '<' -> text.append(letter(bytes(i.encoding.operands.get(1))));
                case '>' -> text.append(letter(bytes(i.encoding.operands.get(0))));
                case '?' -> text.append(i.memory ? memoryLetter() : "");
                case '*' -> text.append(namesPredicate(i) ? PREDICATES.get((int) i.imm & 7) : "");
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    /** Outside 64-bit code, an operand of y bytes can only have 4. */
    private String memoryLetter() {
        boolean onlySize = memoryOperand().size() == Operand.Size.Y && i.mode != 8;
        return onlySize ? "" : letter(bytes(memoryOperand()));
    }

    /** The size's letter where it is not the one that instruction has by itself, and no operand tells it. */
    private String unusualSize() {
        boolean told = i.encoding.operands.stream().anyMatch(this::tellsSize);
        boolean idle = x87() && i.operandSize == 8;
        return i.operandSize == defaultSize(i) || told || idle ? "" : letter(i.operandSize);
    }

    private boolean tellsSize(Operand operand) {
        return switch (operand.kind()) {
            case Z, R -> true;
            case E -> !i.memory || syntax == Syntax.INTEL;
            case M, A -> syntax == Syntax.INTEL && operand.size() != Operand.Size.NONE;
            case J -> operand.size() == Operand.Size.B;
            default -> false;
        };
    }

    private static int defaultSize(Instruction i) {
        boolean stack = i.encoding.has("d64") || i.encoding.has("f64");
        return i.mode == 8 && !stack ? 4 : i.mode;
    }

    private boolean wideImmediate() {
        return i.mode == 8
                && i.encoding.operands.stream()
                        .anyMatch(o -> o.kind() == Operand.Kind.I && o.size() == Operand.Size.V && i.operandSize == 8
                                || o.kind() == Operand.Kind.O && i.addressSize == 8);
    }

    /** AT&amp;T's assembler once swapped these two names where the result does not go to ST(0), and keeps doing so. */
    private String reversed(String text) {
        boolean swapped = text.startsWith("fsub") || text.startsWith("fdiv");
        if (!swapped
                || i.encoding.operands.isEmpty()
                || i.encoding.operands.getFirst().kind() != Operand.Kind.STI) {
            return text;
        }
        String stem = text.substring(0, 4);
        String rest = text.substring(4);
        return rest.startsWith("r") ? stem + rest.substring(1) : stem + "r" + rest;
    }

    private String sizeLetter() {
        boolean string = i.encoding.operands.stream().anyMatch(PrefixText::stringOperand);
        if (!i.memory && !string || i.encoding.operands.stream().anyMatch(this::registerTellsSize)) {
            return "";
        }
        boolean ambiguous =
                i.def.encodings.stream().flatMap(this::memorySizes).distinct().count() > 1;
        return ambiguous ? letter(bytes(memoryOperand())) : "";
    }

    private boolean registerTellsSize(Operand operand) {
        return switch (operand.kind()) {
            case G, R, Z, S, C, D, V, P, U, N, SEGMENT -> true;
            case REGISTER -> operand.register() == 0;
            case W, Q -> !i.memory;
            case E, M, I, J, O, A, X, Y, ONE, ST0, STI -> false;
        };
    }

    private Stream<Integer> memorySizes(Encoding encoding) {
        return encoding.operands.stream()
                .filter(Mnemonic::inMemory)
                .flatMap(o -> o.size() == Operand.Size.V || o.size() == Operand.Size.Z
                        ? Stream.of(2, 4, 8)
                        : Stream.of(o.size().bytes(4, false)));
    }

    private Operand memoryOperand() {
        return i.encoding.operands.stream()
                .filter(Mnemonic::inMemory)
                .findFirst()
                .orElseThrow();
    }

    private static boolean inMemory(Operand operand) {
        return switch (operand.kind()) {
            case E, M, W, Q, X, Y, O -> true;
            case G, R, Z, I, J, A, S, C, D, V, U, P, N, REGISTER, SEGMENT, ONE, ST0, STI -> false;
        };
    }

    private int bytes(Operand operand) {
        return operand.size().bytes(i.operandSize, (i.rex & 8) != 0);
    }

    private boolean x87() {
        return i.encoding.map == 0 && (i.encoding.opcode & 0xf8) == 0xd8;
    }

    private String letter(int bytes) {
        boolean x87 = syntax == Syntax.ATT && x87();
        boolean integer = !x87 || i.def.name().startsWith("fi") || i.def.pattern.contains("~");
        return switch (bytes) {
            case 1 -> "b";
            case 2 -> x87 ? "s" : "w";
            case 4 -> integer ? syntax == Syntax.ATT ? "l" : "d" : "s";
            case 8 -> x87 ? integer ? "ll" : "l" : "q";
            case 10 -> "t";
            default -> "";
        };
    }
}
