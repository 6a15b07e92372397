package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls and returns agree with what their instructions wrote and read, one by one. */
class CallsTest {
    @TempDir
    static Path folder;

    private static Recording recording;
    private static final List<Calls.Call> CALLS = new ArrayList<>();
    private static final TreeMap<Long, ExecutedInstruction> CODE = new TreeMap<>();
    private static final Map<Long, List<Accesses.Access>> DATA = new HashMap<>();

    @BeforeAll
    static void record() throws IOException {
        // spans are joined at many places
        RecordingOptions options = Guests.options(Detail.FLOW).withDistances(101, 101, 1009);
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), options, _ -> {}));
        Calls.list(recording, new Symbols(), Filter.ALL, CALLS::add);
        Instructions.list(recording, Filter.ALL, i -> {
            CODE.put(i.position(), i);
            return true;
        });
        Accesses.list(
                recording,
                Accesses.Kind.ALL,
                Filter.ALL,
                a -> DATA.computeIfAbsent(a.position(), _ -> new ArrayList<>()).add(a));
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private static boolean calls(ExecutedInstruction i) {
        int first = i.code()[0] & 0xff;
        return first == 0xe8 || first == 0xff && i.code().length > 1 && (i.code()[1] >> 3 & 7) == 2;
    }

    private static boolean returns(ExecutedInstruction i) {
        return (i.code()[0] & 0xff) == 0xc3;
    }

    @Test
    void everyCallInstructionIsACallThatWroteItsReturnAddress() {
        List<Calls.Call> found =
                CALLS.stream().filter(c -> c.kind() == Calls.Kind.CALL).toList();
        List<ExecutedInstruction> expected =
                CODE.values().stream().filter(CallsTest::calls).toList();
        assertThat(found)
                .extracting(Calls.Call::position)
                .isEqualTo(expected.stream().map(ExecutedInstruction::position).toList());
        for (Calls.Call call : found) {
            ExecutedInstruction i = CODE.get(call.position());
            Accesses.Access pushed = DATA.get(call.position()).getLast();
            assertThat(call.from()).isEqualTo(i.address());
            assertThat(call.slot()).isEqualTo(pushed.address());
            assertThat(pushed.value()).isEqualTo(i.pc() + i.code().length);
            assertThat(call.to()).isEqualTo(CODE.get(call.position() + 1).address());
        }
    }

    @Test
    void everyReturnEndsTheCallWhoseAddressItTook() {
        Map<Long, Calls.Call> latest = new HashMap<>();
        long returns = 0;
        for (Calls.Call c : CALLS) {
            if (c.kind() == Calls.Kind.CALL) {
                latest.put(c.slot(), c);
            } else if (c.kind() == Calls.Kind.RETURN && returns(CODE.get(c.position()))) {
                returns++;
                Calls.Call call = latest.remove(c.slot());
                assertThat(DATA.get(c.position()).getFirst().address()).isEqualTo(c.slot());
                assertThat(c.since()).isEqualTo(call.position() + 1);
                assertThat(c.function()).isEqualTo(call.to());
                assertThat(c.depth()).isEqualTo(call.depth());
                assertThat(c.to())
                        .isEqualTo(call.from() + CODE.get(call.position()).code().length);
            }
        }
        assertThat(returns)
                .isEqualTo(CODE.values().stream().filter(CallsTest::returns).count());
    }

    @Test
    void theTreesCountEveryInstructionOnceAndInItsRing() throws IOException {
        Map<Integer, Long> expected = new TreeMap<>();
        CODE.values().forEach(i -> expected.merge(i.ring(), 1L, Long::sum));
        CallTree tree = CallTree.of(recording, new Symbols(), Filter.ALL, CallTree.NODES, Asker.PATIENT);
        Map<Integer, Long> found = new TreeMap<>();
        tree.roots().forEach(root -> found.merge(root.ring(), root.total(), Long::sum));
        assertThat(found).isEqualTo(expected);
        assertThat(tree.cut()).isFalse();
        long calls = CALLS.stream()
                .filter(c -> c.kind() == Calls.Kind.CALL)
                .filter(c -> c.ring() == 0)
                .count();
        assertThat(functions(tree)).isEqualTo(calls);
    }

    /** How often functions of ring 0 were called, those apart that ran when their stack was seen first. */
    private static long functions(CallTree tree) {
        List<CallTree.Node> open = new ArrayList<>(
                tree.roots().stream().filter(root -> root.ring() == 0).toList());
        long calls = 0;
        while (!open.isEmpty()) {
            CallTree.Node node = open.removeLast();
            open.addAll(node.children());
            boolean function = node.kind() == CallTree.Kind.FUNCTION;
            calls += function && node.parent().kind() != CallTree.Kind.ROOT ? node.calls() : 0;
        }
        return calls;
    }

    @Test
    void aTreeWithoutRoomSumsUpWhatIsLeft() throws IOException {
        CallTree all = CallTree.of(recording, new Symbols(), Filter.ALL, CallTree.NODES, Asker.PATIENT);
        CallTree few = CallTree.of(recording, new Symbols(), Filter.ALL, 3, Asker.PATIENT);
        assertThat(few.cut()).isTrue();
        assertThat(few.roots())
                .extracting(CallTree.Node::total)
                .isEqualTo(all.roots().stream().map(CallTree.Node::total).toList());
        assertThat(few.roots().stream().flatMap(root -> root.children().stream()))
                .extracting(CallTree.Node::kind)
                .contains(CallTree.Kind.OTHER);
    }

    @Test
    void aFilterLeavesOutAndChangesNothingElse() throws IOException {
        Filter filter = Filter.of(new Range(30_000, 60_000, 0)).withRings(Set.of(0));
        List<Calls.Call> some = new ArrayList<>();
        Calls.list(recording, new Symbols(), filter, some::add);
        assertThat(some)
                .isNotEmpty()
                .isEqualTo(CALLS.stream()
                        .filter(c -> c.ring() == 0 && filter.range().holds(c.position()))
                        .toList());
        List<Calls.Call> first = new ArrayList<>();
        Calls.list(recording, new Symbols(), Filter.of(new Range(0, 5)), first::add);
        assertThat(first).isEqualTo(CALLS.subList(0, 5));
    }

    @Test
    void interruptsAndSystemCallsEndWhereTheyReturn() {
        List<Calls.Call> entries = CALLS.stream()
                .filter(c -> c.kind() == Calls.Kind.SYSTEM_CALL || c.kind() == Calls.Kind.INTERRUPT)
                .toList();
        assertThat(entries).hasSizeGreaterThan(30);
        Set<Long> ended = CALLS.stream()
                .filter(c -> c.kind() == Calls.Kind.RETURN)
                .map(Calls.Call::since)
                .collect(Collectors.toSet());
        // rings 1, 2 and 3 end with an INT 0x80 that goes back to the main program; so does the last timer interrupt,
        // while the other task is not resumed from the one before
        assertThat(entries)
                .filteredOn(e -> !ended.contains(e.since()))
                .extracting(Calls.Call::vector)
                .containsExactly(0x80, 0x80, 0x80, 0x20, 0x20);
    }
}
