package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System calls and interrupts agree with the events and with the registers in front of and behind each. */
class SystemCallsTest {
    @TempDir
    static Path folder;

    private static Recording recording;
    private static Timeline timeline;

    @BeforeAll
    static void record() throws IOException {
        RecordingOptions options = Guests.options(Detail.FLOW).withDistances(211, 211, 2003);
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), options, _ -> {}));
        timeline = new Timeline(recording.trace(), Detail.FLOW);
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private static Map<String, long[]> registers(long position) throws IOException {
        return State.at(timeline, position).registers();
    }

    private static List<SystemCalls.SystemCall> calls(Set<String> names, Filter filter) throws IOException {
        List<SystemCalls.SystemCall> calls = new ArrayList<>();
        SystemCalls.list(recording, names, filter, calls::add);
        return calls;
    }

    @Test
    void everySystemCallOfRing3IsThereWithItsRegisters() throws IOException {
        List<Long> expected = new ArrayList<>();
        Rings.list(recording, Filter.ALL, e -> {
            boolean call = e.cause() == Event.Cause.SYSCALL || e.vector() == 0x80;
            return !call || e.from() != 3 || expected.add(e.position());
        });
        List<SystemCalls.SystemCall> calls = calls(Set.of(), Filter.ALL);
        assertThat(calls).extracting(SystemCalls.SystemCall::position).isEqualTo(expected);
        assertThat(calls)
                .filteredOn(c -> c.ending() == SystemCalls.End.RETURNED)
                .hasSizeGreaterThan(10);
        for (SystemCalls.SystemCall call : calls) {
            boolean wide = call.abi() == SystemCalls.Abi.X86_64;
            Map<String, long[]> before = registers(call.position());
            assertThat(before.get("rip")[0]).isEqualTo(call.pc());
            assertThat(call.number()).isEqualTo(before.get("rax")[0] & 0xffff_ffffL);
            List<String> names = wide
                    ? List.of("rdi", "rsi", "rdx", "r10", "r8", "r9")
                    : List.of("rbx", "rcx", "rdx", "rsi", "rdi", "rbp");
            for (int n = 0; n < call.arguments().size(); n++) {
                long value = before.get(names.get(n))[0];
                assertThat(call.arguments().get(n)).isEqualTo(wide ? value : value & 0xffff_ffffL);
            }
            if (call.ending() == SystemCalls.End.RETURNED) {
                Map<String, long[]> behind = registers(call.end());
                long result = behind.get("rax")[0];
                assertThat(call.result()).hasValue(wide ? result : (int) result);
                assertThat(behind.get("rip")[0]).isEqualTo(call.pc() + 2);
                assertThat(behind.get("rsp")).isEqualTo(before.get("rsp"));
            }
        }
    }

    @Test
    void namesAndRangesNarrowThemDown() throws IOException {
        List<SystemCalls.SystemCall> all = calls(Set.of(), Filter.ALL);
        assertThat(calls(Set.of("exit"), Filter.ALL))
                .isNotEmpty()
                .isEqualTo(all.stream()
                        .filter(c -> c.name().orElse("").equals("exit"))
                        .toList());
        long third = all.get(2).position();
        assertThat(calls(Set.of(), Filter.of(new Range(third, third + 1, 0)))).isEqualTo(all.subList(2, 3));
        assertThat(calls(Set.of(), Filter.of(new Range(0, 2)))).isEqualTo(all.subList(0, 2));
    }

    @Test
    void everyTrapHasAHandlerThatWentBackToItsPlace() throws IOException {
        List<Event.Trap> traps = new ArrayList<>();
        Traps.list(recording, Filter.ALL, traps::add);
        List<Interrupts.Interrupt> interrupts = new ArrayList<>();
        Interrupts.list(recording, Filter.ALL, interrupts::add);
        assertThat(interrupts).extracting(Interrupts.Interrupt::trap).isEqualTo(traps);
        for (Interrupts.Interrupt i : interrupts) {
            boolean external = i.trap().cause() == Event.Cause.EXTERNAL_INTERRUPT;
            if (i.trap().cause() == Event.Cause.SOFTWARE_INTERRUPT) { // others share their position with what they met
                assertThat(registers(i.begin()).get("rip")[0]).isEqualTo(i.handler());
            }
            if (i.returned() && external) {
                assertThat(registers(i.end()).get("rip")[0]).isEqualTo(i.trap().pc());
            }
        }
        assertThat(interrupts).filteredOn(Interrupts.Interrupt::returned).hasSizeGreaterThan(15);
    }

    @Test
    void totalsAreThoseOfTheSingleDeliveries() throws IOException {
        List<Interrupts.Interrupt> faults = new ArrayList<>();
        Filter filter = Filter.ALL.withVectors(Set.of(14));
        Interrupts.list(recording, filter, faults::add);
        List<Long> durations =
                faults.stream().map(Interrupts.Interrupt::duration).sorted().toList();
        assertThat(InterruptTotals.of(recording, filter, Asker.PATIENT))
                .containsExactly(new InterruptTotals.Total(
                        14,
                        faults.size(),
                        faults.size(),
                        durations.getFirst(),
                        durations.get((durations.size() - 1) / 2),
                        durations.getLast(),
                        durations.stream().mapToLong(Long::longValue).sum()));
    }
}
