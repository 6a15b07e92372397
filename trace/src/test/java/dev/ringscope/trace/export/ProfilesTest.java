package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each profile says how many instructions ran in which function, by its own tool's account. */
class ProfilesTest {
    @TempDir
    static Path folder;

    private static DemoExport demo;
    /** Instructions by the symbol that their address is called after. */
    private static final Map<String, Long> BY_SYMBOL = new TreeMap<>();

    @BeforeAll
    static void record() throws IOException {
        demo = DemoExport.in(folder);
        InstructionCursor cursor = demo.recording().trace().instructions(0);
        while (cursor.next()) {
            String symbol = demo.symbols().find(cursor.address()).orElseThrow();
            BY_SYMBOL.merge(symbol.replaceAll("\\+0x.*", ""), 1L, Long::sum);
        }
    }

    @AfterAll
    static void close() throws IOException {
        demo.close();
    }

    private static long all() {
        return demo.recording().trace().endPosition();
    }

    @Test
    void collapsedStacksCountEveryInstruction() throws Exception {
        List<String> lines = Files.readAllLines(demo.write(new Collapsed()));
        Map<String, Long> self = new HashMap<>();
        for (String line : lines) {
            assertThat(line).startsWith("ring ");
            int space = line.lastIndexOf(' ');
            String function = line.substring(line.lastIndexOf(';') + 1, space);
            self.merge(function, Long.parseLong(line.substring(space + 1)), Long::sum);
        }
        assertThat(self.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(all());
        // leaves that nothing jumps out of: what ran in them is what ran at their addresses
        for (String leaf : List.of("putc", "task_a", "task_b")) {
            assertThat(self.get(leaf)).as(leaf).isGreaterThanOrEqualTo(BY_SYMBOL.get(leaf));
        }
        assertThat(lines).anyMatch(line -> line.contains(";puts;putc "));
        assertThat(Viewer.open(demo.folder().resolve("demo.collapsed"))).contains("task_b", "199,539 (50%)");
    }

    @Test
    void callgrindAnnotateAddsUpTheSame() throws Exception {
        demo.write(new Callgrind());
        String text = Judge.run(
                folder, "callgrind_annotate", "--threshold=100", "--show-percs=no", "--tree=calling", "demo.callgrind");
        assertThat(text).containsPattern("%,d +PROGRAM TOTALS".formatted(all()));
        long below = Files.readAllLines(demo.write(new Collapsed())).stream()
                .filter(line -> line.contains(";puts;putc "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(text)
                .containsPattern("(?s):puts \\[ring 0]\n +%,d +> +\\?\\?\\?:putc \\([0-9,]+x\\)".formatted(below));
        Map<String, Long> expected = collapsed();
        for (String function : List.of("putc", "puts", "task_b")) {
            String flat = Judge.run(folder, "callgrind_annotate", "--threshold=100", "demo.callgrind");
            assertThat(flat)
                    .containsPattern(
                            "%,d \\( ?[0-9.]+%%\\) +\\?\\?\\?:%s \\[ring".formatted(expected.get(function), function));
        }
    }

    /** What ran in each function itself, by the collapsed stacks. */
    private static Map<String, Long> collapsed() throws IOException {
        Map<String, Long> self = new HashMap<>();
        for (String line : Files.readAllLines(demo.write(new Collapsed()))) {
            int space = line.lastIndexOf(' ');
            self.merge(
                    line.substring(line.lastIndexOf(';') + 1, space),
                    Long.parseLong(line.substring(space + 1)),
                    Long::sum);
        }
        return self;
    }

    @Test
    void goToolPprofAddsUpTheSame() throws Exception {
        demo.write(new Pprof());
        String text =
                Judge.run(folder, "go", "tool", "pprof", "-top", "-nodecount=1000", "-nodefraction=0", "demo.pprof");
        assertThat(text).contains("of %d total".formatted(all()));
        Map<String, Long> flat = new HashMap<>();
        Matcher rows = Pattern.compile("(?m)^ +(\\d+) +\\S+% +\\S+% +\\d+ +\\S+%  (.+)$")
                .matcher(text);
        while (rows.find()) {
            if (!rows.group(1).equals("0")) {
                flat.put(rows.group(2), Long.parseLong(rows.group(1)));
            }
        }
        assertThat(flat).isEqualTo(collapsed());
    }

    @Test
    void graphvizDrawsWhoCallsWhom() throws Exception {
        demo.write(new CallGraph());
        Judge.run(folder, "dot", "-Tsvg", "demo.dot", "-o", "demo.svg");
        String svg = Files.readString(folder.resolve("demo.svg"));
        assertThat(svg).contains("<title>puts&#45;&gt;putc</title>", "<title>ring 3 CR3 0x103000</title>");
        assertThat(svg)
                .contains("%,d of %,d instructions"
                        .formatted(collapsed().get("putc"), collapsed().get("putc")));
    }

    @Test
    void speedscopeShowsTheTimeInEachFunction() throws Exception {
        Path file = demo.write(new Speedscope());
        assertThat(Viewer.open(file)).contains("processor 0", "task_b", "putc", "puts");
        String text = Files.readString(file);
        List<String> names = Pattern.compile("\\{\"name\":\"([^\"]*)\"}")
                .matcher(text)
                .results()
                .map(r -> r.group(1))
                .toList();
        Map<String, Long> self = new HashMap<>();
        Deque<String> open = new ArrayDeque<>();
        Matcher events = Pattern.compile("\"type\":\"([OC])\",\"at\":(\\d+),\"frame\":(\\d+)")
                .matcher(text);
        long before = 0;
        while (events.find()) {
            long at = Long.parseLong(events.group(2));
            String name = names.get(Integer.parseInt(events.group(3)));
            if (!open.isEmpty()) {
                self.merge(open.peek(), at - before, Long::sum);
            }
            before = at;
            if (events.group(1).equals("O")) {
                open.push(name);
            } else {
                assertThat(open.pop()).isEqualTo(name);
            }
        }
        assertThat(open).isEmpty();
        Map<String, Long> expected = collapsed();
        for (String function : List.of("putc", "puts", "put_hex", "task_a", "task_b")) {
            assertThat(self.get(function)).as(function).isEqualTo(expected.get(function));
        }
    }

    @Test
    void speedscopeOpensChromesTraceEvents() throws Exception {
        Path file = demo.write(new ChromeJson());
        assertThat(Viewer.open(file)).contains("Processor (pid 1), Ring (tid 2)", "monitor seek");
        DrawnPicture picture = new DrawnPicture();
        Picture.draw(demo.of(Range.ALL), picture);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.stream().filter(l -> l.startsWith("{\"ph\":\"X\""))).hasSize(picture.slices.size());
        assertThat(lines.stream().filter(l -> l.startsWith("{\"ph\":\"i\""))).hasSize(picture.instants.size());
        assertThat(lines.stream().filter(l -> l.startsWith("{\"ph\":\"C\""))).hasSize(picture.counts.size());
    }

    @Test
    void theViewerNoticesADamagedFile() throws Exception {
        String text = Files.readString(demo.write(new Speedscope()));
        Path cut = folder.resolve("cut.json");
        Files.writeString(cut, text.substring(0, text.length() / 2));
        assertThatThrownBy(() -> Viewer.open(cut)).hasMessageContaining("speedscope says");
    }
}
