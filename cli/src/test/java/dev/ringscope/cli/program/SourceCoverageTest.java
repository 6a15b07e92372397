package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source lines of a recorded program: what lcov reads, and what gcov counts where the same program runs natively. */
class SourceCoverageTest {
    @TempDir
    static Path folder;

    private static Path program;
    private static Path trace;

    @BeforeAll
    static void record() throws Exception {
        for (String tool : List.of("gcov", "lcov", "genhtml")) {
            boolean present = Stream.of(System.getenv("PATH").split(":"))
                    .anyMatch(place -> Files.isExecutable(Path.of(place, tool)));
            assertThat(present || !"1".equals(System.getenv("RINGSCOPE_CHECK")))
                    .as(tool + " is installed")
                    .isTrue();
            assumeTrue(present, tool + " is not installed");
        }
        Files.copy(Programs.testdata().resolve("programs/coverage.c"), folder.resolve("coverage.c"));
        run(folder, "gcc", "-O0", "-g", "-static", "-o", "program", "coverage.c");
        program = folder.resolve("program");
        trace = Programs.record(folder, program);
    }

    private static String run(Path where, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), said).isZero();
        return said;
    }

    private static String ringscope(String... words) throws IOException, InterruptedException {
        return run(folder, Served.command(words).toArray(String[]::new));
    }

    private static Path export() throws IOException, InterruptedException {
        Path file = folder.resolve("coverage.info");
        ringscope(
                "export",
                "--format",
                "lcov",
                "--symbols",
                program.toString(),
                "--force",
                "-o",
                file.toString(),
                trace.toString());
        return file;
    }

    /** By line. */
    private static Map<Integer, Long> counts(String text, String pattern) {
        Map<Integer, Long> counts = new TreeMap<>();
        Matcher rows = Pattern.compile("(?m)" + pattern).matcher(text);
        while (rows.find()) {
            String count = rows.group("count");
            counts.put(Integer.valueOf(rows.group("line")), count.startsWith("#") ? 0 : Long.parseLong(count));
        }
        return counts;
    }

    @Test
    void everyLineRanAsOftenAsGcovSays() throws Exception {
        run(folder, "gcc", "-O0", "--coverage", "-o", "counted", "coverage.c");
        run(folder, folder.resolve("counted").toString());
        String gcov = run(folder, "gcov", "-t", "counted-coverage.gcda");
        Map<Integer, Long> expected = counts(gcov, "^ *(?<count>\\d+|#####)\\*?: *(?<line>\\d+):");

        Map<Integer, Long> found = counts(Files.readString(export()), "^DA:(?<line>\\d+),(?<count>\\d+)$");

        assertThat(found).hasSizeGreaterThan(50).containsValue(0L);
        // gcov also counts labels of a switch, and DWARF gives code to a function's closing brace
        Map<Integer, Long> both = new TreeMap<>(expected);
        both.keySet().retainAll(found.keySet());
        assertThat(both).hasSizeGreaterThan(45);
        both.forEach(
                (line, count) -> assertThat(found.get(line)).as("line %d", line).isEqualTo(count));
    }

    /** Both ways of each branch, ascending, by line. */
    private static Map<Integer, List<List<Long>>> branches(Pattern row, String text) {
        Map<Integer, List<List<Long>>> branches = new TreeMap<>();
        Matcher rows = row.matcher(text);
        while (rows.find()) {
            List<Long> ways = Stream.of(rows.group("one"), rows.group("other"))
                    .map(Long::valueOf)
                    .sorted()
                    .toList();
            branches.computeIfAbsent(Integer.valueOf(rows.group("line")), _ -> new ArrayList<>())
                    .add(ways);
        }
        return branches;
    }

    @Test
    void everyBranchWentEachWayAsOftenAsGcovSays() throws Exception {
        run(folder, "gcc", "-O0", "--coverage", "-o", "branches", "coverage.c");
        run(folder, folder.resolve("branches").toString());
        String gcov = run(folder, "gcov", "-t", "-b", "-c", "branches-coverage.gcda");
        Pattern expected = Pattern.compile("(?m)^ *[\\d#*]+: *(?<line>\\d+):.*\n(?:call .*\n)*"
                + "branch  0 taken (?<one>\\d+).*\nbranch  1 taken (?<other>\\d+).*\n(?!branch)");
        Pattern found = Pattern.compile("BRDA:(?<line>\\d+),\\d+,0,(?<one>\\d+)\nBRDA:\\d+,\\d+,1,(?<other>\\d+)\n");

        Map<Integer, List<List<Long>>> branches = branches(found, Files.readString(export()));

        Map<Integer, List<List<Long>>> both = branches(expected, gcov);
        both.keySet().retainAll(branches.keySet());
        assertThat(both).hasSizeGreaterThan(8);
        both.forEach((line, ways) ->
                assertThat(branches.get(line)).as("line %d", line).isEqualTo(ways));
    }

    @Test
    void lcovAndGenhtmlReadIt() throws Exception {
        Path file = export();
        String summary = run(folder, "lcov", "--summary", file.toString());
        Map<Integer, Long> lines = counts(Files.readString(file), "^DA:(?<line>\\d+),(?<count>\\d+)$");
        long covered = lines.values().stream().filter(n -> n > 0).count();
        assertThat(summary).contains("(%d of %d lines)".formatted(covered, lines.size()), "(6 of 7 functions)");
        String branches = run(folder, "lcov", "--rc", "lcov_branch_coverage=1", "--summary", file.toString());
        assertThat(branches).containsPattern("branches.*: \\d+[.]\\d% \\(\\d+ of \\d+ branches\\)");
        Path pages = folder.resolve("pages");
        run(folder, "genhtml", "--branch-coverage", "-o", pages.toString(), file.toString());
        try (Stream<Path> files = Files.walk(pages)) {
            Path page = files.filter(path -> path.endsWith("coverage.c.gcov.html"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(page)).contains("circles are not here", "3142");
        }
    }

    @Test
    void withoutLinesThereIsAClearError() throws Exception {
        Path stripped = folder.resolve("stripped");
        run(folder, "objcopy", "--strip-debug", program.toString(), stripped.toString());
        Process process = new ProcessBuilder(Served.command(
                        "export",
                        "--format",
                        "lcov",
                        "--symbols",
                        stripped.toString(),
                        "-o",
                        "none.info",
                        trace.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isNotZero();
        assertThat(said).contains("lcov wants source lines, and there are none");
        assertThat(folder.resolve("none.info")).doesNotExist();
    }

    @Test
    void instructionsAndCallsTellTheirLines() throws Exception {
        String first = ringscope(
                "query",
                trace.toString(),
                "instructions",
                "--symbols",
                program.toString(),
                "--code",
                "area",
                "--count",
                "1",
                "--json");
        assertThat(first).contains("\"file\":\"" + folder + "/coverage.c\",\"line\":12}");
        String calls = ringscope(
                "query", trace.toString(), "calls", "--symbols", program.toString(), "--code", "main", "--count", "1");
        assertThat(calls)
                .containsPattern("<main\\+0x[0-9a-f]+> at coverage.c:75 +0x[0-9a-f]+ <area> at coverage.c:12\n");
    }
}
