package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.TargetDescription;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code NAME[&MASK]OPERATOR VALUE}, without the space: a comparison of a register, or of another quantity that the
 * thread knows by name, with a number; unsigned.
 */
record StopCondition(String name, Optional<Register> register, long mask, Operator operator, long value) {
    /** What the field calls a register, beside its own name. */
    private static final Map<String, String> ALIASES = Map.of("ring", "cpl");

    /** The page tables' address in CR3, without the PCID that operating systems change under it. */
    private static final long ROOT = 0x000f_ffff_ffff_f000L;

    private static final Pattern FORM = Pattern.compile("([a-z_][a-z0-9_]*)(?:&([^=!<>]*))?(!=|<=|>=|=|<|>)(.*)");

    /** How to compare. */
    enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        LESS("<"),
        GREATER(">"),
        AT_MOST("<="),
        AT_LEAST(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        boolean holds(long left, long right) {
            int order = Long.compareUnsigned(left, right);
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case GREATER -> order > 0;
                case AT_MOST -> order <= 0;
                case AT_LEAST -> order >= 0;
            };
        }

        private static Operator of(String sign) {
            return Arrays.stream(values())
                    .filter(o -> o.sign.equals(sign))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static StopCondition parse(TargetDescription description, GuestThread thread, String text) throws RefusedException {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new RefusedException("break-if: expected REGISTER=VALUE, not '" + text + "'");
        }
        String name = ALIASES.getOrDefault(form.group(1), form.group(1));
        Operator operator = Operator.of(form.group(3));
        long value = number(form.group(4));
        long mask = form.group(2) != null ? number(form.group(2)) : everyBit(name, operator, value);
        Optional<Register> register = description.registers().stream()
                .filter(r -> r.name().equals(name))
                .findFirst();
        if (register.isEmpty() && thread.quantity(name).isEmpty()) {
            throw new RefusedException("break-if: no register " + name + " in " + description.architecture());
        }
        return new StopCondition(name, register, mask, operator, value);
    }

    /** All bits; {@code cr3=ROOT} means the page tables there. */
    private static long everyBit(String name, Operator operator, long value) {
        boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
        return equality && name.equals("cr3") && (value & ~ROOT) == 0 ? ROOT : -1;
    }

    /** Whether it does for this thread; what is not known is not as asked for. */
    boolean holds(GuestThread thread) {
        OptionalLong now = now(thread);
        return now.isPresent() && operator.holds(now.getAsLong() & mask, value);
    }

    private OptionalLong now(GuestThread thread) {
        if (register.isEmpty()) {
            return thread.quantity(name);
        }
        byte[] bytes = thread.registers().read(register.get());
        return bytes.length == 0
                ? OptionalLong.empty()
                : OptionalLong.of(register.get().decode(bytes));
    }

    @Override
    public String toString() {
        String masked = mask == -1 ? "" : "&0x" + Long.toHexString(mask);
        return name + masked + operator.sign + "0x" + Long.toHexString(value);
    }

    /** As C writes it. */
    static long number(String text) throws RefusedException {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException("break-if: expected a number, not '" + text + "'");
        }
    }
}
