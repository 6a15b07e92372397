package dev.ringscope.trace.symbols;

/**
 * A line of source code.
 *
 * @param file its path as the compiler was told, with the folder in which that ran in front if it is known
 * @param line from 1 on
 */
public record SourceLine(String file, int line) {
    /** Its last part, and the line: {@code main.c:12}. */
    public String brief() {
        return file.substring(file.lastIndexOf('/') + 1) + ":" + line;
    }
}
