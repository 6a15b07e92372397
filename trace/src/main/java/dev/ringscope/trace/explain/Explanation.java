package dev.ringscope.trace.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is said about one moment of the machine, with questions to the past in between. They are asked at the end: the
 * search for an answer moves the machine that the rest of the text looks at.
 */
public final class Explanation {
    /** Answered by lines, each with its end. */
    public interface Question {
        String answer() throws IOException;
    }

    private record Part(String indent, Question question) {}

    private final List<Part> parts = new ArrayList<>();
    private String indent = "";

    /** Lines, each with its end; or nothing. */
    public void say(String lines) {
        ask(() -> lines);
    }

    public void ask(Question question) {
        parts.add(new Part(indent, question));
    }

    /** What stands in front of each line from now on. */
    public void indent(String spaces) {
        indent = spaces;
    }

    public String text() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            part.question
                    .answer()
                    .lines()
                    .forEach(line -> text.append(part.indent).append(line).append('\n'));
        }
        return text.toString();
    }
}
