package dev.ringscope.emulator.insn;

import java.util.List;

/** Names of registers as operands (Intel SDM vol. 1, 3.4; vol. 2, 2.2.1.2), without AT&amp;T's percent sign. */
final class RegisterNames {
    /** Stands where a SIB byte names no index. */
    static final int NO_INDEX = 17;

    static final int RIP = 16;

    private static final List<String> BYTE = List.of("al", "cl", "dl", "bl", "ah", "ch", "dh", "bh");
    private static final List<String> WORD = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");
    private static final List<String> SEGMENT = List.of("es", "cs", "ss", "ds", "fs", "gs", "?", "?");

    private RegisterNames() {}

    /** @param rex a REX prefix is there: 4 to 7 are SPL, BPL, SIL, DIL and not AH to BH */
    static String general(int register, int bytes, boolean rex) {
        if (register >= 8) {
            return "r" + register + suffix(bytes);
        }
        String word = WORD.get(register);
        return switch (bytes) {
            case 1 -> rex && register >= 4 ? word + "l" : BYTE.get(register);
            case 2 -> word;
            case 4 -> "e" + word;
            case 8 -> "r" + word;
            default -> throw new IllegalArgumentException("a general register of " + bytes + " bytes");
        };
    }

    private static String suffix(int bytes) {
        return switch (bytes) {
            case 1 -> "b";
            case 2 -> "w";
            case 4 -> "d";
            default -> "";
        };
    }

    /** A base or index register; {@link #RIP} and {@link #NO_INDEX} too. */
    static String address(int register, int bytes) {
        String wide = bytes == 8 ? "r" : "e";
        return switch (register) {
            case RIP -> wide + "ip";
            case NO_INDEX -> wide + "iz";
            default -> general(register, bytes, false);
        };
    }

    static String segment(int register) {
        return SEGMENT.get(register & 7);
    }
}
