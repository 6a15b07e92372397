package dev.ringscope.emulator.insn;

import java.util.ArrayList;
import java.util.List;

/**
 * The kind of an operation: everything that decides which code is emitted for it, and nothing else. Two instructions of
 * the same shape share a class.
 *
 * @param slots one per operand of the encoding
 * @param segment how a memory operand becomes linear: -1 as it is, FS or GS base added (64-bit code), else checked
 *     (legacy)
 * @param condition the condition code for those that test one, else -1
 */
record Shape(
        Def def,
        int width,
        List<Slot> slots,
        boolean memory,
        boolean base,
        boolean index,
        int scale,
        boolean displacement,
        int addressSize,
        int segment,
        boolean code64,
        int condition,
        boolean logged) {

    /** Where an operand's value is. */
    enum Place {
        /** General register in {@code d}, {@code s}. */
        FIRST,
        SECOND,
        MEMORY,
        IMMEDIATE,
        ONE,
        /** The emitter does not touch it: the definition does. */
        OTHER
    }

    /** Which register file. */
    enum File {
        GENERAL,
        /** AH, CH, DH, BH. */
        HIGH_BYTE,
        XMM,
        MMX,
        NONE
    }

    record Slot(Operand operand, Place place, File file, int bytes) {
        int register(Instruction i) {
            int n = switch (operand.kind()) {
                case G, V, P -> operand.register() >= 0 ? operand.register() : i.reg;
                case REGISTER -> operand.register();
                case E, R, W, U, Q, N, Z -> i.rm;
                case M, I, J, O, A, S, C, D, X, Y, SEGMENT, ONE, ST0, STI -> 0;
            };
            return switch (file) {
                case HIGH_BYTE -> n - 4;
                case MMX -> n & 7;
                case GENERAL, XMM, NONE -> n;
            };
        }
    }

    /** The number of the register that {@link Homes} calls by this field. */
    int number(String field, Instruction i) {
        return switch (field) {
            case "b" -> i.base;
            case "x" -> i.index;
            case "d" -> number(Place.FIRST, i);
            case "s" -> number(Place.SECOND, i);
            default -> throw new IllegalArgumentException("no register field " + field);
        };
    }

    private int number(Place place, Instruction i) {
        for (Slot slot : slots) {
            if (slot.place == place) {
                return slot.register(i);
            }
        }
        throw new IllegalArgumentException(this + " has no register in place " + place);
    }

    // Every instruction that is decoded asks for its shape, most of them before the JVM has compiled anything: plain
    // loops and comparisons, which cost a tenth of streams and of what a record brings along.

    static Shape of(Instruction i, boolean logged) {
        List<Slot> slots = new ArrayList<>();
        boolean first = false;
        boolean second = false;
        for (Operand operand : i.encoding.operands) {
            Slot slot = slot(i, operand, first, second);
            first |= slot.place == Place.FIRST;
            second |= slot.place == Place.SECOND;
            slots.add(slot);
        }
        boolean usesMemory = usesMemory(slots);
        boolean condition = usesCondition(i.def);
        int segment = !usesMemory || i.mode == 8 && i.segment < Instruction.FS ? -1 : i.segment;
        return new Shape(
                i.def,
                slots.isEmpty() ? i.operandSize : width(i, slots.getFirst()),
                slots,
                usesMemory,
                usesMemory && i.base >= 0 && i.base < 16,
                usesMemory && i.index >= 0,
                usesMemory && i.index >= 0 ? i.scale : 0,
                usesMemory && i.disp != 0,
                i.addressSize,
                segment,
                i.mode == 8,
                condition ? i.opcode & 0xf : -1,
                logged && usesMemory && !i.def.takesInstructionOnly());
    }

    private static boolean usesMemory(List<Slot> slots) {
        return memorySlot(slots) != null;
    }

    private static Slot memorySlot(List<Slot> slots) {
        for (int n = 0; n < slots.size(); n++) {
            if (slots.get(n).place == Place.MEMORY) {
                return slots.get(n);
            }
        }
        return null;
    }

    /** The operand in memory, or null. */
    Slot memorySlot() {
        return memorySlot(slots);
    }

    boolean usesXmm() {
        for (int n = 0; n < slots.size(); n++) {
            if (slots.get(n).operand.kind().xmm()) {
                return true;
            }
        }
        return false;
    }

    boolean usesMmx() {
        for (int n = 0; n < slots.size(); n++) {
            if (slots.get(n).operand.kind().mmx()) {
                return true;
            }
        }
        return false;
    }

    private static boolean usesCondition(Def def) {
        for (int n = 0; n < def.uses.size(); n++) {
            if (def.uses.get(n).condition()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int hashCode() {
        int hash = def.hashCode() * 31 + width;
        for (int n = 0; n < slots.size(); n++) {
            Slot slot = slots.get(n);
            hash = hash * 31 + slot.place.ordinal() * 8 + slot.file.ordinal();
        }
        hash = hash * 31 + (base ? 1 : 0) + (index ? 2 : 0) + (displacement ? 4 : 0) + (logged ? 8 : 0) + 16 * scale;
        return (hash * 31 + condition) * 31 + segment;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s
                && def == s.def
                && width == s.width
                && memory == s.memory
                && base == s.base
                && index == s.index
                && scale == s.scale
                && displacement == s.displacement
                && addressSize == s.addressSize
                && segment == s.segment
                && code64 == s.code64
                && condition == s.condition
                && logged == s.logged
                && same(slots, s.slots);
    }

    private static boolean same(List<Slot> a, List<Slot> b) {
        boolean same = a.size() == b.size();
        for (int n = 0; same && n < a.size(); n++) {
            Slot x = a.get(n);
            Slot y = b.get(n);
            same = x.place == y.place
                    && x.file == y.file
                    && x.bytes == y.bytes
                    && (x.operand == y.operand || x.operand.equals(y.operand));
        }
        return same;
    }

    private static int width(Instruction i, Slot first) {
        return switch (first.operand.kind()) {
            case J, A -> i.operandSize;
            default -> first.bytes == 0 ? i.operandSize : first.bytes;
        };
    }

    private static Slot slot(Instruction i, Operand operand, boolean first, boolean second) {
        int bytes = operand.size().bytes(i.operandSize, (i.rex & 8) != 0);
        Place register = first ? second ? Place.OTHER : Place.SECOND : Place.FIRST;
        return switch (operand.kind()) {
            case E, M, W, Q, O ->
                i.memory
                        ? new Slot(operand, Place.MEMORY, File.NONE, bytes)
                        : new Slot(operand, register, file(i, operand, bytes, i.rm), bytes);
            case G -> new Slot(operand, register, file(i, operand, bytes, i.reg), bytes);
            case R, Z -> new Slot(operand, register, file(i, operand, bytes, i.rm), bytes);
            case REGISTER -> new Slot(operand, register, File.GENERAL, bytes);
            case V, U -> new Slot(operand, register, File.XMM, bytes);
            case P, N -> new Slot(operand, register, File.MMX, bytes);
            case I, J -> new Slot(operand, Place.IMMEDIATE, File.NONE, bytes);
            case ONE -> new Slot(operand, Place.ONE, File.NONE, bytes);
            case A, S, C, D, X, Y, SEGMENT, ST0, STI -> new Slot(operand, Place.OTHER, File.NONE, bytes);
        };
    }

    private static File file(Instruction i, Operand operand, int bytes, int number) {
        return switch (operand.kind()) {
            case W, V, U -> File.XMM;
            case Q, P, N -> File.MMX;
            default -> bytes == 1 && i.rex == 0 && number >= 4 && number < 8 ? File.HIGH_BYTE : File.GENERAL;
        };
    }
}
