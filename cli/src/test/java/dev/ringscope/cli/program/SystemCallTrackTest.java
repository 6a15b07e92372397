package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system calls of a program: each with its end, and on the time line by the names that Linux gives them. */
class SystemCallTrackTest {
    @TempDir
    Path folder;

    private String ringscope(String... words) throws Exception {
        Process process = new ProcessBuilder(Served.command(words))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static Map<Long, String> byPosition(String text, String pattern) {
        Map<Long, String> found = new TreeMap<>();
        Matcher rows = Pattern.compile("(?m)" + pattern).matcher(text);
        while (rows.find()) {
            found.put(Long.valueOf(rows.group("position")), rows.group("name"));
        }
        return found;
    }

    @Test
    void eachSystemCallIsThereByNameBehindItsInstruction() throws Exception {
        Path program = Programs.compile(folder, "files");
        Path trace = Programs.record(folder, program);
        Map<Long, String> expected = byPosition(
                ringscope("query", trace.toString(), "syscalls", "--json"),
                "^\\{\"position\":(?<position>\\d+).*?\"name\":\"(?<name>\\w+)\"");
        ringscope("export", trace.toString(), "--format", "chrome", "-o", "picture.json");
        String picture = Files.readString(folder.resolve("picture.json"));

        Matcher track = Pattern.compile("\"tid\":(\\d+),\"name\":\"thread_name\",\"args\":\\{\"name\":\"System calls\"")
                .matcher(picture);
        assertThat(track.find()).isTrue();
        Map<Long, String> found = byPosition(
                picture,
                "^\\{\"ph\":\"X\".*\"tid\":%s,.*?\"name\":\"(?<name>\\w+)\",\"args\":\\{\"position\":(?<position>\\d+)(?!.*since position)"
                        .formatted(track.group(1)));

        assertThat(expected).hasSizeGreaterThan(10).containsValue("readlink");
        Map<Long, String> behind = new TreeMap<>();
        expected.forEach((position, name) -> behind.put(position + 1, name));
        assertThat(found).isEqualTo(behind);
        assertThat(picture).containsPattern("\"name\":\"readlink\".*\"argument 1\":\"0x");
    }

    /** The built-in kernel leaves by code that gives the stack pointer another value in the block that unwinds it. */
    @Test
    void eachSystemCallComesBackButTheExit() throws Exception {
        Path trace = Programs.record(folder, Programs.compile(folder, "files"));
        List<String> calls = ringscope("query", trace.toString(), "syscalls", "--json")
                .lines()
                .toList();

        assertThat(calls).hasSizeGreaterThan(10);
        assertThat(calls)
                .allMatch(call -> call.contains("\"ending\":\"returned\"") || call.contains("\"name\":\"exit_group\""));
    }
}
