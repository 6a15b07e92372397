package dev.ringscope.trace.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is written on a slice or an instant of a time-line picture.
 *
 * @param notes shown where it is clicked
 */
record Mark(String name, List<Note> notes) {
    /** Something to know about it. */
    sealed interface Note {
        String name();

        record Number(String name, long value) implements Note {}

        /** Unsigned, to be shown in hexadecimal: an address, a register. */
        record Hex(String name, long value) implements Note {}

        record Text(String name, String value) implements Note {}
    }

    /** One that leads back to the recording: its position, and gdb's command that goes there. */
    static Mark at(long position, String name) {
        List<Note> notes = new ArrayList<>();
        notes.add(new Note.Number("position", position));
        notes.add(new Note.Text("gdb", "monitor seek " + position));
        return new Mark(name, notes);
    }

    /** A constant's name as it is shown: {@code FAR_CALL} is {@code far call}. */
    static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    Mark number(String note, long value) {
        notes.add(new Note.Number(note, value));
        return this;
    }

    Mark hex(String note, long value) {
        notes.add(new Note.Hex(note, value));
        return this;
    }

    Mark text(String note, String value) {
        notes.add(new Note.Text(note, value));
        return this;
    }
}
