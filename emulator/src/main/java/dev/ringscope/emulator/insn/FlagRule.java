package dev.ringscope.emulator.insn;

import java.util.Arrays;
import java.util.List;

/** A rule that {@link Insn#flags} names, found by name in {@link Flags} or {@link ShiftFlags}. */
record FlagRule(Class<?> owner, String name, boolean hasResultRule) {
    private static final List<Class<?>> OWNERS = List.of(Flags.class, ShiftFlags.class);

    static FlagRule of(String name) {
        for (Class<?> owner : OWNERS) {
            List<String> methods = Arrays.stream(owner.getMethods())
                    .filter(m -> m.getParameterCount() == 5)
                    .map(java.lang.reflect.Method::getName)
                    .toList();
            if (methods.contains(name)) {
                return new FlagRule(owner, name, methods.contains(name + "Result"));
            }
        }
        throw new IllegalArgumentException("no flag rule " + name);
    }
}
