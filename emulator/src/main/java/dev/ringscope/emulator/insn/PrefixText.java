package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.List;

/**
 * Prefixes that stand in front of the mnemonic: those with a meaning of their own (lock, rep, bnd, notrack ...) by
 * name, and those without an effect on this instruction as data16, addr32, cs, rex.W and so on. The others show in
 * mnemonic and operands.
 */
final class PrefixText {
    private final Instruction i;
    private final Syntax syntax;
    private final Mnemonic mnemonic;

    PrefixText(Instruction i, Syntax syntax) {
        this.i = i;
        this.syntax = syntax;
        mnemonic = new Mnemonic(i, syntax);
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        for (int n = 0; n < i.prefixes.length; n++) {
            int prefix = i.prefixes[n] & 0xff;
            String name = isLast(n) ? last(prefix) : plain(prefix);
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (i.rex != 0 && !rexUsed()) {
            names.add(plain(i.rex));
        }
        return names;
    }

    /** Of several prefixes of a kind, the last one counts. */
    private boolean isLast(int n) {
        for (int later = n + 1; later < i.prefixes.length; later++) {
            if (kind(i.prefixes[later] & 0xff) == kind(i.prefixes[n] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static int kind(int prefix) {
        return isSegment(prefix) ? 0x2e : (prefix & 0xf0) == 0x40 ? 0x40 : prefix;
    }

    /** The last of the segment prefixes, 0 if there is none. */
    static int lastSegment(Instruction i) {
        int last = 0;
        for (byte prefix : i.prefixes) {
            last = isSegment(prefix & 0xff) ? prefix & 0xff : last;
        }
        return last;
    }

    private static boolean isSegment(int prefix) {
        return switch (prefix) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> true;
            default -> false;
        };
    }

    /** What a prefix is called that does nothing here. */
    private String plain(int prefix) {
        return switch (prefix) {
            case 0x26, 0x2e, 0x36, 0x3e -> RegisterNames.segment(prefix >> 3 & 3);
            case 0x64, 0x65 -> RegisterNames.segment(prefix - 0x60);
            case 0x66 -> i.mode == 2 ? "data32" : "data16";
            case 0x67 -> i.mode == 4 ? "addr16" : "addr32";
            case 0xf0 -> "lock";
            case 0xf2 -> "repnz";
            case 0xf3 -> "repz";
            default -> rex(prefix);
        };
    }

    private static String rex(int prefix) {
        StringBuilder name = new StringBuilder("rex");
        for (int bit = 3; bit >= 0; bit--) {
            if ((prefix & 1 << bit) != 0) {
                name.append(name.length() == 3 ? "." : "").append("BXRW".charAt(bit));
            }
        }
        return name.toString();
    }

    private String last(int prefix) {
        boolean shown = switch (prefix) {
            case 0x66 -> operandSizeUsed();
            case 0x67 -> addressSizeUsed();
            case 0xf2, 0xf3 -> i.encoding.mandatory == prefix;
            default -> isSegment(prefix) && segmentUsed(prefix);
        };
        return shown ? "" : meaning(prefix);
    }

    private String meaning(int prefix) {
        boolean locked =
                i.memory && (i.lock && i.encoding.has("lock") || i.def.name().equals("xchg"));
        return switch (prefix) {
            case 0xf2 -> locked ? "xacquire" : boundChecked() ? "bnd" : "repnz";
            case 0xf3 -> locked || storesMove() ? "xrelease" : isString() && !comparesStrings() ? "rep" : "repz";
            case 0x3e -> indirectBranch() ? "notrack" : "ds";
            default -> plain(prefix);
        };
    }

    /** A store that can end an elided lock. */
    private boolean storesMove() {
        return i.memory
                && i.rep
                && i.def.name().equals("mov")
                && i.encoding.operands.getFirst().kind() == Operand.Kind.E;
    }

    private boolean boundChecked() {
        return i.encoding.has("f64") && i.encoding.opcode != 0xe0 && !Mnemonic.tellsAddressSize(i, Syntax.ATT);
    }

    private boolean indirectBranch() {
        return indirectBranch(i);
    }

    private static boolean indirectBranch(Instruction i) {
        return i.encoding.has("f64") && i.encoding.modrm;
    }

    /** The override that the operand shows: a 3E in front of an indirect branch is NOTRACK. */
    static int override(Instruction i) {
        return indirectBranch(i) && i.override == Instruction.DS ? -1 : i.override;
    }

    private boolean isString() {
        return i.encoding.operands.stream().anyMatch(PrefixText::stringOperand);
    }

    static boolean stringOperand(Operand operand) {
        boolean string = operand.kind() == Operand.Kind.X || operand.kind() == Operand.Kind.Y;
        return string && operand.register() < 0;
    }

    /** CMPS and SCAS, whose second operand is a source in ES. */
    private boolean comparesStrings() {
        return i.encoding.operands.get(1).kind() == Operand.Kind.Y;
    }

    private boolean segmentUsed(int prefix) {
        if (Mnemonic.hintable(i) && syntax == Syntax.ATT && (prefix == 0x2e || prefix == 0x3e)) {
            return true;
        }
        boolean string = i.encoding.operands.stream().anyMatch(o -> o.kind() == Operand.Kind.X);
        return string || i.memory && override(i) >= 0;
    }

    private boolean operandSizeUsed() {
        if (i.encoding.mandatory == 0x66) {
            return true;
        }
        if ((i.rex & 8) != 0 || i.mode == 8 && i.encoding.has("f64")) {
            return false;
        }
        return mnemonic.tellsOperandSize() || i.encoding.operands.stream().anyMatch(PrefixText::sized);
    }

    private static boolean sized(Operand operand) {
        return switch (operand.size()) {
            case V, Z, A, P -> true;
            case NONE, B, W, D, Q, X, T, Y, YY, BS -> false;
        };
    }

    private boolean addressSizeUsed() {
        if (Mnemonic.tellsAddressSize(i, syntax)) {
            return true;
        }
        boolean bare = i.mode == 2 && i.addressSize == 4 && i.base < 0 && i.index < 0;
        boolean offset = i.encoding.operands.stream().anyMatch(o -> o.kind() == Operand.Kind.O);
        boolean string =
                i.encoding.operands.stream().anyMatch(o -> o.kind() == Operand.Kind.X || o.kind() == Operand.Kind.Y);
        return string || i.memory && !bare && !offset;
    }

    private boolean rexUsed() {
        int used = mnemonic.tellsRexW() ? 8 : 0;
        boolean plain = false;
        for (Operand operand : i.encoding.operands) {
            used |= rexBits(operand);
            plain |= operand.size() == Operand.Size.B && newByteRegister(operand.kind());
        }
        int bits = i.rex & 0xf;
        return bits == 0 ? plain : (bits & ~used) == 0;
    }

    /** SPL, BPL, SIL or DIL, which need a REX prefix of whatever value. */
    private boolean newByteRegister(Operand.Kind kind) {
        return switch (kind) {
            case G -> i.reg >= 4 && i.reg < 8;
            case E, R, Z -> !i.memory && i.rm >= 4 && i.rm < 8;
            default -> false;
        };
    }

    private int rexBits(Operand operand) {
        boolean fixedSize = i.encoding.has("d64") || i.encoding.has("f64");
        int wide = switch (operand.size()) {
            case V, A -> fixedSize ? 0 : 8;
            case Y, YY -> 8;
            case NONE, B, BS, W, D, Q, X, T, Z, P -> 0;
        };
        return wide
                | switch (operand.kind()) {
                    case G, V, C, D -> 4;
                    case E, R, M, W, U -> i.memory ? addressBits() : 1;
                    case Q, N -> i.memory ? addressBits() : 0;
                    case Z -> 1;
                    case I, J, O, A, S, P, X, Y, REGISTER, SEGMENT, ONE, ST0, STI -> 0;
                };
    }

    private int addressBits() {
        return (i.modrm & 7) == 4 ? 3 : 1;
    }
}
