package dev.ringscope.emulator.insn;

import java.lang.constant.ClassDesc;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A rule that {@link Insn#flags} names, found by name in {@link Flags} or {@link ShiftFlags}. */
record FlagRule(ClassDesc owner, String name, boolean hasResultRule) {
    private static final List<Class<?>> OWNERS = List.of(Flags.class, ShiftFlags.class);

    private static final Map<String, FlagRule> KNOWN = new ConcurrentHashMap<>();

    static FlagRule of(String name) {
        return KNOWN.computeIfAbsent(name, FlagRule::find);
    }

    private static FlagRule find(String name) {
        for (Class<?> owner : OWNERS) {
            List<String> methods = Arrays.stream(owner.getMethods())
                    .filter(m -> m.getParameterCount() == 5)
                    .map(java.lang.reflect.Method::getName)
                    .toList();
            if (methods.contains(name)) {
                return new FlagRule(owner.describeConstable().orElseThrow(), name, methods.contains(name + "Result"));
            }
        }
        throw new IllegalArgumentException("no flag rule " + name);
    }
}
