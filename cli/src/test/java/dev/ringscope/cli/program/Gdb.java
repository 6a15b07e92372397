package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stock gdb, run with commands and no settings of the user's. */
final class Gdb {
    private static final List<String> CALM =
            List.of("set pagination off", "set confirm off", "set width 0", "set height 0");

    private Gdb() {}

    /** Connects, gives the commands, and gives what gdb says from then on. */
    static String run(String address, List<String> commands) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(CALM);
        all.add("target remote " + address);
        all.addAll(commands);
        return execute(all);
    }

    /** The same from a file, for commands of several lines. */
    static String script(Path folder, String address, List<String> commands) throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "commands", ".gdb");
        Files.write(file, commands);
        return run(address, List.of("source " + file));
    }

    /** An error of a command does not end the session. */
    static String execute(List<String> commands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("timeout", "240", "gdb", "-nx", "-q", "-batch"));
        for (String command : commands) {
            words.add("-ex");
            words.add(command);
        }
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isIn(0, 1);
        return said;
    }
}
