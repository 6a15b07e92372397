package dev.ringscope.emulator.x86;

import java.util.List;

/** The classes that hold instruction definitions, one per family: the decoder's table is made of them. */
public final class Families {
    private static final List<Class<?>> ALL = List.of(
            Arithmetic.class,
            Bits.class,
            Branches.class,
            Decimal.class,
            Exchanges.class,
            FlagInstructions.class,
            Logic.class,
            Moves.class,
            Multiplication.class,
            Shifts.class,
            Stack.class,
            Strings.class);

    private Families() {}

    public static List<Class<?>> all() {
        return ALL;
    }
}
