package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringscope query} on the demonstration trace: what it prints is what the recording holds. */
class QueryTest {
    /** Number of the guest's instructions that are looked at one by one with all they did. */
    private static final int STEPS = 4000;

    private static final int STEPS_FROM = 20_000;

    @TempDir
    static Path folder;

    private static String trace;
    /** Instructions with their effects, as JSON. */
    private static List<String> steps;

    /** A data access of an instruction, as the instruction's own line tells it. */
    private record Access(long position, boolean write, int size, long address, long value) {}

    @BeforeAll
    static void record() {
        trace = folder.resolve("demo.rst").toString();
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", trace).status())
                .isZero();
        steps = ask("instructions --effects --json --from %d --count %d".formatted(STEPS_FROM, STEPS));
        assertThat(steps).hasSize(STEPS);
    }

    /** The lines of an answer, which must come without a complaint. */
    private static List<String> ask(String question) {
        Cli.Result result = Cli.run(Stream.concat(Stream.of("query", trace), Stream.of(question.split(" ")))
                .toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out().lines().toList();
    }

    private static long number(String json, String field) {
        Matcher matcher =
                Pattern.compile("\"" + field + "\":\"?(0x[0-9a-f]+|-?\\d+)").matcher(json);
        assertThat(matcher.find()).as("%s in %s", field, json).isTrue();
        String text = matcher.group(1);
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }

    private static List<Access> accessesOfSteps() {
        Pattern form = Pattern.compile(
                "\\{\"access\":\"(read|write)\",\"size\":(\\d+),\"address\":\"0x(\\w+)\",\"value\":\"0x(\\w+)\"}");
        List<Access> accesses = new ArrayList<>();
        for (String step : steps) {
            Matcher matcher = form.matcher(step);
            while (matcher.find()) {
                accesses.add(new Access(
                        number(step, "position"),
                        matcher.group(1).equals("write"),
                        Integer.parseInt(matcher.group(2)),
                        Long.parseUnsignedLong(matcher.group(3), 16),
                        Long.parseUnsignedLong(matcher.group(4), 16)));
            }
        }
        return accesses;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rings",
                "traps",
                "page-tables",
                "instructions --from 3000 --count 300",
                "instructions --effects --from 3000 --count 300",
                "accesses --from 3000 --to 4000 --address 0x100000..0x1fffff",
                "coverage --ring 3",
                "calls --from 9000 --to 20000",
                "calltree",
                "syscalls",
                "interrupts",
                "last-write --address 0x110f98"
            })
    void saysTheSameInTextAndInJson(String question) throws Exception {
        List<String> text = ask(question);
        List<String> json = ask(question + " --json");

        assertThat(json).isNotEmpty();
        assertThat(text).hasSize(json.size() + 1);
        if (text.getFirst().strip().startsWith("POSITION")) {
            assertThat(text.stream()
                            .skip(1)
                            .map(line -> Long.parseLong(line.strip().split(" ")[0])))
                    .isEqualTo(
                            json.stream().map(line -> number(line, "position")).toList());
        }
        assertThat(parsedByPython(json)).isEqualTo(json.size());
    }

    private static int parsedByPython(List<String> lines) throws IOException, InterruptedException {
        Process python = new ProcessBuilder(
                        "python3", "-c", "import json,sys; print(sum(type(json.loads(l)) is dict for l in sys.stdin))")
                .redirectErrorStream(true)
                .start();
        try (var in = python.outputWriter(StandardCharsets.UTF_8)) {
            in.write(String.join("\n", lines));
        }
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        return Integer.parseInt(said.strip());
    }

    @Test
    void effectsAddUpToTheRegistersAtTheEnd() {
        Map<String, Long> registers = new HashMap<>();
        for (String step : steps) {
            Matcher write = Pattern.compile("\\{\"register\":\"(r\\w+)\",\"word\":0,\"value\":\"0x(\\w+)\"}")
                    .matcher(step);
            while (write.find()) {
                registers.put(write.group(1), Long.parseUnsignedLong(write.group(2), 16));
            }
        }
        String end =
                ask("registers --json --count 1 --from " + (STEPS_FROM + STEPS)).getFirst();

        assertThat(registers).hasSizeGreaterThan(5);
        registers.forEach(
                (name, value) -> assertThat(number(end, name)).as(name).isEqualTo(value));
    }

