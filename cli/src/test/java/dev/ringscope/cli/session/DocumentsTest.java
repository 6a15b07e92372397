package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documents' transcripts are parts of those that are typed again: each block behind a comment that names a file of
 * testdata/gdb holds lines of that file, in its order, with {@code ...} where some are left out.
 */
class DocumentsTest {
    private static final String NAMED = "<!-- testdata/gdb/";

    @ParameterizedTest
    @ValueSource(strings = {"docs/gdb.md", "README.md"})
    void showWhatIsTested(String document) throws IOException {
        List<String> lines = Files.readAllLines(Workshop.ROOT.resolve(document));
        int blocks = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(NAMED)) {
                String file =
                        lines.get(i).substring("<!-- ".length(), lines.get(i).indexOf(" -->"));
                int end = lines.subList(i + 2, lines.size()).indexOf("```") + i + 2;
                List<String> shown = new ArrayList<>(lines.subList(i + 2, end));
                shown.removeIf("..."::equals);
                assertThat(Files.readAllLines(Path.of(Workshop.ROOT.toString(), file)))
                        .as("%s, line %d: %s", document, i + 1, file)
                        .containsSubsequence(shown);
                blocks++;
            }
        }
        assertThat(blocks).as("transcripts in " + document).isPositive();
    }

    /** The table of sessions names each file, and no other. */
    @Test
    void nameEverySession() throws IOException {
        List<String> lines = Files.readAllLines(Workshop.ROOT.resolve("docs/gdb.md"));
        int start = lines.indexOf("## Sessions");
        int end = lines.indexOf("## Limits");
        assertThat(start).isPositive().isLessThan(end);
        Set<String> named = lines.subList(start, end).stream()
                .filter(line -> line.startsWith("| "))
                .flatMap(line -> Pattern.compile("`([a-z-]+)`")
                        .matcher(line.substring(line.indexOf('|', 1)))
                        .results())
                .map(found -> found.group(1) + ".session")
                .collect(Collectors.toSet());
        assertThat(SessionTest.sessions()).containsExactlyInAnyOrderElementsOf(named);
    }
}
