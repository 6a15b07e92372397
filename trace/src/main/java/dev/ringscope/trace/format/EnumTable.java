package dev.ringscope.trace.format;

import com.google.protobuf.ProtocolMessageEnum;
import java.util.EnumMap;
import java.util.Map;

/** Pairs an enum of the emulator with one of the schema whose constants have the same names behind a prefix. */
final class EnumTable<E extends Enum<E>, P extends Enum<P> & ProtocolMessageEnum> {
    private final Map<E, P> to;
    private final Map<P, E> from;
    private final int[] numbers;

    /** @throws IllegalArgumentException if the schema lacks a constant */
    EnumTable(Class<E> emulator, Class<P> schema, String prefix, String... otherPrefixes) {
        to = new EnumMap<>(emulator);
        from = new EnumMap<>(schema);
        E[] constants = emulator.getEnumConstants();
        numbers = new int[constants.length];
        for (E constant : constants) {
            P same = find(schema, constant.name(), prefix, otherPrefixes);
            to.put(constant, same);
            from.put(same, constant);
            numbers[constant.ordinal()] = same.getNumber();
        }
    }

    private static <P extends Enum<P>> P find(Class<P> schema, String name, String prefix, String... otherPrefixes) {
        for (String other : otherPrefixes) {
            for (P constant : schema.getEnumConstants()) {
                if (constant.name().equals(other + name)) {
                    return constant;
                }
            }
        }
        return Enum.valueOf(schema, prefix + name);
    }

    P to(E constant) {
        return to.get(constant);
    }

    /** The schema's number of a constant. */
    int number(E constant) {
        return number(constant.ordinal());
    }

    /** The schema's number of the emulator's constant of this ordinal. */
    int number(int ordinal) {
        return numbers[ordinal];
    }

    /** @param number as it is in the file */
    E from(Place place, P constant, String what) {
        E found = from.get(constant);
        if (found == null) {
            throw place.expected("%s that this version knows, found %s".formatted(what, constant));
        }
        return found;
    }
}
