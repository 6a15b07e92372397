package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.TargetDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What has to hold for any breakpoint or watchpoint to stop the target: registers that have certain values, for example
 * {@code ring=3 cr3=0x1000} for one user process. gdb has no notion of such, so {@code monitor break-if} sets it.
 */
record StopFilter(List<Condition> conditions) {
    static final StopFilter NONE = new StopFilter(List.of());

    /** What the field calls a register, beside its own name. */
    private static final Map<String, String> ALIASES = Map.of("ring", "cpl");

    record Condition(Register register, long value) {
        @Override
        public String toString() {
            return register.name() + "=0x" + Long.toHexString(value);
        }
    }

    /** @param text register=value pairs with spaces between; values as C writes them */
    static StopFilter parse(TargetDescription description, String text) throws RefusedException {
        List<Condition> conditions = new ArrayList<>();
        for (String pair : text.split(" ")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new RefusedException("break-if: expected REGISTER=VALUE, not '" + pair + "'");
            }
            String name = pair.substring(0, equals);
            String value = pair.substring(equals + 1);
            try {
                Register register = description.register(ALIASES.getOrDefault(name, name));
                conditions.add(new Condition(register, number(value)));
            } catch (NumberFormatException e) {
                throw new RefusedException("break-if: expected a number, not '" + value + "'");
            } catch (IllegalArgumentException e) {
                throw new RefusedException("break-if: " + e.getMessage());
            }
        }
        return new StopFilter(conditions);
    }

    /** Whether all conditions hold for this thread. */
    boolean passes(GuestThread thread) {
        return conditions.stream()
                .allMatch(c -> c.register().decode(thread.registers().read(c.register())) == c.value());
    }

    @Override
    public String toString() {
        return conditions.stream().map(Condition::toString).collect(Collectors.joining(" "));
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
