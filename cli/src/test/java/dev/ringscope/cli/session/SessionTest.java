package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The sessions of testdata/gdb, typed again: a real debugger answers as the transcript says. With
 * {@code RINGSCOPE_TRANSCRIPTS=write} in the environment the transcripts are written anew instead; with
 * {@code RINGSCOPE_SESSION=NAME} only those whose names begin so are looked at.
 */
class SessionTest {
    private static final Path SESSIONS = Workshop.ROOT.resolve("testdata/gdb");
    private static final boolean WRITE = "write".equals(System.getenv("RINGSCOPE_TRANSCRIPTS"));

    static Stream<String> sessions() throws IOException {
        String only = System.getenv().getOrDefault("RINGSCOPE_SESSION", "");
        try (var files = Files.list(SESSIONS)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".session") && name.startsWith(only))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void answersAsTheTranscriptSays(String name) throws Exception {
        Path file = SESSIONS.resolve(name);
        Transcript expected = Transcript.read(file);
        Transcript actual = Replay.of(expected);
        if (WRITE) {
            Files.write(file, actual.lines());
        } else {
            boolean same = sameKernel(expected)
                    ? actual.lines().equals(expected.lines())
                    : withoutNumbers(actual).equals(withoutNumbers(expected));
            assertThat(same).as(difference(expected, actual)).isTrue();
        }
    }

    /** Addresses of Debian's kernel change with its version. */
    private static boolean sameKernel(Transcript transcript) throws IOException {
        String kernel = transcript.said("kernel");
        return kernel.isEmpty() || kernel.equals(Workshop.kernelVersion());
    }

    private static List<String> withoutNumbers(Transcript transcript) {
        return transcript.lines().stream()
                .map(line -> line.replaceAll("\\b(0x[0-9a-f]+|[0-9a-f]{4,}|[0-9]+)\\b", "N")
                        .replaceAll("\\s+", " "))
                .toList();
    }

    /** What was asked and is answered otherwise. */
    private static String difference(Transcript expected, Transcript actual) {
        List<String> text = new ArrayList<>();
        for (int i = 0; i < expected.entries().size(); i++) {
            var then = expected.entries().get(i);
            var now = actual.entries().get(i);
            if (!then.answer().equals(now.answer())) {
                text.add(then.prompt() + then.command());
                then.answer().forEach(line -> text.add("  - " + line));
                now.answer().forEach(line -> text.add("  + " + line));
            }
        }
        return "what differs (- expected, + answered):\n" + String.join("\n", text) + "\n";
    }
}
