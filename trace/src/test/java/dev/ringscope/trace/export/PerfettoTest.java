package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerfettoTest {
    private static final Path READERS =
            Path.of(System.getProperty("ringscope.root", "..")).resolve("testdata/readers");

    @TempDir
    Path folder;

    private DemoExport demo;

    @BeforeEach
    void record() throws IOException {
        demo = DemoExport.in(folder);
    }

    @AfterEach
    void close() throws IOException {
        demo.close();
    }

    /** What protoc makes of it; a field that our schema does not know would stand there with its number. */
    private String decode(Range range) throws Exception {
        Path file = demo.write(new Perfetto(), range);
        String command = "exec protoc --proto_path=%s --decode=perfetto.protos.Trace perfetto.proto < %s"
                .formatted(READERS.toAbsolutePath(), file);
        Judge.run(folder, "protoc", "--version");
        return Judge.run(folder, "sh", "-c", command);
    }

    @Test
    void aPartDecodesToTheGolden() throws Exception {
        assertThat(decode(new Range(16_580, 16_600, 0)))
                .isEqualTo(Files.readString(READERS.resolve("perfetto-demo.txt")));
    }

    @Test
    void allOfItIsKnownToTheSchemaAndEverySliceEnds() throws Exception {
        String text = decode(Range.ALL);
        assertThat(text.lines().filter(line -> line.matches("\\s*\\d+[:{ ].*"))).isEmpty();
        long begun = text.lines().filter(l -> l.contains("TYPE_SLICE_BEGIN")).count();
        long ended = text.lines().filter(l -> l.contains("TYPE_SLICE_END")).count();
        DrawnPicture picture = new DrawnPicture();
        Picture.draw(demo.of(Range.ALL), picture);
        assertThat(begun).isEqualTo(picture.slices.size()).isEqualTo(ended);
        assertThat(text.lines().filter(l -> l.contains("TYPE_COUNTER"))).hasSize(picture.counts.size());
        assertThat(text.lines().filter(l -> l.contains("TYPE_INSTANT"))).hasSize(picture.instants.size());
    }
}
