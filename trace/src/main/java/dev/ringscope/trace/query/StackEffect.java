package dev.ringscope.trace.query;

import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import java.util.List;
import java.util.Set;

/**
 * What a block of code does to the stack pointer, as far as its instructions tell (Intel SDM vol. 1, 6.2 to 6.5).
 *
 * @param way how its last instruction goes on
 * @param released bytes that a return takes off the stack: the return address and what its immediate says
 * @param last linear address of the last instruction
 * @param next linear address of the instruction behind it
 * @param codeBase what is added to a program counter to form a linear address
 * @param rise how far above its place in front of the block the stack pointer comes, the last instruction apart
 * @param loads the first instruction that gives the stack pointer a value of another origin; as many as there are if
 *     none does
 * @param framed those values come from the frame pointer
 * @param until by how much it is moved before the first of them
 * @param sinks that is not known
 * @param moved by how much it is moved behind the last of them, a return apart and as far as it is known
 * @param took with one of them but the last, something is taken off the stack that was not put there since
 */
record StackEffect(
        Way way,
        int released,
        long last,
        long next,
        long codeBase,
        long rise,
        int loads,
        boolean framed,
        long until,
        boolean sinks,
        long moved,
        boolean took) {
    /** How a block ends. */
    enum Way {
        ON,
        CALL,
        RETURN,
        INTERRUPT_RETURN
    }

    private static final int RSP = 4, RBP = 5;
    private static final int SS = 2;
    private static final long MASK32 = 0xffff_ffffL;
    /** They name the stack pointer first and do not change it. */
    private static final Set<String> READERS = Set.of("push", "cmp", "test", "bt", "nop");

    static StackEffect of(Block block) {
        Instruction last = block.ops[block.length() - 1].instruction();
        long base = block.linear - block.pc;
        Way way = way(last);
        long rise = 0;
        long at = 0;
        boolean known = true;
        boolean framed = true;
        boolean took = false;
        boolean sinks = false;
        long moved = 0;
        long until = 0;
        int loads = block.length();
        for (int n = 0; n < block.length(); n++) {
            Instruction i = block.ops[n].instruction();
            boolean leaves = i == last && way != Way.ON;
            if (leaves || i.def == null) {
                moved -= way == Way.CALL && loads < n ? i.operandSize : 0;
                continue;
            }
            Change change = Change.of(i);
            if (change.kind == Change.Kind.LOADED || change.kind == Change.Kind.FRAMED) {
                long popped = i.def.name().equals("pop") ? i.operandSize : 0;
                took |= loads < n && moved + popped > 0;
                rise = known ? Math.max(rise, at + popped) : rise;
                until = loads < n ? until : at;
                sinks = loads < n ? sinks : !known;
                loads = Math.min(loads, n);
                framed &= change.kind == Change.Kind.FRAMED;
                moved = 0;
            }
            moved += loads <= n ? change.bytes : 0;
            known &= change.kind == Change.Kind.MOVED;
            at += change.bytes;
            rise = known ? Math.max(rise, at) : rise;
        }
        return new StackEffect(
                way,
                released(last, way),
                linear(last, base, last.address),
                linear(last, base, last.next()),
                base,
                rise,
                loads,
                framed,
                until,
                sinks,
                moved,
                took);
    }

    /** Linear address of the n-th instruction of a block. */
    static long address(Block block, int n) {
        Instruction i = block.ops[n].instruction();
        return linear(i, block.linear - block.pc, i.address);
    }

    private static long linear(Instruction i, long base, long offset) {
        return i.is64() ? base + offset : base + offset & MASK32;
    }

    private static Way way(Instruction last) {
        if (last.def == null) {
            return Way.ON;
        }
        return switch (last.def.name()) {
            case "call" -> Way.CALL;
            case "ret", "retf" -> Way.RETURN;
            case "iret" -> Way.INTERRUPT_RETURN;
            default -> Way.ON;
        };
    }

    private static int released(Instruction last, Way way) {
        if (way != Way.RETURN) {
            return 0;
        }
        int words = last.def.name().equals("retf") ? 2 : 1;
        boolean immediate = !last.encoding.operands.isEmpty();
        return words * last.operandSize + (immediate ? (int) last.imm & 0xffff : 0);
    }

    /** What one instruction does to the stack pointer. */
    private record Change(Kind kind, long bytes) {
        private enum Kind {
            /** By so many bytes, which may be 0. */
            MOVED,
            /** Down, by how much is not known. */
            LOWERED,
            /** From the frame pointer. */
            FRAMED,
            LOADED
        }

        private static final Change NONE = new Change(Kind.MOVED, 0);
        private static final Change LOWERED = new Change(Kind.LOWERED, 0);
        private static final Change FRAMED = new Change(Kind.FRAMED, 0);
        private static final Change LOADED = new Change(Kind.LOADED, 0);

        private static Change by(long bytes) {
            return new Change(Kind.MOVED, bytes);
        }

        static Change of(Instruction i) {
            int w = i.operandSize;
            return switch (i.def.name()) {
                case "push", "pushf" -> by(-w);
                case "popf" -> by(w);
                case "pop" -> namesStack(i) || segment(i) == SS ? LOADED : by(w);
                case "pusha" -> by(-8L * w);
                case "popa" -> by(8L * w);
                case "enter" -> LOWERED;
                case "leave" -> FRAMED;
                case "lss" -> LOADED;
                case "mov" -> namesStack(i) ? copied(i) : segment(i) == SS ? LOADED : NONE;
                case "add", "sub" -> namesStack(i) ? added(i) : NONE;
                case "inc" -> namesStack(i) ? by(1) : NONE;
                case "dec" -> namesStack(i) ? by(-1) : NONE;
                case "and" -> namesStack(i) ? LOWERED : NONE;
                case "lea" -> namesStack(i) ? pointed(i) : NONE;
                case "xchg" -> exchangesStack(i) ? LOADED : NONE;
                default -> namesStack(i) && !READERS.contains(i.def.name()) ? LOADED : NONE;
            };
        }

        private static Change copied(Instruction i) {
            boolean framed = i.registerForm() && (i.rm == RBP || i.reg == RBP);
            return framed ? FRAMED : LOADED;
        }

        private static Change pointed(Instruction i) {
            if (i.index >= 0) {
                return LOADED;
            }
            return i.base == RSP ? by(i.disp) : i.base == RBP ? FRAMED : LOADED;
        }

        private static Change added(Instruction i) {
            boolean subtracted = i.def.name().equals("sub");
            if (i.encoding.operands.getLast().kind() != Operand.Kind.I) {
                return subtracted ? LOWERED : LOADED;
            }
            return by(subtracted ? -i.imm : i.imm);
        }

        private static int segment(Instruction i) {
            if (i.encoding.operands.isEmpty()) {
                return -1;
            }
            Operand first = i.encoding.operands.getFirst();
            if (first.kind() == Operand.Kind.S) {
                return i.reg;
            }
            return first.kind() == Operand.Kind.SEGMENT ? first.register() : -1;
        }

        /** The first operand, which is the one that is written, is the stack pointer. */
        private static boolean namesStack(Instruction i) {
            List<Operand> operands = i.encoding.operands;
            return !operands.isEmpty() && isStack(i, operands.getFirst());
        }

        private static boolean exchangesStack(Instruction i) {
            return i.encoding.operands.stream().anyMatch(operand -> isStack(i, operand));
        }

        private static boolean isStack(Instruction i, Operand operand) {
            Operand.Kind kind = operand.kind();
            boolean inRm =
                    kind == Operand.Kind.Z || (kind == Operand.Kind.E || kind == Operand.Kind.R) && i.registerForm();
            return operand.size() != Operand.Size.B
                    && (inRm && i.rm == RSP
                            || kind == Operand.Kind.G && i.reg == RSP
                            || kind == Operand.Kind.REGISTER && operand.register() == RSP);
        }
    }
}
