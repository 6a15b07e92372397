package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Packets;
import dev.ringscope.trace.TraceReader;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad requests and bad traces fail with a status that names what is wrong. */
class RefusalTest {
    @TempDir
    static Path folder;

    private static Path file;
    private static ServedTrace served;
    private static long end;

    @BeforeAll
    static void record() throws IOException {
        file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        try (TraceReader trace = TraceReader.open(file)) {
            end = trace.endPosition();
        }
        served = new ServedTrace(file);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
    }

    @Test
    void positionsBehindTheEndAreOutOfRange() {
        for (long position : new long[] {end + 1, Long.MAX_VALUE, -1}) {
            String text = Long.toUnsignedString(position);
            outOfRange("position", text, client -> client.getState(state(position)));
            outOfRange(
                    "position",
                    text,
                    client -> drain(
                            client.readMemory(memory(0, 1).setPosition(position).build())));
            outOfRange("from_position", text, client -> drain(client.listInstructions(instructions(position, 1))));
            outOfRange(
                    "from_position",
                    text,
                    client -> drain(client.listEvents(ListEventsRequest.newBuilder()
                            .setFromPosition(position)
                            .build())));
        }
    }

    private static void outOfRange(String field, String position, Consumer<TraceServiceBlockingStub> ask) {
        StatusRuntimeException e = failure(ask);
        assertThat(e.getStatus().getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(e.getStatus().getDescription())
                .isEqualTo("%s: position %s is beyond the trace's end at %d".formatted(field, position, end));
        assertThat(info(e).getReason()).isEqualTo("POSITION_OUT_OF_RANGE");
        assertThat(info(e).getMetadataOrThrow("end_position")).isEqualTo(Long.toString(end));
        assertThat(violation(e)).isEqualTo(field);
    }

    @Test
    void aCountOf2To63OrMoreIsInvalid() {
        invalid("count", "18446744073709551615", client -> drain(client.listInstructions(instructions(0, -1))));
        invalid(
                "count",
                "not below 2^63",
                client -> drain(client.listEvents(
                        ListEventsRequest.newBuilder().setCount(Long.MIN_VALUE).build())));
    }

    @Test
    void aListThatEndsBeforeItBeginsIsInvalid() {
        invalid(
                "to_position",
                "9 is below from_position 10",
                client -> drain(client.listInstructions(ListInstructionsRequest.newBuilder()
                        .setFromPosition(10)
                        .setToPosition(9)
                        .build())));
    }

    @Test
    void anUnknownRegisterIsInvalid() {
        invalid(
                "registers[1]",
                "no register \"r16\"",
                client -> client.getState(GetStateRequest.newBuilder()
                        .addRegisters("rax")
                        .addRegisters("r16")
                        .build()));
    }

    @Test
    void tooManyRegisterNamesAreInvalid() {
        GetStateRequest.Builder request = GetStateRequest.newBuilder();
        for (int i = 0; i < 4097; i++) {
            request.addRegisters("rax");
        }
        invalid("registers", "at most 4096", client -> client.getState(request.build()));
    }

    @Test
    void anUnknownSortOfEventIsInvalid() {
        for (int kind : new int[] {0, 999}) {
            invalid(
                    "kinds[1]",
                    "no sort of event",
                    client -> drain(client.listEvents(ListEventsRequest.newBuilder()
                            .addKinds(EventKind.EVENT_KIND_TRAP)
                            .addKindsValue(kind)
                            .build())));
        }
    }

    @Test
    void readsOfNoneOrTooMuchAreInvalid() {
        for (long size : new long[] {0, (1 << 30) + 1, -1}) {
            invalid(
                    "size",
                    "is not within 1..1073741824",
                    client -> drain(client.readMemory(memory(0, size).build())));
        }
        invalid(
                "size",
                "go beyond 2^64",
                client -> drain(client.readMemory(memory(-8, 9).build())));
    }

    @Test
    void anUnspecifiedAddressSpaceIsInvalid() {
        invalid(
                "address_space",
                "expected VIRTUAL or PHYSICAL",
                client -> drain(client.readMemory(memory(0, 1)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_UNSPECIFIED)
                        .build())));
    }

    private static void invalid(String field, String what, Consumer<TraceServiceBlockingStub> ask) {
        StatusRuntimeException e = failure(ask);
        assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(e.getStatus().getDescription()).startsWith(field + ": ").contains(what);
        assertThat(info(e).getReason()).isEqualTo("BAD_REQUEST");
        assertThat(violation(e)).isEqualTo(field);
    }

