package dev.ringscope.trace.service;

import static dev.ringscope.trace.service.ServedTrace.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.TraceReader;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slow readers, cancelled calls, deadlines, and many clients at once. */
class ManyClientsTest {
    private static final ListInstructionsRequest EVERYTHING = ListInstructionsRequest.getDefaultInstance();

    @TempDir
    static Path folder;

    private static long end;
    private ServedTrace served;

    @BeforeAll
    static void record() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW))) {
            end = trace.endPosition();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        served = new ServedTrace(folder.resolve("demo.rst"));
    }

    @AfterEach
    void close() throws IOException {
        served.close();
        assertThat(ServedTrace.answering()).isZero();
    }

    private SlowReader<ListInstructionsRequest, ListInstructionsResponse> slowReader(ManagedChannel channel) {
        SlowReader<ListInstructionsRequest, ListInstructionsResponse> reader = new SlowReader<>();
        TraceServiceGrpc.newStub(channel).listInstructions(EVERYTHING, reader);
        return reader;
    }

    @Test
    void theServerWaitsForASlowReader() throws Exception {
        var reader = slowReader(served.channel());
        long read = reader.read().getInstructionsCount();
        await("the server waits", () -> ServedTrace.waitingForReaders() == 1);

        // The connection's window of 1 MiB, one message in the server, one in the client.
        int ahead = 8;
        assertThat(served.sent.get()).isBetween(1, ahead);
        for (int i = 0; i < 3; i++) {
            read += reader.read().getInstructionsCount();
        }
        await("the server waits again", () -> ServedTrace.waitingForReaders() == 1);
        assertThat(served.sent.get()).isLessThanOrEqualTo(ahead + 4);

        reader.hurry();
        reader.ended().get(1, TimeUnit.MINUTES);
        for (ListInstructionsResponse batch : reader.arrived()) {
            read += batch.getInstructionsCount();
        }
        assertThat(read).isEqualTo(end);
        assertThat(served.sent.get()).as("messages of 256 KiB in all").isGreaterThan(20);
    }

    @Test
    void aCancelledCallEnds() throws Exception {
        var reader = slowReader(served.channel());
        reader.read();
        await("the server waits", () -> ServedTrace.waitingForReaders() == 1);
        int sent = served.sent.get();

        reader.cancel();

        await("its thread is free", () -> ServedTrace.answering() == 0);
        assertThat(served.sent.get()).as("but for a message that was under way").isBetween(sent, sent + 1);
        assertThat(code(reader)).isEqualTo(Code.CANCELLED);
        assertThat(served.client()
                        .getTraceInfo(GetTraceInfoRequest.getDefaultInstance())
                        .getEndPosition())
                .isEqualTo(end);
    }

    @Test
    void aDeadlineEndsACall() throws Exception {
        SlowReader<ListInstructionsRequest, ListInstructionsResponse> reader = new SlowReader<>();
        TraceServiceGrpc.newStub(served.channel())
                .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                .listInstructions(EVERYTHING, reader);

        assertThat(code(reader)).isEqualTo(Code.DEADLINE_EXCEEDED);
        await("its thread is free", () -> ServedTrace.answering() == 0);
    }

    @Test
    void slowReadersKeepNoMachineFromOthers() throws Exception {
        List<SlowReader<ReadMemoryRequest, ?>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SlowReader<ReadMemoryRequest, dev.ringscope.proto.query.v1.ReadMemoryResponse> reader = new SlowReader<>();
            readers.add(reader);
            TraceServiceGrpc.newStub(served.channel())
                    .readMemory(
                            ReadMemoryRequest.newBuilder()
                                    .setPosition(i * 10_000L)
                                    .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                                    .setSize(8 << 20)
                                    .build(),
                            reader);
            reader.read();
        }
        await("all wait", () -> ServedTrace.waitingForReaders() == 8);

        assertThat(served.client()
                        .getState(GetStateRequest.newBuilder().setPosition(end).build())
                        .getPosition())
                .isEqualTo(end);
        readers.forEach(SlowReader::cancel);
        await("all threads are free", () -> ServedTrace.answering() == 0);
    }

    @Test
    void tooManyCallsAtOnceAreRefused() throws Exception {
        ManagedChannel channel = served.channel();
        List<SlowReader<?, ?>> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            readers.add(slowReader(channel));
        }
        await("all are being answered", () -> ServedTrace.answering() == 64);

        TraceServiceBlockingStub other = served.client();
        assertThatThrownBy(() -> other.getTraceInfo(GetTraceInfoRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED))
                .hasMessageContaining("64 calls are being answered already: try again later");

        readers.forEach(SlowReader::cancel);
        await("all threads are free", () -> ServedTrace.answering() == 0);
        assertThat(other.getTraceInfo(GetTraceInfoRequest.getDefaultInstance()).getEndPosition())
                .isEqualTo(end);
    }

    @Test
    void closingTheServerEndsItsCalls() throws Exception {
        var reader = slowReader(served.channel());
        reader.read();
        await("the server waits", () -> ServedTrace.waitingForReaders() == 1);

        served.server.close();

        assertThat(ServedTrace.answering()).isZero();
        reader.hurry();
        assertThat(code(reader)).isIn(Code.UNAVAILABLE, Code.CANCELLED);
        served.server.close();
    }

    private static Code code(SlowReader<?, ?> reader) throws Exception {
        try {
            reader.ended().get(1, TimeUnit.MINUTES);
            return Code.OK;
        } catch (ExecutionException e) {
            return Status.fromThrowable(e.getCause()).getCode();
        }
    }

    @Test
    void eightClientsGetWhatOneGetsThoughOthersLeave() throws Exception {
        List<Long> alone = answers(served.client(), 1);
        List<SlowReader<?, ?>> leaving = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            leaving.add(slowReader(served.channel()));
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Future<List<Long>>> same = new ArrayList<>();
            List<Future<List<Long>>> other = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TraceServiceBlockingStub client = served.client();
                if (i % 2 == 0) {
                    same.add(clients.submit(() -> answers(client, 1)));
                } else {
                    other.add(clients.submit(() -> answers(client, 2)));
                }
            }
            for (SlowReader<?, ?> reader : leaving) {
                reader.read();
                reader.cancel();
            }
            for (Future<List<Long>> answers : same) {
                assertThat(answers.get(5, TimeUnit.MINUTES)).isEqualTo(alone);
            }
            List<Long> second = answers(served.client(), 2);
            assertThat(second).isNotEqualTo(alone);
            for (Future<List<Long>> answers : other) {
                assertThat(answers.get(5, TimeUnit.MINUTES)).isEqualTo(second);
            }
        }
    }

    /** Hashes of the answers to a series of random questions. */
    private static List<Long> answers(TraceServiceBlockingStub client, long seed) {
        Random random = new Random(seed);
        List<Long> hashes = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            long position = random.nextLong(end + 1);
            long[] hash = {0};
            switch (i % 4) {
                case 0 ->
                    hash[0] = client.getState(GetStateRequest.newBuilder()
                                    .setPosition(position)
                                    .build())
                            .hashCode();
                case 1 ->
                    client.listInstructions(ListInstructionsRequest.newBuilder()
                                    .setFromPosition(position)
                                    .setCount(20_000)
                                    .build())
                            .forEachRemaining(batch -> hash[0] = hash[0] * 31 + batch.hashCode());
                case 2 ->
                    client.listEvents(ListEventsRequest.newBuilder()
                                    .setFromPosition(position)
                                    .addKinds(EventKind.EVENT_KIND_TRAP)
                                    .build())
                            .forEachRemaining(batch -> hash[0] = hash[0] * 31 + batch.hashCode());
                default ->
                    client.readMemory(ReadMemoryRequest.newBuilder()
                                    .setPosition(position)
                                    .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                                    .setAddress(0x10_0000)
                                    .setSize(600_000)
                                    .build())
                            .forEachRemaining(piece -> hash[0] = hash[0] * 31 + piece.hashCode());
            }
            hashes.add(hash[0]);
        }
        return hashes;
    }
}
