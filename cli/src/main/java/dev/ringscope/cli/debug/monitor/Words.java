package dev.ringscope.cli.debug.monitor;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.RefusedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** What was typed behind a command's name, word by word; a word that is a number may be an {@link Expression}. */
final class Words {
    private final Machine machine;
    private final Deque<String> rest;

    Words(Machine machine, String arguments) {
        this.machine = machine;
        rest = new ArrayDeque<>(
                arguments.isBlank() ? List.of() : List.of(arguments.strip().split("\\s+")));
    }

    boolean isEmpty() {
        return rest.isEmpty();
    }

    /** Takes the next word if it is this one. */
    boolean take(String word) {
        boolean there = word.equals(rest.peekFirst());
        if (there) {
            rest.removeFirst();
        }
        return there;
    }

    /** Takes the next word. @param what was expected, should there be none */
    String word(String what) throws RefusedException {
        if (rest.isEmpty()) {
            throw new RefusedException("expected " + what);
        }
        return rest.removeFirst();
    }

    /** Takes the next word as a number. */
    long number(String what) throws RefusedException {
        return Expression.value(machine, word(what));
    }

    /** Takes the next word as a number, if there is one. */
    OptionalLong optionalNumber() throws RefusedException {
        return rest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number("a number"));
    }

    /** Takes the next word as a number from 1 to most, or else the usual one. */
    int count(int usual, int most) throws RefusedException {
        OptionalLong count = optionalNumber();
        if (count.isPresent() && (count.getAsLong() < 1 || count.getAsLong() > most)) {
            throw new RefusedException("expected a number from 1 to %d, found %d".formatted(most, count.getAsLong()));
        }
        return (int) count.orElse(usual);
    }

    /** Everything that is left, as it was. */
    String all() {
        String all = String.join(" ", rest);
        rest.clear();
        return all;
    }

    void end() throws RefusedException {
        if (!rest.isEmpty()) {
            throw new RefusedException("expected nothing more, found \"" + String.join(" ", rest) + "\"");
        }
    }
}
