package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.FieldMask;
import dev.ringscope.emulator.Machine;
import dev.ringscope.proto.query.v1.DiffTracesRequest;
import dev.ringscope.proto.query.v1.DiffTracesResponse;
import dev.ringscope.proto.query.v1.DifferenceKind;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Divergence;
import dev.ringscope.trace.query.Recording;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rpc tells what the question answers. */
class DiffTracesTest {
    @TempDir
    Path folder;

    private ServedTrace served;

    @BeforeEach
    void serve() throws IOException {
        record("plain", _ -> {});
        record("changed", machine -> machine.memory().bytes[0x2008] ^= 1);
        served = new ServedTrace(folder);
    }

    @AfterEach
    void close() throws IOException {
        served.close();
    }

    private Path file(String name) {
        return folder.resolve(name + ".rst");
    }

    private void record(String name, Consumer<Machine> before) throws IOException {
        Guests.demonstration(file(name), Guests.options(Detail.FLOW), before);
    }

    private DiffTracesResponse diff(String one, String other, String... mask) {
        return served.client()
                .diffTraces(DiffTracesRequest.newBuilder()
                        .setParent("traces/" + one + ".rst")
                        .setOther(other.isEmpty() ? "" : "traces/" + other + ".rst")
                        .setReadMask(FieldMask.newBuilder().addAllPaths(List.of(mask)))
                        .build());
    }

    @Test
    void aTraceIsTheSameAsItself() {
        DiffTracesResponse same = diff("plain", "plain");
        assertThat(same.getKind()).isEqualTo(DifferenceKind.DIFFERENCE_KIND_UNSPECIFIED);
        assertThat(same.getPosition()).isPositive();
        assertThat(same.getMachinesDiffer()).isFalse();
    }

    @Test
    void aDifferenceIsThatOfTheQuestion() throws IOException {
        Divergence.Found expected;
        try (Recording one = Recording.open(file("plain"));
                Recording other = Recording.open(file("changed"))) {
            expected = Divergence.first(one, other, Asker.PATIENT).orElseThrow();
        }
        DiffTracesResponse found = diff("plain", "changed");
        assertThat(found.getKind()).isEqualTo(DifferenceKind.valueOf("DIFFERENCE_KIND_" + expected.kind()));
        assertThat(found.getPosition()).isEqualTo(expected.position());
        assertThat(found.getDifference()).isEqualTo(expected.difference());
        assertThat(found.getStartList()).isEqualTo(expected.start()).isNotEmpty();
        assertThat(found.getOne().hasStep()).isEqualTo(expected.one().step().isPresent());
        assertThat(found.getOther().hasEvent())
                .isEqualTo(expected.other().event().isPresent());
        assertThat(diff("plain", "changed", "position"))
                .isEqualTo(DiffTracesResponse.newBuilder()
                        .setPosition(expected.position())
                        .build());
    }

    @Test
    void bothTracesAreNamed() {
        assertThatThrownBy(() -> diff("plain", ""))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT))
                .hasMessageContaining("other");
        assertThatThrownBy(() -> diff("plain", "nothing"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND));
    }
}