    @Test
    void memoryComesUpToWhereThereIsNone() {
        long ram = 16 << 20;
        List<ReadMemoryResponse> pieces = new ArrayList<>();
        StatusRuntimeException e = failure(
                client -> client.readMemory(memory(ram - 5000, 10_000).build()).forEachRemaining(pieces::add));

        assertThat(pieces.stream().mapToInt(p -> p.getData().size()).sum()).isEqualTo(5000);
        assertThat(e.getStatus().getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(info(e).getReason()).isEqualTo("NOT_MAPPED");
        assertThat(info(e).getMetadataOrThrow("address")).isEqualTo("0x1000000");
    }

    @Test
    void anAddressWithoutTranslationIsNotMapped() {
        StatusRuntimeException e = failure(client -> drain(client.readMemory(memory(0x7fff_0000_0000L, 1)
                .setPosition(end)
                .setAddressSpace(AddressSpace.ADDRESS_SPACE_VIRTUAL)
                .build())));

        assertThat(e.getStatus().getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(e.getStatus().getDescription()).contains("virtual address 0x7fff00000000");
        assertThat(info(e).getReason()).isEqualTo("NOT_MAPPED");
    }

    @Test
    void aDamagedChunkIsDataLossWithItsOffset() throws IOException {
        Path damaged = folder.resolve("damaged.rst");
        byte[] bytes = Files.readAllBytes(file);
        long offset;
        long before;
        try (TraceReader trace = TraceReader.open(file)) {
            offset = trace.map().chunks().get(3).offset();
            before = trace.map().chunks().get(3).firstPosition();
        }
        bytes[(int) offset + 100] ^= 4;
        Files.write(damaged, bytes);
        try (ServedTrace server = new ServedTrace(damaged)) {
            StatusRuntimeException e = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> drain(server.client().listInstructions(instructions(before, 1))));

            assertThat(e.getStatus().getCode()).isEqualTo(Code.DATA_LOSS);
            assertThat(info(e).getReason()).isEqualTo("TRACE_DAMAGED");
            assertThat(info(e).getMetadataOrThrow("offset")).isEqualTo(Long.toString(offset));
            assertThat(info(e).getMetadataOrThrow("file")).endsWith("damaged.rst");
            assertThat(drain(server.client().listInstructions(instructions(0, 10))))
                    .isEqualTo(1);
        }
    }

    @Test
    void aTraceThatReExecutionDoesNotFollowIsNotReplayable() throws IOException {
        Path forged = folder.resolve("forged.rst");
        Packets.withChunk(
                Files.readAllBytes(file),
                forged,
                0,
                chunk -> chunk.getEndDigestBuilder()
                        .setMemory(~chunk.getEndDigest().getMemory()));
        long behind;
        try (TraceReader trace = TraceReader.open(forged)) {
            assertThat(trace.damage()).isEmpty();
            behind = trace.map().chunks().get(0).endPosition() + 1;
        }
        try (ServedTrace server = new ServedTrace(forged)) {
            StatusRuntimeException e = catchThrowableOfType(
                    StatusRuntimeException.class, () -> server.client().getState(state(behind)));

            assertThat(e.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
            assertThat(e.getStatus().getDescription()).contains("re-execution diverges from the recording at position");
            assertThat(info(e).getReason()).isEqualTo("NOT_REPLAYABLE");
            assertThat(server.client().getState(state(0)).getPosition()).isZero();
        }
    }

    private static StatusRuntimeException failure(Consumer<TraceServiceBlockingStub> ask) {
        StatusRuntimeException e =
                catchThrowableOfType(StatusRuntimeException.class, () -> ask.accept(served.client()));
        assertThat(e).isNotNull();
        return e;
    }

    private static GetStateRequest state(long position) {
        return GetStateRequest.newBuilder().setPosition(position).build();
    }

    private static ListInstructionsRequest instructions(long from, long count) {
        return ListInstructionsRequest.newBuilder()
                .setFromPosition(from)
                .setCount(count)
                .build();
    }

    private static ReadMemoryRequest.Builder memory(long address, long size) {
        return ReadMemoryRequest.newBuilder()
                .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                .setAddress(address)
                .setSize(size);
    }

    private static int drain(Iterator<?> answers) {
        int count = 0;
        for (; answers.hasNext(); answers.next()) {
            count++;
        }
        return count;
    }

    private static ErrorInfo info(StatusRuntimeException e) {
        ErrorInfo info = detail(e, ErrorInfo.class);
        assertThat(info.getDomain()).isEqualTo("ringscope.dev");
        return info;
    }

    private static String violation(StatusRuntimeException e) {
        return detail(e, BadRequest.class).getFieldViolations(0).getField();
    }

    private static <M extends com.google.protobuf.Message> M detail(StatusRuntimeException e, Class<M> type) {
        for (Any any : StatusProto.fromThrowable(e).getDetailsList()) {
            if (any.is(type)) {
                try {
                    return any.unpack(type);
                } catch (InvalidProtocolBufferException x) {
                    throw new AssertionError(x);
                }
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + e);
    }
}