    @Test
    void accessesAreThoseOfTheInstructions() {
        List<Access> all = accessesOfSteps();
        assertThat(all).hasSizeGreaterThan(300);
        long address = all.get(all.size() / 2).address();
        String where =
                "accesses --json --from %d --to %d --address 0x%x".formatted(STEPS_FROM, STEPS_FROM + STEPS, address);
        List<Access> there = all.stream()
                .filter(a -> a.address() <= address && address < a.address() + a.size())
                .toList();
        List<Access> writes = there.stream().filter(Access::write).toList();

        assertThat(positions(where)).isEqualTo(positions(there));
        assertThat(positions(where + " --kind write")).isEqualTo(positions(writes));
        assertThat(positions(where + " --first")).isEqualTo(positions(there.subList(0, 1)));
        assertThat(positions(where + " --last")).isEqualTo(positions(there.subList(there.size() - 1, there.size())));
        assertThat(positions(where + " --last --before " + there.getLast().position()))
                .containsExactly(there.stream()
                        .mapToLong(Access::position)
                        .filter(p -> p < there.getLast().position())
                        .max()
                        .orElseThrow());
    }

    private static List<Long> positions(List<Access> accesses) {
        return accesses.stream().map(Access::position).toList();
    }

    private static List<Long> positions(String question) {
        return ask(question).stream().map(line -> number(line, "position")).toList();
    }

    @Test
    void theLastWriteIsTheLastOneOfTheInstructions() {
        long end = STEPS_FROM + STEPS;
        Access last = accessesOfSteps().stream()
                .filter(Access::write)
                .reduce((a, b) -> b)
                .orElseThrow();
        String answer = ask("last-write --json --address 0x%x --size %d --before %d"
                        .formatted(last.address(), last.size(), end))
                .getFirst();

        assertThat(number(answer, "position")).isEqualTo(last.position());
        assertThat(answer).contains("\"by\":\"processor\"", "\"after\":");
    }

    @Test
    void coverageIsWhatTheInstructionsCovered() throws Exception {
        Map<Long, Long> executed = new TreeMap<>();
        long inRing3 = 0;
        try (TraceReader reader = TraceReader.open(Path.of(trace))) {
            InstructionCursor cursor = reader.instructions(0);
            for (long at = 0; at < reader.endPosition(); at++) {
                assertThat(cursor.advance(at)).isTrue();
                executed.merge(cursor.address(), 1L, Long::sum);
                inRing3 += cursor.contextAt(at).ring() == 3 ? 1 : 0;
            }
        }
        long all = 0;
        for (String block : ask("coverage --json")) {
            all += number(block, "executions") * number(block, "instructions");
            assertThat(executed).containsKey(number(block, "address"));
        }
        long user = 0;
        for (String block : ask("coverage --json --ring 3")) {
            user += number(block, "executions") * number(block, "instructions");
        }

        assertThat(all).isEqualTo(executed.values().stream().mapToLong(n -> n).sum());
        assertThat(user).isEqualTo(inRing3).isPositive();
    }

    @Test
    void everySystemCallOfTheUserProgramIsThere() {
        List<Long> entries = ask("rings --json").stream()
                .filter(line -> line.contains("\"cause\":\"syscall\""))
                .map(line -> number(line, "position"))
                .toList();
        List<String> calls = ask("syscalls --json");

        assertThat(entries).isNotEmpty();
        assertThat(calls.stream()
                        .filter(line -> line.contains("\"abi\":\"x86-64\""))
                        .map(line -> number(line, "position")))
                .isEqualTo(entries);
    }

    @Test
    void anInterruptIsATrapWithItsHandlersEnd() {
        List<Long> traps = ask("traps --json --vector 14").stream()
                .map(line -> number(line, "position"))
                .toList();
        List<String> faults = ask("interrupts --json --vector 14");

        assertThat(faults.stream().map(line -> number(line, "position"))).isEqualTo(traps);
        for (String fault : faults) {
            if (fault.contains("\"ending\":\"returned\"")) {
                long back = number(fault, "position") + number(fault, "instructions");
                assertThat(ask("instructions --json --count 1 --from " + (back - 1))
                                .getFirst())
                        .contains("iret");
            }
        }
        assertThat(faults).anyMatch(fault -> fault.contains("\"ending\":\"returned\""));
    }

    @Test
    void whatIsNotMappedIsToldInOneLine() {
        Cli.Result result = Cli.run("query", trace, "last-write", "--address", "0x7fff00000000");

        assertThat(result.status()).isEqualTo(ExitStatus.DATA);
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.err()).startsWith("ringscope: no memory at virtual address 0x7fff00000000 at position ");
    }
}
