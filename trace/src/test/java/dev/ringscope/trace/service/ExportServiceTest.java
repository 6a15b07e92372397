package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.ExportServiceGrpc;
import dev.ringscope.proto.query.v1.ExportServiceGrpc.ExportServiceBlockingStub;
import dev.ringscope.proto.query.v1.Format;
import dev.ringscope.proto.query.v1.ListFormatsRequest;
import dev.ringscope.proto.query.v1.ReadExportRequest;
import dev.ringscope.proto.query.v1.ReadExportResponse;
import dev.ringscope.proto.query.v1.StartExportMetadata;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.proto.query.v1.StartExportResponse;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.export.Exported;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.export.Formats;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports are made by operations, and are what the exporters write. */
class ExportServiceTest {
    @TempDir
    static Path folder;

    private static Path file;
    private ServedTrace served;
    private ManagedChannel channel;
    private ExportServiceBlockingStub client;

    @BeforeAll
    static void record() throws IOException {
        file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
    }

    @BeforeEach
    void serve() throws IOException {
        served = new ServedTrace(file);
        channel = served.channel();
        client = ExportServiceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.MINUTES);
    }

    @AfterEach
    void close() throws IOException {
        served.close();
    }

    private <Q extends Message, A> A ask(MethodDescriptor<Q, A> method, Q request) {
        return ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.MINUTES), request);
    }

    private Operation start() {
        return client.startExport(
                StartExportRequest.newBuilder().setFormat("vcd").build());
    }

    private Operation await(String name) {
        return ask(
                OperationsService.WAIT,
                WaitOperationRequest.newBuilder().setName(name).build());
    }

    @Test
    void anExportIsWhatTheExporterWrites() throws Exception {
        assertThat(client.listFormats(ListFormatsRequest.getDefaultInstance()).getFormatsList())
                .extracting(Format::getName)
                .isEqualTo(Formats.ALL.stream().map(Exporter::name).toList());
        Operation begun = start();
        assertThat(begun.getMetadata()
                        .unpack(StartExportMetadata.class)
                        .getRequest()
                        .getParent())
                .isEqualTo("traces/demo.rst");

        Operation done = await(begun.getName());

        assertThat(done.getDone()).isTrue();
        StartExportResponse made = done.getResponse().unpack(StartExportResponse.class);
        byte[] expected = expected();
        assertThat(made.getFilesCount()).isEqualTo(1);
        assertThat(made.getFiles(0).getBytes()).isEqualTo(expected.length);
        assertThat(read(done.getName(), 0).toByteArray()).isEqualTo(expected);
        assertThat(read(done.getName(), 1000).toByteArray())
                .isEqualTo(java.util.Arrays.copyOfRange(expected, 1000, expected.length));
        assertThat(read(done.getName(), expected.length)).isEmpty();
        assertThatThrownBy(() -> read(done.getName(), expected.length + 1)).hasMessageContaining("offset");
    }

    private static byte[] expected() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Recording recording = Recording.open(file)) {
            Exporter.ToFile vcd = (Exporter.ToFile) Formats.find("vcd").orElseThrow();
            vcd.write(new Exported(recording, Range.ALL, new Symbols(), () -> {}), out);
        }
        return out.toByteArray();
    }

    private ByteString read(String operation, long offset) {
        Iterator<ReadExportResponse> pieces = client.readExport(ReadExportRequest.newBuilder()
                .setOperation(operation)
                .setOffset(offset)
                .build());
        ByteString all = ByteString.EMPTY;
        while (pieces.hasNext()) {
            all = all.concat(pieces.next().getData());
        }
        return all;
    }

    @Test
    void operationsAreListedCancelledAndDeleted() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            names.add(start().getName());
        }
        ListOperationsResponse first = ask(
                OperationsService.LIST,
                ListOperationsRequest.newBuilder().setPageSize(2).build());
        ListOperationsResponse second = ask(
                OperationsService.LIST,
                ListOperationsRequest.newBuilder()
                        .setPageToken(first.getNextPageToken())
                        .build());
        assertThat(first.getOperationsList()).extracting(Operation::getName).isEqualTo(names.subList(0, 2));
        assertThat(second.getOperationsList()).extracting(Operation::getName).isEqualTo(names.subList(2, 3));

        String last = names.getLast();
        ask(
                OperationsService.CANCEL,
                CancelOperationRequest.newBuilder().setName(last).build());
        Operation ended = await(last);
        assertThat(ended.getDone()).isTrue();
        assertThat(ended.hasResponse() || ended.getError().getCode() == com.google.rpc.Code.CANCELLED_VALUE)
                .isTrue();

        ask(
                OperationsService.DELETE,
                DeleteOperationRequest.newBuilder().setName(last).build());
        assertThatThrownBy(() -> ask(
                        OperationsService.GET,
                        GetOperationRequest.newBuilder().setName(last).build()))
                .hasMessageContaining("NOT_FOUND");
        Operation waited = ask(
                OperationsService.WAIT,
                WaitOperationRequest.newBuilder()
                        .setName(names.getFirst())
                        .setTimeout(Duration.newBuilder().setNanos(1))
                        .build());
        assertThat(waited.getName()).isEqualTo(names.getFirst());
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> client.startExport(
                        StartExportRequest.newBuilder().setFormat("none").build()))
                .hasMessageContaining("INVALID_ARGUMENT: format");
        assertThatThrownBy(() -> client.startExport(StartExportRequest.newBuilder()
                        .setFormat("vcd")
                        .setFromPosition(5)
                        .setToPosition(5)
                        .build()))
                .hasMessageContaining("INVALID_ARGUMENT: to_position");
        assertThatThrownBy(() -> read("operations/none", 0)).hasMessageContaining("NOT_FOUND");
    }
}
