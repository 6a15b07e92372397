package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.FieldMask;
import dev.ringscope.proto.query.v1.Access;
import dev.ringscope.proto.query.v1.AddressRange;
import dev.ringscope.proto.query.v1.Filter;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetPageResponse;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListAccessesRequest;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListRegisterWritesRequest;
import dev.ringscope.proto.query.v1.PositionedEvent;
import dev.ringscope.proto.query.v1.RegisterWrite;
import dev.ringscope.proto.query.v1.Syntax;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.RegisterWrites;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams hold what the questions' own interface answers, and pages hold what streams do. */
class PagesTest {
    @TempDir
    static Path folder;

    private static Recording recording;
    private static ServedTrace served;
    private static long end;

    @BeforeAll
    static void record() throws IOException {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        recording = Recording.open(file);
        end = recording.trace().endPosition();
        served = new ServedTrace(file);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        recording.close();
    }

    private static Filter.Builder between(long from, long to) {
        return Filter.newBuilder().setFromPosition(from).setToPosition(to);
    }

    @Test
    void accessesAreThoseOfTheQuestion() throws IOException {
        long from = end / 3;
        List<Access> expected = new ArrayList<>();
        Accesses.list(
                recording,
                Set.of(Accesses.Kind.WRITE),
                dev.ringscope.trace.query.Filter.of(new Range(from, from + 5000, 0)),
                a -> expected.add(ListAccesses.message(a)));

        List<Access> streamed = new ArrayList<>();
        served.client()
                .listAccesses(ListAccessesRequest.newBuilder()
                        .setFilter(between(from, from + 5000))
                        .addKinds(dev.ringscope.proto.query.v1.AccessKind.ACCESS_KIND_WRITE)
                        .build())
                .forEachRemaining(batch -> streamed.addAll(batch.getAccessesList()));

        assertThat(streamed).isNotEmpty().isEqualTo(expected);
    }

    @Test
    void registerWritesAreThoseOfTheQuestion() throws IOException {
        List<RegisterWrite> expected = new ArrayList<>();
        RegisterWrites.list(
                recording,
                Set.of("rsp", "rcx"),
                dev.ringscope.trace.query.Filter.of(new Range(1000, 3000, 0)),
                w -> expected.add(ListRegisterWrites.message(w)));

        List<RegisterWrite> streamed = new ArrayList<>();
        served.client()
                .listRegisterWrites(ListRegisterWritesRequest.newBuilder()
                        .setFilter(between(1000, 3000))
                        .addRegisters("rsp")
                        .addRegisters("rcx")
                        .build())
                .forEachRemaining(batch -> streamed.addAll(batch.getWritesList()));

        assertThat(streamed).isNotEmpty().isEqualTo(expected);
    }

    @Test
    void pagesOfRandomSizesMakeUpTheStream() {
        Random random = new Random(4);
        for (int i = 0; i < 6; i++) {
            long from = random.nextLong(end / 2);
            ListEventsRequest.Builder request = ListEventsRequest.newBuilder()
                    .setFilter(between(from, end))
                    .setCount(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(400));
            List<PositionedEvent> streamed = new ArrayList<>();
            served.client().listEvents(request.build()).forEachRemaining(b -> streamed.addAll(b.getEventsList()));

            assertThat(eventPages(request, 1 + random.nextInt(60))).isEqualTo(streamed);
        }
    }

    private static List<PositionedEvent> eventPages(ListEventsRequest.Builder request, int size) {
        List<PositionedEvent> items = new ArrayList<>();
        GetPageRequest.Builder page =
                GetPageRequest.newBuilder().setEvents(request).setPageSize(size);
        do {
            GetPageResponse answer = served.client().getPage(page.build());
            assertThat(answer.getEvents().getEventsCount()).isLessThanOrEqualTo(size);
            items.addAll(answer.getEvents().getEventsList());
            page.setPageToken(answer.getNextPageToken());
        } while (!page.getPageToken().isEmpty());
        return items;
    }

    @Test
    void accessesOfOneInstructionAreDividedAmongPages() {
        ListAccessesRequest.Builder request = ListAccessesRequest.newBuilder()
                .setFilter(between(end / 2, end / 2 + 300))
                .setCount(150);
        List<Access> streamed = new ArrayList<>();
        served.client().listAccesses(request.build()).forEachRemaining(b -> streamed.addAll(b.getAccessesList()));
        List<Access> paged = new ArrayList<>();
        GetPageRequest.Builder page =
                GetPageRequest.newBuilder().setAccesses(request).setPageSize(1);
        do {
            GetPageResponse answer = served.client().getPage(page.build());
            paged.addAll(answer.getAccesses().getAccessesList());
            page.setPageToken(answer.getNextPageToken());
        } while (!page.getPageToken().isEmpty());

        assertThat(paged).hasSize(150).isEqualTo(streamed);
    }

