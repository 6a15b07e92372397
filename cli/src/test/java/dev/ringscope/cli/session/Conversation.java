package dev.ringscope.cli.session;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A debugger that is typed to, one command after the other. Each command's answer ends with a line that a second
 * command prints, since debuggers write no prompt where nobody sits at a terminal.
 */
final class Conversation implements Debugger {
    private static final String END = "=== end of the answer ===";
    private static final String MARKER = "echo " + END + "\\n";
    private static final String PROMPT = "(gdb) ";
    /** Seconds: a session that hangs ends, and its test says how far it came. */
    private static final String PATIENCE = "300";

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Conversation(Path folder, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("timeout", PATIENCE, "gdb", "-nx", "-q"));
        words.addAll(arguments);
        process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
        for (String setting : List.of("set width 0", "set pagination off", "set confirm off")) {
            ask(setting);
        }
    }

    @Override
    public List<String> ask(String command) throws IOException {
        in.write(command + "\n" + MARKER + "\n");
        in.flush();
        List<String> answer = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            String text = withoutPrompts(line);
            if (text.equals(END)) {
                return answer;
            }
            answer.add(text);
        }
        answer.add("(gdb has ended)");
        return answer;
    }

    private String withoutPrompts(String line) {
        String text = line;
        while (text.startsWith(PROMPT)) {
            text = text.substring(PROMPT.length());
        }
        return text.startsWith(">") ? text.replaceFirst("^(> *)+", "") : text;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
