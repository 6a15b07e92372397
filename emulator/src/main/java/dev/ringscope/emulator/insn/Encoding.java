package dev.ringscope.emulator.insn;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;

/** One row of {@link Insn#enc}, parsed; the notation is in the package documentation. */
public final class Encoding {
    /** Opcode maps: one byte, 0F, 0F 38, 0F 3A. */
    public static final int MAPS = 4;

    private static final Set<String> ATTRIBUTES =
            Set.of("i64", "o64", "d64", "f64", "lock", "rw", "end", "rm", "b0", "sources");

    public final Def def;
    public final String text;
    /** The prefix that must be there (0x66, 0xf3, 0xf2), 0 = none may be, -1 = any may be. */
    public final int mandatory;
    /** 0 = one byte, 1 = 0F, 2 = 0F 38, 3 = 0F 3A. */
    public final int map;

    public final int opcode;
    /** Bits of the opcode that are part of it: 0xff, 0xf8 (+r) or 0xf0 (+c). */
    public final int opcodeMask;

    public final boolean modrm;
    /** Required ModRM.reg, or -1. */
    public final int digit;
    /** Required ModRM byte, or -1. */
    public final int exact;
    /** ModRM must be a register (1) or memory (0); -1: either. */
    public final int registerForm;

    public final List<Operand> operands;
    public final Set<String> attributes;
    private final boolean modifies;

    Encoding(Def def, String text) {
        this.def = def;
        this.text = text;
        ArrayDeque<String> tokens = new ArrayDeque<>(List.of(text.split(" ")));
        mandatory = takeMandatory(tokens);
        int currentMap = 0;
        if (tokens.size() > 1 && tokens.peek().equals("0F")) {
            tokens.poll();
            currentMap = 1;
            if (tokens.peek().equals("38") || tokens.peek().equals("3A")) {
                currentMap = tokens.poll().equals("38") ? 2 : 3;
            }
        }
        map = currentMap;
        String code = tokens.poll();
        opcode = Integer.parseInt(code.substring(0, 2), 16);
        opcodeMask = code.endsWith("+r") ? 0xf8 : code.endsWith("+c") ? 0xf0 : 0xff;
        int requiredDigit = -1;
        int requiredByte = -1;
        boolean hasModrm = false;
        if (!tokens.isEmpty() && (tokens.peek().startsWith("/") || tokens.peek().startsWith("="))) {
            String form = tokens.poll();
            hasModrm = true;
            if (form.startsWith("=")) {
                requiredByte = Integer.parseInt(form.substring(1), 16);
            } else if (!form.equals("/r")) {
                requiredDigit = Integer.parseInt(form.substring(1));
            }
        }
        modrm = hasModrm;
        digit = requiredDigit;
        exact = requiredByte;
        operands = !tokens.isEmpty() && !ATTRIBUTES.contains(tokens.peek()) ? Operand.parse(tokens.poll()) : List.of();
        attributes = Set.copyOf(tokens);
        if (!ATTRIBUTES.containsAll(attributes)) {
            throw new IllegalArgumentException(text + ": attributes are " + ATTRIBUTES + ", found " + attributes);
        }
        registerForm = requiredForm();
        modifies = modifies();
    }

    private static int takeMandatory(ArrayDeque<String> tokens) {
        if (tokens.size() < 2) {
            return -1;
        }
        return switch (tokens.peek()) {
            case "NP" -> {
                tokens.poll();
                yield 0;
            }
            case "66", "F3", "F2" -> Integer.parseInt(tokens.poll(), 16);
            default -> -1;
        };
    }

    private int requiredForm() {
        if (exact >= 0) {
            return exact >= 0xc0 ? 1 : 0;
        }
        if (attributes.contains("rm")) {
            return 1;
        }
        for (Operand operand : operands) {
            switch (operand.kind()) {
                case M -> {
                    return 0;
                }
                case R, U, N, STI -> {
                    return 1;
                }
                case E, G, Z, I, J, O, A, S, C, D, V, W, P, Q, X, Y, REGISTER, SEGMENT, ONE, ST0 -> {}
            }
        }
        return -1;
    }

    /** In its memory form it writes back what it has read: the processor then checks for a write from the start. */
    public boolean modifiesMemory() {
        return modifies;
    }

    private boolean modifies() {
        boolean found = has("lock") || has("rw");
        for (Def.Use use : def.uses) {
            found |= use.read()
                    && use.written()
                    && operands.get(use.operand()).kind().modrmRm();
        }
        return found;
    }

    public boolean has(String attribute) {
        return attributes.contains(attribute);
    }

    /**
     * Whether these bytes are this encoding.
     *
     * @param prefix 0xf2, 0xf3, 0x66 or 0: the prefix that counts
     * @param modrmByte the byte behind the opcode, -1 if there is none
     */
    boolean matches(int opcodeByte, int prefix, int modrmByte, boolean mode64, boolean rexB) {
        if ((opcodeByte & opcodeMask) != opcode || mandatory >= 0 && mandatory != prefix) {
            return false;
        }
        if (has("i64") && mode64 || has("o64") && !mode64 || has("b0") && rexB) {
            return false;
        }
        if (!modrm) {
            return true;
        }
        boolean register = modrmByte >= 0xc0;
        return (digit < 0 || (modrmByte >> 3 & 7) == digit)
                && (exact < 0 || modrmByte == exact)
                && (registerForm < 0 || register == (registerForm == 1));
    }

    /** The more it demands, the earlier it is tried. */
    int demands() {
        return (mandatory >= 0 ? 4 : 0)
                + (exact >= 0 ? 8 : 0)
                + (digit >= 0 ? 2 : 0)
                + (registerForm >= 0 ? 1 : 0)
                + (has("b0") ? 1 : 0);
    }

    @Override
    public String toString() {
        return def.name() + ": " + text;
    }
}
