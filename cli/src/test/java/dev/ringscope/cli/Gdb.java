package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Stock gdb, run with commands and no settings of the user's. */
final class Gdb {
    private Gdb() {}

    /** Connects and gives what the commands print. An error ends the session. */
    static String session(String address, String... commands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("timeout", "240", "gdb", "-nx", "-batch"));
        List<String> all = new ArrayList<>(List.of(
                "set pagination off", "set confirm off", "set architecture i386:x86-64", "target remote " + address));
        all.addAll(List.of(commands));
        for (String command : all) {
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
