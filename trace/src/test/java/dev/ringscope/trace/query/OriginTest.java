package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.dataflow.Leaf;
import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance.Following;
import dev.ringscope.trace.dataflow.Provenance.Node;
import dev.ringscope.trace.query.Origin.Ending;
import dev.ringscope.trace.query.Origin.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where values come from, against a program that was written together with what every byte of it stems from. */
class OriginTest {
    private static final int LENGTH = 1500;
    private static final String[] NAMES = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"};
    private static final Limits ALL = new Limits(new Following(false, false), Integer.MAX_VALUE, 0, 0);

    @TempDir
    static Path folder;

    private static ShadowedProgram program;
    private static Recording recording;

    @BeforeAll
    static void record() throws IOException {
        program = new ShadowedProgram(new Random(5), LENGTH);
        recording = PagedGuest.record(folder.resolve("shadow.rst"), program.code(), 300, 900);
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private static Set<Long> leaves(List<Node> nodes) {
        Set<Long> leaves = new HashSet<>();
        for (Node node : nodes) {
            if (node.leaf() != Leaf.NONE) {
                leaves.add(node.leaf() == Leaf.INITIAL ? ShadowedProgram.START : node.position());
            }
        }
        return leaves;
    }

    @Test
    void theOriginsOfRegistersAreThoseOfTheShadow() throws IOException {
        Random random = new Random(1);
        for (Map.Entry<Long, Map<Integer, Set<Long>>> kept : program.kept.entrySet()) {
            int number = random.nextInt(8);
            if (number == 4) {
                continue;
            }
            int size = random.nextBoolean() ? 4 : 1;
            List<Node> nodes = new ArrayList<>();
            Location.Named register = new Location.Named(number, 0, size);
            Ending ending = Origin.ofRegister(recording, register, kept.getKey(), ALL, nodes::add);
            assertThat(ending.complete()).isTrue();
            assertThat(leaves(nodes))
                    .as("%d bytes of %s at %d", size, NAMES[number], kept.getKey())
                    .isEqualTo(ShadowedProgram.of(kept.getValue(), ShadowedProgram.register(number), size));
        }
    }

    @Test
    void theOriginsOfMemoryAreThoseOfTheShadow() throws IOException {
        Random random = new Random(2);
        for (Map.Entry<Long, Map<Integer, Set<Long>>> kept : program.kept.entrySet()) {
            int size = 1 + random.nextInt(12);
            int at = ShadowedProgram.MEMORY + random.nextInt(ShadowedProgram.CELLS - size);
            List<Node> nodes = new ArrayList<>();
            Ending ending = Origin.ofMemory(recording, Touch.Space.LINEAR, at, size, kept.getKey(), ALL, nodes::add);
            assertThat(ending.complete()).isTrue();
            assertThat(leaves(nodes))
                    .as("%d bytes at %x at %d", size, at, kept.getKey())
                    .isEqualTo(ShadowedProgram.of(kept.getValue(), at, size));
        }
    }

    /** The register whose value has the longest story. */
    private static Location.Named richest() throws IOException {
        Location.Named richest = null;
        long most = -1;
        for (int number = 0; number < 8; number++) {
            List<Node> nodes = new ArrayList<>();
            Location.Named register = new Location.Named(number, 0, 4);
            Origin.ofRegister(recording, register, LENGTH - 1, ALL, nodes::add);
            if (nodes.size() > most) {
                most = nodes.size();
                richest = register;
            }
        }
        return richest;
    }

    @Test
    void everyNodeIsWantedByAnEarlierOneThatHappenedLater() throws IOException {
        List<Node> nodes = new ArrayList<>();
        Location.Named register = richest();
        Origin.ofRegister(recording, register, LENGTH - 1, ALL, nodes::add);
        assertThat(nodes).hasSizeGreaterThan(3);
        for (int n = 0; n < nodes.size(); n++) {
            Node node = nodes.get(n);
            assertThat(node.number()).isEqualTo(n + 1);
            assertThat(node.users()).isNotEmpty().allSatisfy(user -> {
                assertThat(user.node()).isLessThan(node.number());
                if (user.node() > 0) {
                    assertThat(nodes.get((int) user.node() - 1).position()).isGreaterThan(node.position());
                }
            });
        }
    }

    @Test
    void whatIsCutOffIsSaid() throws IOException {
        Location.Named register = richest();
        List<Node> whole = new ArrayList<>();
        Origin.ofRegister(recording, register, LENGTH - 1, ALL, whole::add);
        int deepest = whole.stream().mapToInt(Node::depth).max().orElseThrow();
        assertThat(deepest).isGreaterThan(2);
        List<Node> some = new ArrayList<>();
        Limits shallow = new Limits(ALL.following(), 2, 0, 0);
        Ending ending = Origin.ofRegister(recording, register, LENGTH - 1, shallow, some::add);
        assertThat(ending.deep()).isTrue();
        assertThat(ending.complete()).isFalse();
        assertThat(some).isNotEmpty().allMatch(n -> n.depth() <= 2);

        List<Node> few = new ArrayList<>();
        Limits two = new Limits(ALL.following(), Integer.MAX_VALUE, 2, 0);
        assertThat(Origin.ofRegister(recording, register, LENGTH - 1, two, few::add)
                        .many())
                .isTrue();
        assertThat(few).hasSize(2);

        long earliest = whole.getFirst().position();
        Limits late = new Limits(ALL.following(), Integer.MAX_VALUE, 0, earliest);
        assertThat(Origin.ofRegister(recording, register, LENGTH - 1, late, _ -> true)
                        .early())
                .isTrue();
    }
}
