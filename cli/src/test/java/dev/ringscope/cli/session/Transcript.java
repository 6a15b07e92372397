package dev.ringscope.cli.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A session as testdata/gdb holds it: lines of comment in front, then what is typed in a shell ({@code $ }) and in a
 * debugger ({@code (gdb) }, {@code (lldb) }, {@code (mi) } for gdb's machine interface), each with the lines that it
 * answers.
 */
record Transcript(List<String> comment, List<Entry> entries) {
    static final List<String> PROMPTS = List.of("$ ", "(gdb) ", "(lldb) ", "(mi) ");

    /** @param prompt with the space behind it */
    record Entry(String prompt, String command, List<String> answer) {
        boolean shell() {
            return prompt.equals("$ ");
        }
    }

    static Transcript read(Path file) throws IOException {
        List<String> comment = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String prompt =
                    PROMPTS.stream().filter(line::startsWith).findFirst().orElse(null);
            if (prompt != null) {
                entries.add(new Entry(prompt, line.substring(prompt.length()), new ArrayList<>()));
            } else if (entries.isEmpty()) {
                comment.add(line);
            } else {
                entries.getLast().answer.add(line);
            }
        }
        return new Transcript(comment, entries);
    }

    /** What is typed in a debugger behind an entry, up to the next command of the shell. */
    List<String> asked(int entry) {
        return entries.stream()
                .skip(entry + 1L)
                .takeWhile(next -> !next.shell())
                .map(Entry::command)
                .toList();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(comment);
        for (Entry entry : entries) {
            lines.add(entry.prompt + entry.command);
            lines.addAll(entry.answer);
        }
        return lines;
    }

    /** What stands behind a word in the comment, as in {@code # kernel: 6.1.0}. */
    String said(String word) {
        String start = "# " + word + ": ";
        return comment.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("");
    }
}
