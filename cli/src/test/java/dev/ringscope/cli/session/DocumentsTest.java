package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
}
