package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.session.Transcript.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Types a transcript's commands again and notes the answers. {@code ringscope ... &} stays until the next one is
 * started, any other {@code ringscope} must succeed; {@code gdb} or {@code lldb} begins a conversation. Port 1234
 * stands for whichever is free.
 */
final class Replay implements AutoCloseable {
    private static final String PORT = "1234";
    /** Lines that say nothing about the guest. */
    private static final List<String> NOISE = List.of(
            "",
            "Continuing.",
            "Starting program: ",
            "Detaching from program: ",
            "warning: No executable has been specified and target does not support",
            "determining executable automatically.  Try using the \"file\" command.",
            "(No debugging symbols found in ",
            "Remote debugging using ");

    private static final Pattern ENDED =
            Pattern.compile("\\[Inferior 1 \\(process \\d+\\) (exited|killed|detached).*|Program terminated .*");

    private final Path folder;
    private String port = PORT;
    private Server server;
    private boolean live;
    private boolean ended;
    private Debugger debugger;

    private Replay() throws IOException, InterruptedException {
        folder = Workshop.folder();
    }

    static Transcript of(Transcript typed) throws IOException, InterruptedException {
        List<Entry> entries = new ArrayList<>();
        try (Replay replay = new Replay()) {
            for (int i = 0; i < typed.entries().size(); i++) {
                Entry entry = typed.entries().get(i);
                List<String> answer =
                        entry.shell() ? replay.shell(entry.command(), typed.asked(i)) : replay.ask(entry.command());
                entries.add(new Entry(entry.prompt(), entry.command(), answer));
            }
        }
        return new Transcript(typed.comment(), entries);
    }

    /** @param asked what is going to be typed in the debugger that the command begins */
    private List<String> shell(String command, List<String> asked) throws IOException, InterruptedException {
        List<String> words = words(command);
        String program = words.removeFirst();
        closeDebugger();
        switch (program) {
            case "ringscope" -> {
                closeServer();
                return ringscope(words);
            }
            case "gdb" -> {
                words.remove("-q");
                debugger = words.remove("--interpreter=mi2") ? new Mi(folder) : new Conversation(folder, words);
                return List.of();
            }
            case "lldb" -> {
                debugger = new Lldb(
                        folder, words, asked.stream().map(this::withPort).toList());
                return List.of();
            }
            default -> throw new AssertionError("no session may run " + program);
        }
    }

    /** As the shell splits them: quotation marks hold a word together. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        String[] parts = command.split("\"", -1);
        for (int i = 0; i < parts.length; i++) {
            words.addAll(
                    i % 2 == 1
                            ? List.of(parts[i])
                            : Arrays.asList(parts[i].strip().split(" +")));
        }
        words.removeIf(String::isEmpty);
        return words;
    }

    private List<String> ringscope(List<String> words) throws IOException, InterruptedException {
        boolean background = words.remove("&");
        if (!background) {
            Workshop.once(words);
            return List.of();
        }
        words.replaceAll(word -> word.equals(PORT) ? "0" : word);
        live = !words.getFirst().equals("gdb");
        ended = false;
        if (!live) {
            words.addAll(List.of("--listen", "0"));
        }
        server = new Server(folder, words);
        port = server.port();
        return List.of("ringscope: waiting for gdb on 127.0.0.1:" + PORT);
    }

    private List<String> ask(String command) throws IOException {
        assertThat(debugger).as("a debugger, before " + command).isNotNull();
        List<String> answer = debugger.ask(withPort(command));
        ended |= live && answer.stream().anyMatch(ENDED.asMatchPredicate());
        return answer.stream()
                .map(line -> line.replace(":" + port, ":" + PORT))
                .map(String::stripTrailing)
                .filter(line ->
                        NOISE.stream().noneMatch(noise -> noise.isEmpty() ? line.isEmpty() : line.startsWith(noise)))
                .toList();
    }

    private String withPort(String command) {
        return command.replaceAll("(?<=:|gdb-remote )" + PORT, port);
    }

    private void closeDebugger() {
        if (debugger != null) {
            debugger.close();
            debugger = null;
        }
    }

    /** A guest that has ended ends its server; anything else is told to. */
    private void closeServer() throws InterruptedException {
        if (server != null) {
            if (!ended) {
                server.terminate();
            }
            server.exitStatus();
            server = null;
        }
    }

    @Override
    public void close() {
        closeDebugger();
        if (server != null) {
            server.close();
        }
    }
}
