package dev.ringscope.emulator.x86;

import java.util.List;

/** The classes that hold instruction definitions, one per family: the decoder's table is made of them. */
public final class Families {
    private static final List<Class<?>> ALL = List.of();

    private Families() {}

    public static List<Class<?>> all() {
        return ALL;
    }
}
