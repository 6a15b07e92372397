package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.ListTracesRequest;
import dev.ringscope.proto.query.v1.ListTracesResponse;
import dev.ringscope.proto.query.v1.Trace;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.MachineMemory;
import dev.ringscope.trace.symbols.Symbols;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of traces is served as it is, and nothing beside it. */
class LibraryTest {
    @TempDir
    static Path recorded;

    @TempDir
    Path place;

    private Path folder;

    @BeforeAll
    static void record() throws IOException {
        Guests.demonstration(recorded.resolve("flow.rst"), Detail.FLOW);
        Guests.demonstration(recorded.resolve("memory.rst"), Detail.MEMORY);
    }

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(place.resolve("traces"));
    }

    private void copy(String from, String to) throws IOException {
        Path partial = Files.copy(recorded.resolve(from), place.resolve("partial"));
        Files.move(partial, folder.resolve(to), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> names(ServedTrace served) {
        return served.client().listTraces(ListTracesRequest.getDefaultInstance()).getTracesList().stream()
                .map(Trace::getName)
                .toList();
    }

    private static GetTraceInfoResponse info(ServedTrace served, String name) {
        return served.client()
                .getTraceInfo(GetTraceInfoRequest.newBuilder().setName(name).build());
    }

    @Test
    void tracesComeGoAndChangeWhileTheServerRuns() throws IOException {
        copy("flow.rst", "b.rst");
        try (ServedTrace served = new ServedTrace(folder)) {
            assertThat(names(served)).containsExactly("traces/b.rst");
            assertThat(info(served, "").getTrace()).isEqualTo("traces/b.rst");

            copy("memory.rst", "a trace.rst");
            Files.writeString(folder.resolve("notes.txt"), "no trace");
            Files.createDirectory(folder.resolve("deeper"));
            assertThat(names(served)).containsExactly("traces/a%20trace.rst", "traces/b.rst");
            assertThat(info(served, "traces/a%20trace.rst").getDetail().name()).isEqualTo("DETAIL_MEMORY");
            assertThatThrownBy(() -> info(served, "")).hasMessageContaining("INVALID_ARGUMENT");

            assertThat(info(served, "traces/b.rst").getDetail().name()).isEqualTo("DETAIL_FLOW");
            copy("memory.rst", "b.rst");
            assertThat(info(served, "traces/b.rst").getDetail().name()).isEqualTo("DETAIL_MEMORY");

            Files.delete(folder.resolve("b.rst"));
            assertThat(names(served)).containsExactly("traces/a%20trace.rst");
            notFound(served, "traces/b.rst");
        }
    }

    @Test
    void noNameLeavesTheFolder() throws IOException {
        copy("flow.rst", "inside.rst");
        Files.copy(recorded.resolve("flow.rst"), place.resolve("outside.rst"));
        Files.createSymbolicLink(folder.resolve("link.rst"), place.resolve("outside.rst"));
        Files.createSymbolicLink(folder.resolve("own.rst"), folder.resolve("inside.rst"));
        Files.copy(recorded.resolve("flow.rst"), folder.resolve(".hidden.rst"));
        try (ServedTrace served = new ServedTrace(folder)) {
            assertThat(names(served)).containsExactly("traces/inside.rst", "traces/own.rst");
            for (String name : List.of(
                    "traces/../outside.rst",
                    "traces/..%2Foutside.rst",
                    "traces/%2E%2E%2Foutside.rst",
                    "traces/%2e%2e%2foutside.rst",
                    "traces/link.rst",
                    "traces/.hidden.rst",
                    "traces/..",
                    "traces/.",
                    "traces/",
                    "traces/%00",
                    "traces/%",
                    "traces/%FF",
                    "traces/inside.rst/",
                    "traces/./inside.rst",
                    "traces" + place.resolve("outside.rst"),
                    place.resolve("outside.rst").toString(),
                    "inside.rst")) {
                notFound(served, name);
            }
        }
    }

    private static void notFound(ServedTrace served, String name) {
        assertThatThrownBy(() -> info(served, name))
                .as(name)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void tracesAreListedPageByPage() throws IOException {
        for (int i = 0; i < 7; i++) {
            copy("flow.rst", "t" + i);
        }
        try (ServedTrace served = new ServedTrace(folder)) {
            List<String> names = new ArrayList<>();
            ListTracesRequest.Builder request = ListTracesRequest.newBuilder().setPageSize(3);
            do {
                ListTracesResponse page = served.client().listTraces(request.build());
                assertThat(page.getTracesCount()).isLessThanOrEqualTo(3);
                page.getTracesList().forEach(trace -> names.add(trace.getName()));
                request.setPageToken(page.getNextPageToken());
            } while (!request.getPageToken().isEmpty());
            assertThat(names)
                    .containsExactly(
                            "traces/t0", "traces/t1", "traces/t2", "traces/t3", "traces/t4", "traces/t5", "traces/t6");
            assertThatThrownBy(() -> served.client()
                            .listTraces(ListTracesRequest.newBuilder()
                                    .setPageToken("abc")
                                    .build()))
                    .hasMessageContaining("page_token");
        }
    }

    @Test
    void aDamagedFileOfAFolderIsRefusedByItselfAlone() throws IOException {
        copy("flow.rst", "good.rst");
        byte[] bytes = Files.readAllBytes(recorded.resolve("flow.rst"));
        Files.write(folder.resolve("cut.rst"), java.util.Arrays.copyOf(bytes, 40));
        try (ServedTrace served = new ServedTrace(folder)) {
            assertThatThrownBy(() -> info(served, "traces/cut.rst")).hasMessageContaining("DATA_LOSS");
            assertThat(info(served, "traces/good.rst").getDamage()).isEmpty();
        }
    }

    @Test
    void whatIsIdleIsClosedAndWhatIsInUseIsNot() throws IOException {
        copy("flow.rst", "a");
        copy("flow.rst", "b");
        copy("flow.rst", "c");
        try (Library library = new Library(
                new TraceFolder(List.of(folder)), new Symbols(), new MachineMemory(1 << 30), 1, Duration.ofHours(1))) {
            try (Library.Lease a = library.lease("traces/a", "name", Asker.PATIENT)) {
                assertThat(library.openTraces()).isEqualTo(1);
                try (Library.Lease b = library.lease("traces/b", "name", Asker.PATIENT);
                        Library.Lease again = library.lease("traces/a", "name", Asker.PATIENT)) {
                    assertThat(library.openTraces()).isEqualTo(2);
                    assertThat(again.trace()).isSameAs(a.trace());
                    assertThat(b.trace()).isNotSameAs(a.trace());
                }
                assertThat(library.openTraces())
                        .as("b takes more than one byte")
                        .isEqualTo(1);
                assertThat(a.trace().recording().trace().envelope(0).number()).isZero();
            }
            assertThat(library.openTraces()).isZero();
            assertThat(library.bytes()).isZero();
        }
    }

    @Test
    void theOnlyTraceIsOpenBeforeSomebodyAsks() throws IOException {
        copy("flow.rst", "a");
        MachineMemory memory = new MachineMemory(1 << 30);
        try (Library library =
                new Library(new TraceFolder(List.of(folder)), new Symbols(), memory, 1 << 30, Duration.ofHours(1))) {
            library.openOnly();
            while (library.openTraces() == 0 || memory.used() == 0) {
                Thread.onSpinWait();
            }
            assertThat(memory.inUse()).isZero();
        }
    }

    @Test
    void anOnlyTraceThatIsDamagedIsAnErrorForWhoAsks() throws IOException {
        byte[] bytes = Files.readAllBytes(recorded.resolve("flow.rst"));
        Files.write(folder.resolve("cut.rst"), java.util.Arrays.copyOf(bytes, 40));
        try (ServedTrace served = new ServedTrace(folder)) {
            served.server.prepare();
            assertThatThrownBy(() -> info(served, "")).hasMessageContaining("DATA_LOSS");
        }
    }

    @Test
    void machinesOfSeveralTracesShareTheirMemory() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            copy("flow.rst", name);
        }
        long one = (16 << 20) + (32 << 20);
        MachineMemory memory = new MachineMemory(one + 1);
        try (Library library =
                new Library(new TraceFolder(List.of(folder)), new Symbols(), memory, 1 << 30, Duration.ofHours(1))) {
            for (String name : List.of("a", "b", "c", "a", "b")) {
                try (Library.Lease lease = library.lease("traces/" + name, "name", Asker.PATIENT)) {
                    long position = lease.trace()
                            .recording()
                            .replays()
                            .at(Detail.FLOW, 1000, () -> {}, dev.ringscope.trace.Timeline::position);
                    assertThat(position).isEqualTo(1000);
                    assertThat(memory.used()).isEqualTo(one);
                }
            }
        }
        assertThat(memory.used()).isZero();
    }
}
