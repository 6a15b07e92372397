package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.format.RingEffect;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.symbols.Symbols;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code ringscope report}, in Chromium: it asks for nothing, complains about nothing, and is right. */
class ReportTest {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>'.rst";

    @TempDir
    static Path folder;

    private static Path trace;
    private static Path page;
    private static final List<Event> EVENTS = new ArrayList<>();

    @BeforeAll
    static void write() throws Exception {
        trace = folder.resolve(HOSTILE.replace('/', '_'));
        page = folder.resolve("report.html");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", trace.toString())
                        .status())
                .isZero();
        Cli.Result made = Cli.run("report", trace.toString(), "-o", page.toString());
        assertThat(made.status()).as(made.err()).isZero();
        try (Recording recording = Recording.open(trace)) {
            Events.list(recording, Set.of(), Filter.ALL, EVENTS::add);
        }
    }

    private Browser browser() throws Exception {
        boolean there = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(f -> Files.isExecutable(Path.of(f, "chromium")));
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(there).as("chromium is installed").isTrue();
        }
        assumeTrue(there, "chromium is missing: run ./check");
        return new Browser(Files.createTempDirectory(folder, "profile"), 1280, 900);
    }

    @Test
    void holdsWhatTheQueriesAnswer() throws Exception {
        try (Recording recording = Recording.open(trace);
                Browser browser = browser()) {
            browser.open(page);
            var totals = recording.trace().index().getTotals().getRingInstructionsList();
            assertThat(browser.evaluate("data.timeline.rings.map(r => r.reduce((a, b) => a + b, 0)).join()"))
                    .isEqualTo(join(totals));
            assertThat(browser.evaluate("data.timeline.changes.position.join()"))
                    .isEqualTo(join(EVENTS.stream()
                            .filter(Event.RingChange.class::isInstance)
                            .map(e -> RingEffect.position((Event.RingChange) e))
                            .toList()));
            assertThat(browser.evaluate("data.traps.reduce((n, t) => n + t.count, 0)"))
                    .isEqualTo(String.valueOf(of(Event.Trap.class).size()));
            assertThat(browser.evaluate("data.spaces.list.map(s => s.root + ' ' + s.instructions).sort().join()"))
                    .isEqualTo(spaces(recording));
            assertThat(browser.evaluate("data.tables.rows.flatMap(r => r.counts).reduce((a, b) => a + b, 0)"))
                    .isEqualTo(String.valueOf(of(Event.TableUpdate.class).size()));
            assertThat(browser.evaluate("data.traffic.ports.reduce((n, p) => n + p.reads + p.writes, 0)"))
                    .isEqualTo(String.valueOf(of(Event.PortAccess.class).size()));
            Map<Integer, Long> handled = new TreeMap<>();
            Interrupts.list(
                    recording, Filter.ALL, i -> handled.merge(i.trap().vector(), i.duration(), Long::sum) != null);
            assertThat(browser.evaluate("data.traps.reduce((n, t) => n + t.instructions, 0)"))
                    .isEqualTo(String.valueOf(
                            handled.values().stream().mapToLong(n -> n).sum()));
            Map<String, Long> calls = new TreeMap<>();
            SystemCalls.list(
                    recording,
                    Set.of(),
                    Filter.ALL,
                    c -> calls.merge(c.number() + " " + c.name().orElse(""), 1L, Long::sum) != null);
            assertThat(calls).isNotEmpty();
            assertThat(browser.evaluate(
                            "data.syscalls.map(s => s.number + ' ' + s.name + '=' + s.count).sort().join(', ')"))
                    .isEqualTo(String.join(
                            ", ",
                            calls.entrySet().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .toList()));
            assertThat(browser.evaluate("document.querySelectorAll('#syscalls-body tbody tr').length"))
                    .isEqualTo(String.valueOf(calls.size()));
            CallTree tree = CallTree.of(recording, new Symbols(), Filter.ALL, CallTree.NODES, Asker.PATIENT);
            assertThat(browser.evaluate("data.flame.paths.filter(p => p[0] < 0).reduce((n, p) => n + p[2], 0)"))
                    .isEqualTo(String.valueOf(tree.roots().stream()
                            .mapToLong(CallTree.Node::total)
                            .sum()));
        }
    }

    private static String spaces(Recording recording) throws Exception {
        Map<Long, Long> executed = new TreeMap<>();
        Coverage.list(recording, Filter.ALL, c -> {
            executed.merge(c.root(), c.executions() * c.instructions(), Long::sum);
            return true;
        });
        return String.join(
                ",",
                executed.entrySet().stream()
                        .map(e -> "0x%x %d".formatted(e.getKey(), e.getValue()))
                        .sorted()
                        .toList());
    }

    private static List<Long> of(Class<? extends Event> type) {
        return EVENTS.stream().filter(type::isInstance).map(Event::position).toList();
    }

    private static String join(List<Long> numbers) {
        return String.join(",", numbers.stream().map(String::valueOf).toList());
    }

    @Test
    void showsEverySectionWithoutNetworkOrComplaint() throws Exception {
        try (Browser browser = browser()) {
            browser.open(page);
            for (String body : List.of("phases", "traps", "flame", "memory", "tables", "calls", "spaces", "devices")) {
                assertThat(browser.evaluate("document.getElementById('" + body + "-body').children.length > 0"))
                        .as(body)
                        .isEqualTo("true");
            }
            assertThat(browser.evaluate("document.querySelectorAll('img').length"))
                    .isEqualTo("0");
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo("true");
            assertThat(browser.requests()).containsExactly(page.toUri().toString());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aClickOnTheTimelineGivesTheCommandsForThatPlace() throws Exception {
        try (Browser browser = browser()) {
            browser.open(page);
            browser.evaluate("byId('timeline').scrollIntoView({behavior: 'instant'})");
            double left = number(browser, "byId('timeline-canvas').getBoundingClientRect().left");
            double top = number(browser, "byId('timeline-canvas').getBoundingClientRect().top");
            browser.click(left + number(browser, "GUTTER") + 500, top + 40);
            assertThat(browser.evaluate("byId('place').hidden")).isEqualTo("false");
            String position = browser.evaluate("byId('place').dataset.position");
            assertThat(Double.parseDouble(position))
                    .isCloseTo(
                            number(browser, "500 / canvasWidth() * END"),
                            org.assertj.core.data.Offset.offset(number(browser, "4 / canvasWidth() * END")));
            String quoted = "'" + trace.toString().replace("'", "'\\''") + "'";
            List<String> commands = List.of(browser.evaluate(
                            "[...document.querySelectorAll('#place code')].map(c => encodeURIComponent(c.textContent)).join(' ')")
                    .split(" "));
            assertThat(commands)
                    .map(c -> java.net.URLDecoder.decode(c, java.nio.charset.StandardCharsets.UTF_8))
                    .startsWith(
                            "ringscope gdb " + quoted + " --at " + position,
                            "monitor seek " + position,
                            "ringscope query " + quoted + " instructions --from " + position + " --count 20");
        }
    }

    @Test
    void theTimelineZoomsByWheelKeyAndButton() throws Exception {
        try (Browser browser = browser()) {
            browser.open(page);
            browser.evaluate("byId('timeline').scrollIntoView({behavior: 'instant'})");
            double length = length(browser);
            double left = number(browser, "byId('timeline-canvas').getBoundingClientRect().left");
            double top = number(browser, "byId('timeline-canvas').getBoundingClientRect().top");
            browser.wheel(left + 600, top + 40, -100);
            double zoomed = length(browser);
            assertThat(zoomed).isLessThan(length);
            browser.evaluate("byId('zoom-in').click()");
            assertThat(length(browser)).isCloseTo(zoomed / 2, org.assertj.core.data.Offset.offset(1.0));
            browser.evaluate("byId('timeline-canvas').dispatchEvent(new KeyboardEvent('keydown', {key: '0'}))");
            assertThat(length(browser)).isEqualTo(length);
        }
    }

    private static double length(Browser browser) throws Exception {
        return number(browser, "byId('timeline-canvas').dataset.to - byId('timeline-canvas').dataset.from");
    }

    private static double number(Browser browser, String expression) throws Exception {
        return Double.parseDouble(browser.evaluate(expression));
    }

    @Test
    void withoutCallsItNamesTheCommandThatAnswers() throws Exception {
        Path plain = folder.resolve("plain.html");
        assertThat(Cli.run("report", trace.toString(), "-o", plain.toString(), "--no-calls")
                        .status())
                .isZero();
        assertThat(Files.readString(plain)).doesNotContain("\"flame\":{").doesNotContain("<img");
        Cli.Result again = Cli.run("report", trace.toString(), "-o", plain.toString());
        assertThat(again.status()).isEqualTo(ExitStatus.IO);
        assertThat(again.err()).contains("is there already");
    }
}
