package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * gdb as an editor drives it: its machine interface (gdb's manual, "GDB/MI"), with a number in front of each command.
 */
public final class Mi implements Debugger {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;
    private final List<String> seen = new ArrayList<>();
    private int number = 1000;

    public Mi(Path folder) throws IOException {
        process = new ProcessBuilder("timeout", "240", "gdb", "-nx", "-q", "--interpreter=mi2")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Sends a command; gives its result record without the number: {@code ^done,...} or {@code ^running}. */
    public String send(String command) throws IOException {
        int token = ++number;
        in.write(token + command + "\n");
        in.flush();
        return await(token + "^").substring(Integer.toString(token).length());
    }

    /** The next {@code *stopped} record that has not been asked for yet. */
    public String stopped() throws IOException {
        for (int i = 0; i < seen.size(); i++) {
            if (seen.get(i).startsWith("*stopped")) {
                return seen.remove(i);
            }
        }
        return await("*stopped");
    }

    /** The result record, what the command printed in front of it, and where the guest then stands if it ran. */
    @Override
    public List<String> ask(String command) throws IOException {
        seen.clear();
        List<String> answer = new ArrayList<>();
        String result = send(command);
        seen.stream()
                .filter(line -> line.startsWith("~") || line.startsWith("@"))
                .forEach(answer::add);
        answer.add(result);
        if (result.startsWith("^running") || result.startsWith("^connected")) {
            answer.add(stopped());
        }
        return answer;
    }

    private String await(String start) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
            seen.add(line);
        }
        throw new AssertionError("gdb ended while " + start + " was awaited; it said " + seen);
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
