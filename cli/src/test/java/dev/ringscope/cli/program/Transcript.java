package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A session with gdb in {@code testdata/gdb}: lines that begin with {@code (gdb) } are commands, the others what gdb
 * shows. With RINGSCOPE_WRITE_TRANSCRIPTS=1 in the environment what gdb shows (natively, where there is a native
 * session too) is written there.
 */
record Transcript(Path file) {
    private static final String PROMPT = "(gdb) ";
    private static final String BEGIN = "session begins";

    static Transcript named(String name) {
        return new Transcript(Programs.testdata().resolve("gdb").resolve(name + ".txt"));
    }

    private List<String> commands() throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(PROMPT))
                .map(line -> line.substring(PROMPT.length()))
                .toList();
    }

    String expected() throws IOException {
        return Files.readString(file);
    }

    /** Runs the commands with gdb as it is debugging a program of its own, and keeps that if it is asked to. */
    String natively(Path program, String... arguments) throws IOException, InterruptedException {
        String shown = run(List.of(
                "file " + program,
                "set disable-randomization off",
                "set startup-with-shell off",
                "set args " + String.join(" ", arguments),
                "set inferior-tty /dev/null",
                "starti"));
        keep(shown);
        return shown;
    }

    /** Makes it the transcript if that is asked for. */
    void keep(String shown) throws IOException {
        if ("1".equals(System.getenv("RINGSCOPE_WRITE_TRANSCRIPTS"))) {
            Files.writeString(file, shown);
        }
    }

    /** Runs the commands with gdb connected to a stub; it gets the executable from there. */
    String remotely(String address) throws IOException, InterruptedException {
        return run(List.of("target remote " + address));
    }

    private String run(List<String> connect) throws IOException, InterruptedException {
        List<String> script = new ArrayList<>(List.of(
                "set pagination off",
                "set confirm off",
                "set width 0",
                "directory " + Programs.testdata().resolve("programs")));
        script.addAll(connect);
        script.add("echo " + BEGIN + "\\n");
        for (String command : commands()) {
            script.add("echo " + PROMPT + command.replace("\\", "\\\\").replace("\"", "\\\"") + "\\n");
            script.add(command);
        }
        String said = Gdb.execute(script);
        assertThat(said).contains(BEGIN);
        return stable(said.substring(said.indexOf(BEGIN) + BEGIN.length() + 1));
    }

    /** Without what differs from host to host: addresses, process numbers, and what gdb says of the machine's end. */
    private static String stable(String said) {
        StringBuilder text = new StringBuilder();
        for (String line : said.lines().toList()) {
            if (!line.startsWith("[Inferior 1 (process") || !line.endsWith("detached]")) {
                text.append(line.replaceAll("0x[0-9a-f]{6,16}\\b", "0xADDRESS")
                                .replaceAll("position=\\d+", "position=N")
                                .replaceAll("process \\d+", "process N")
                                .stripTrailing())
                        .append('\n');
            }
        }
        return text.toString();
    }
}
