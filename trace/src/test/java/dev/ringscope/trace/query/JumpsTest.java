package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which way conditional jumps went, against the program counter that the machine has behind each. */
class JumpsTest {
    private static final Pattern CONDITIONAL = Pattern.compile("(j(?!mp)|loop).*");

    @TempDir
    static Path folder;

    private static Recording recording;

    @BeforeAll
    static void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    /** Interrupts apart an instruction goes on where the next one begins; before an interrupt the machine is asked. */
    private static Map<Long, long[]> expected(Range range) throws IOException {
        List<ExecutedInstruction> all = new ArrayList<>();
        Instructions.list(recording, Filter.of(new Range(range.from(), range.to() + 1, 0)), all::add);
        Set<Long> traps = new HashSet<>();
        Traps.list(recording, Filter.ALL, trap -> {
            traps.add(trap.position());
            return true;
        });
        Disassembly text = new Disassembly(Syntax.INTEL, new Symbols());
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        Map<Long, long[]> ways = new TreeMap<>(Long::compareUnsigned);
        for (int n = 0; n + 1 < all.size(); n++) {
            ExecutedInstruction i = all.get(n);
            if (!CONDITIONAL.matcher(text.text(i)).matches()) {
                continue;
            }
            long next = all.get(n + 1).pc();
            if (traps.contains(i.position() + 1)) {
                timeline.seek(i.position() + 1);
                next = State.at(timeline, i.position() + 1).registers().get("rip")[0];
            }
            boolean passed = next == i.pc() + i.code().length;
            ways.computeIfAbsent(i.address(), _ -> new long[2])[passed ? 1 : 0]++;
        }
        return ways;
    }

    private static void compare(Range range) throws IOException {
        List<Jumps.Jump> found = new ArrayList<>();
        Jumps.list(recording, range, found::add);
        List<Jumps.Jump> expected = new ArrayList<>();
        expected(range).forEach((address, ways) -> expected.add(new Jumps.Jump(address, ways[0], ways[1])));
        assertThat(found).isNotEmpty().isEqualTo(expected);
    }

    @Test
    void everyJumpOfTheRecordingIsCountedOnce() throws IOException {
        compare(new Range(0, recording.trace().endPosition(), 0));
    }

    @Test
    void onlyThoseOfAPartAreCounted() throws IOException {
        long chunk = recording.trace().map().chunks().get(1).firstPosition();
        compare(new Range(chunk - 100, chunk + 100, 0));
        for (long to = chunk; to < chunk + 20; to++) {
            compare(new Range(chunk - 50, to, 0));
        }
    }
}
