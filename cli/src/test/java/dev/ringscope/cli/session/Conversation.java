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
final class Conversation implements AutoCloseable {
    private static final String END = "=== end of the answer ===";
    /** Seconds: a session that hangs ends, and its test says how far it came. */
    private static final String PATIENCE = "300";

    /** What differs between debuggers. */
    enum Debugger {
        GDB(
                "(gdb) ",
                List.of("gdb", "-nx", "-q"),
                List.of("set width 0", "set pagination off", "set confirm off"),
                "echo " + END + "\\n"),
        LLDB(
                "(lldb) ",
                List.of("lldb", "--no-lldbinit", "--no-use-colors"),
                List.of("settings set auto-confirm true", "settings set use-color false"),
                "script print('" + END + "')");

        final String prompt;
        private final List<String> words;
        private final List<String> settings;
        private final String marker;

        Debugger(String prompt, List<String> words, List<String> settings, String marker) {
            this.prompt = prompt;
            this.words = words;
            this.settings = settings;
            this.marker = marker;
        }
    }

    private final Debugger debugger;
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Conversation(Debugger debugger, Path folder, List<String> arguments) throws IOException {
        this.debugger = debugger;
        List<String> words = new ArrayList<>(List.of("timeout", PATIENCE));
        words.addAll(debugger.words);
        words.addAll(arguments);
        process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
        for (String setting : debugger.settings) {
            ask(setting);
        }
    }

    /** Types a command; gives the lines of its answer. */
    List<String> ask(String command) throws IOException {
        in.write(command + "\n" + debugger.marker + "\n");
        in.flush();
        List<String> answer = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            String text = withoutPrompts(line);
            if (text.equals(END)) {
                return answer;
            }
            answer.add(text);
        }
        answer.add("(the debugger has ended)");
        return answer;
    }

    private String withoutPrompts(String line) {
        String text = line;
        while (text.startsWith(debugger.prompt)) {
            text = text.substring(debugger.prompt.length());
        }
        return text.startsWith(">") ? text.replaceFirst("^(> *)+", "") : text;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
