package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * lldb, which waits for the guest between two commands only if it gets all of them at once (its manual, "--batch"); it
 * then prints each, behind a prompt, in front of its answer.
 */
final class Lldb implements Debugger {
    private static final Path PROGRAM = Path.of("/usr/bin/lldb");
    private static final String PROMPT = "(lldb) ";

    private final List<String> said;
    private int line;

    Lldb(Path folder, List<String> arguments, List<String> commands) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
                fail("lldb is missing, which ./check installs");
            }
            assumeTrue(false, "lldb is not installed");
        }
        List<String> words = new ArrayList<>(
                List.of("timeout", "300", PROGRAM.toString(), "--no-lldbinit", "--no-use-colors", "--batch"));
        for (String command : commands) {
            words.addAll(List.of("--one-line", command));
        }
        words.addAll(arguments);
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        skip();
    }

    /** To the next prompt. */
    private List<String> skip() {
        int start = line;
        while (line < said.size() && !said.get(line).startsWith(PROMPT)) {
            line++;
        }
        return said.subList(start, line);
    }

    @Override
    public List<String> ask(String command) {
        while (line < said.size() && said.get(line).startsWith(PROMPT + "target create")) {
            line++;
            skip();
        }
        assertThat(line)
                .as(() -> "lldb came as far as " + command + ": " + said)
                .isLessThan(said.size());
        assertThat(said.get(line)).isEqualTo(PROMPT + command);
        line++;
        return skip();
    }

    @Override
    public void close() {}
}
