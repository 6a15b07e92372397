package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An instruction's definition: the annotated method and what its signature and annotation say. */
public final class Def {
    /**
     * What one entry of {@link Insn#ops} is: an operand by number, the carry flag, or the condition.
     *
     * @param low the low half of a 16-byte operand, whichever half is being computed
     */
    public record Use(int operand, boolean read, boolean written, boolean carry, boolean condition, boolean low) {}

    private static final List<String> OPERAND_LETTERS = List.of("a", "b", "d");

    public final Method method;
    public final Insn insn;
    public final List<Encoding> encodings = new ArrayList<>();
    public final List<Use> uses = new ArrayList<>();
    public final boolean takesCpu;
    /** Takes MXCSR, sets its flags and leaves unmasked exceptions in it, for which the emitter raises #XM. */
    public final boolean takesMxcsr;

    public final boolean takesWidth;
    public final boolean takesInstruction;
    /** The halves of a, then those of b, go to the method two by two (ops {@code "=a:b"}). */
    public final boolean pairwise;
    /** The method takes the carry flag, or whether the condition holds. */
    final boolean readsFlags;
    /** The method returns a value that goes to the written operand. */
    public final boolean returns;

    /** {@link Insn#role}. */
    final Role role;

    private final String name;
    private final String flags;
    /** {@link Insn#name} and {@link Insn#att}, read once: they come from a proxy. */
    final String pattern;

    final String attPattern;

    /** For those who emit calls; made when the first of them asks, because most definitions are never emitted. */
    private ClassDesc owner;

    private MethodTypeDesc type;

    Def(Method method, Insn insn) {
        this.method = method;
        this.insn = insn;
        pattern = insn.name().isEmpty() ? withoutUnderscore(method.getName()) : insn.name();
        attPattern = insn.att();
        flags = insn.flags();
        role = insn.role();
        name = Mnemonic.plain(pattern);
        if (!Modifier.isStatic(method.getModifiers())) {
            throw new IllegalArgumentException(method + " must be static");
        }
        List<Class<?>> parameters = new ArrayList<>(Arrays.asList(method.getParameterTypes()));
        takesCpu = !parameters.isEmpty() && Cpu.class.isAssignableFrom(parameters.getFirst());
        if (takesCpu) {
            parameters.removeFirst();
        }
        takesMxcsr = !parameters.isEmpty() && parameters.getFirst() == Mxcsr.class;
        if (takesMxcsr) {
            parameters.removeFirst();
        }
        takesWidth = !parameters.isEmpty() && parameters.getFirst() == int.class;
        if (takesWidth) {
            parameters.removeFirst();
        }
        takesInstruction = !parameters.isEmpty() && parameters.getFirst() == Instruction.class;
        if (takesInstruction) {
            parameters.removeFirst();
        }
        String ops = insn.ops();
        pairwise = ops.contains(":");
        returns = method.getReturnType() == long.class;
        if (!ops.isEmpty()) {
            for (String entry : ops.replace(':', ',').split(",")) {
                uses.add(use(entry));
            }
        }
        readsFlags = ops.contains("c"); // carry flag or condition
        checkParameters(parameters);
        for (String encoding : insn.enc()) {
            encodings.add(new Encoding(this, encoding));
        }
    }

    ClassDesc owner() {
        if (owner == null) {
            owner = method.getDeclaringClass().describeConstable().orElseThrow();
        }
        return owner;
    }

    MethodTypeDesc type() {
        if (type == null) {
            type = MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                    .describeConstable()
                    .orElseThrow();
        }
        return type;
    }

    /** Names that are words of the Java language have an underscore behind them. */
    private static String withoutUnderscore(String name) {
        return name.endsWith("_") ? name.substring(0, name.length() - 1) : name;
    }

    private static Use use(String text) {
        if (text.equals("cc")) {
            return new Use(-1, true, false, false, true, false);
        }
        if (text.equals("c")) {
            return new Use(-1, true, false, true, false, false);
        }
        boolean written = text.startsWith("=") || text.startsWith(">");
        boolean low = text.endsWith("0");
        int operand = OPERAND_LETTERS.indexOf(text.substring(written ? 1 : 0, text.length() - (low ? 1 : 0)));
        if (operand < 0) {
            throw new IllegalArgumentException("ops entry " + text + " is none of a, b, d, c, cc, with = or > or 0");
        }
        return new Use(operand, !text.startsWith(">"), written, false, false, low);
    }

    private void checkParameters(List<Class<?>> values) {
        List<Class<?>> expected = new ArrayList<>();
        for (Use use : uses) {
            if (use.read()) {
                expected.add(use.condition() ? boolean.class : long.class);
            }
        }
        if (!values.equals(expected)) {
            throw new IllegalArgumentException(
                    "%s: the ops give %s, the method takes %s".formatted(method, expected, values));
        }
        if (returns != (writesOperand() || !flags.isEmpty())) {
            throw new IllegalArgumentException(
                    method + ": a method returns a value exactly if an operand is written or a flag rule needs it");
        }
    }

    private boolean writesOperand() {
        for (Use use : uses) {
            if (use.written()) {
                return true;
            }
        }
        return false;
    }

    public String name() {
        return name;
    }

    /** The emitter loads and stores nothing for it. */
    boolean takesInstructionOnly() {
        return uses.isEmpty();
    }

    /** Nothing is given to it, and it can do nothing. */
    boolean idle() {
        return uses.isEmpty()
                && !takesCpu
                && !takesInstruction
                && encodings.stream().noneMatch(e -> e.has("end"));
    }

    /** It can change nothing but general registers, arithmetic flags, memory and the program counter. */
    public boolean integerOnly() {
        return !uses.isEmpty()
                && encodings.stream()
                        .flatMap(e -> e.operands.stream())
                        .noneMatch(o -> o.kind().xmm() || o.kind().mmx())
                && encodings.stream().noneMatch(e -> e.has("end"));
    }

    /** The rule of {@link Flags} for its flags; empty if it sets none, or sets them itself. */
    public String flags() {
        return flags;
    }

    @Override
    public String toString() {
        return name;
    }
}