    @Test
    void aTokenBelongsToItsQuestion() {
        GetPageRequest.Builder page = GetPageRequest.newBuilder()
                .setInstructions(ListInstructionsRequest.newBuilder().setFromPosition(7))
                .setPageSize(3);
        String token = served.client().getPage(page.build()).getNextPageToken();

        assertThat(served.client()
                        .getPage(page.setPageToken(token).setPageSize(2).build())
                        .getInstructions()
                        .getInstructionsList())
                .extracting(Instruction::getPosition)
                .containsExactly(10L, 11L);
        refused(page.setInstructions(ListInstructionsRequest.newBuilder().setFromPosition(8)), token);
        refused(GetPageRequest.newBuilder().setEvents(ListEventsRequest.newBuilder()), token);
        refused(page, "no token");
        refused(page, token.substring(1));
    }

    private static void refused(GetPageRequest.Builder page, String token) {
        assertThatThrownBy(
                        () -> served.client().getPage(page.setPageToken(token).build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT))
                .hasMessageContaining("page_token");
    }

    @Test
    void aTokenDoesNotOutliveTheTrace() throws IOException {
        Path file = folder.resolve("other.rst");
        Guests.demonstration(file, Detail.FLOW);
        try (ServedTrace other = new ServedTrace(file)) {
            GetPageRequest page = GetPageRequest.newBuilder()
                    .setInstructions(ListInstructionsRequest.getDefaultInstance())
                    .setPageSize(1)
                    .build();
            String token = other.client().getPage(page).getNextPageToken();
            Path next = Guests.demonstration(folder.resolve("next-pagestest.rst"), Detail.MEMORY);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);

            assertThatThrownBy(() -> other.client()
                            .getPage(page.toBuilder().setPageToken(token).build()))
                    .hasMessageContaining("the trace has changed since");
        }
    }

    @Test
    void aFilterNarrowsAStream() {
        List<Instruction> all =
                instructions(ListInstructionsRequest.newBuilder().setFilter(between(0, end)));
        long address = all.get(all.size() / 2).getAddress();
        Filter.Builder filter = between(0, end)
                .addCode(AddressRange.newBuilder().setFirst(address).setLast(address + 3));

        assertThat(instructions(ListInstructionsRequest.newBuilder().setFilter(filter)))
                .isNotEmpty()
                .isEqualTo(all.stream()
                        .filter(i -> i.getAddress() >= address && i.getAddress() <= address + 3)
                        .toList());
        assertThat(instructions(ListInstructionsRequest.newBuilder()
                        .setFilter(Filter.newBuilder().addRings(3))))
                .isNotEmpty()
                .isEqualTo(all.stream().filter(i -> i.getRing() == 3).toList());
    }

    private static List<Instruction> instructions(ListInstructionsRequest.Builder request) {
        List<Instruction> items = new ArrayList<>();
        served.client()
                .listInstructions(request.build())
                .forEachRemaining(batch -> items.addAll(batch.getInstructionsList()));
        return items;
    }

    @Test
    void aMaskLeavesOutWhatIsNotNamed() {
        Instruction instruction = instructions(ListInstructionsRequest.newBuilder()
                        .setCount(1)
                        .setSyntax(Syntax.SYNTAX_INTEL)
                        .setReadMask(FieldMask.newBuilder().addPaths("text").addPaths("address")))
                .getFirst();
        assertThat(instruction.getText()).isNotEmpty();
        assertThat(instruction.getAddress()).isNotZero();
        assertThat(instruction.getCode()).isEmpty();

        GetStateResponse state = served.client()
                .getState(GetStateRequest.newBuilder()
                        .setPosition(end)
                        .addRegisters("rip")
                        .setReadMask(FieldMask.newBuilder()
                                .addPaths("registers.name")
                                .addPaths("context.ring"))
                        .build());
        assertThat(state.getRegisters(0).getName()).isEqualTo("rip");
        assertThat(state.getRegisters(0).getValue()).isEmpty();
        assertThat(state.getPosition()).isZero();
        assertThat(state.getContext().getTranslationRoot()).isZero();
    }

    @Test
    void aMaskThatNamesNoFieldIsRefused() {
        for (String path : List.of("", "registers.name.first", "no", "position.", "context..ring")) {
            assertThatThrownBy(() -> served.client()
                            .getState(GetStateRequest.newBuilder()
                                    .setReadMask(FieldMask.newBuilder().addPaths(path))
                                    .build()))
                    .as(path)
                    .hasMessageContaining("INVALID_ARGUMENT: read_mask");
        }
    }

    @Test
    void aBadFilterIsRefusedByField() {
        bad("filter.rings[1]", Filter.newBuilder().addRings(0).addRings(4));
        bad("filter.vectors[0]", Filter.newBuilder().addVectors(256));
        bad("filter.processors[0]", Filter.newBuilder().addProcessors(1));
        bad(
                "filter.code[0].last",
                Filter.newBuilder()
                        .addCode(AddressRange.newBuilder().setFirst(2).setLast(1)));
        bad(
                "filter.addresses[0].symbol",
                Filter.newBuilder().addAddresses(AddressRange.newBuilder().setSymbol("no")));
        bad("filter.to_position", between(2, 1));
    }

    private static void bad(String field, Filter.Builder filter) {
        assertThatThrownBy(
                        () -> instructions(ListInstructionsRequest.newBuilder().setFilter(filter)))
                .hasMessageContaining("INVALID_ARGUMENT: " + field + ": ");
    }
}
