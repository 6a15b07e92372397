package dev.ringscope.trace.service;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.query.v1.Format;
import dev.ringscope.proto.query.v1.ListFormatsRequest;
import dev.ringscope.proto.query.v1.ListFormatsResponse;
import dev.ringscope.proto.query.v1.ReadExportRequest;
import dev.ringscope.proto.query.v1.ReadExportResponse;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.export.Formats;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The rpcs on exports, and on the operations that they are. */
final class ExportRpcs {
    private static final ByteString LIST = ByteString.copyFromUtf8("operations");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** The longest duration that protobuf knows. */
    private static final long MOST_SECONDS = 315_576_000_000L;

    private final Exports exports;

    ExportRpcs(Exports exports) {
        this.exports = exports;
    }

    void formats(ListFormatsRequest request, Call<ListFormatsResponse> call) {
        ListFormatsResponse.Builder answer = ListFormatsResponse.newBuilder();
        for (Exporter format : Formats.ALL) {
            answer.addFormats(Format.newBuilder().setName(format.name()).setDescription(format.description()));
        }
        call.send(answer.build());
    }

    void start(OpenTrace trace, StartExportRequest request, Call<Operation> call) throws IOException {
        Exporter exporter = Formats.find(request.getFormat())
                .orElseThrow(() -> Refusal.field(
                        "format",
                        "expected one of %s, found \"%s\""
                                .formatted(
                                        Formats.ALL.stream().map(Exporter::name).toList(), request.getFormat())));
        TraceReader reader = trace.recording().trace();
        Range range =
                Requests.range(reader, "", request.getFromPosition(), request.hasToPosition(), request.getToPosition());
        if (range.from() >= reader.endPosition() || range.to() <= range.from()) {
            throw Refusal.field("to_position", "expected at least one instruction behind from_position");
        }
        StartExportRequest named = request.toBuilder().setParent(trace.name()).build();
        call.send(exports.start(named, exporter, range).message());
    }

    void read(ReadExportRequest request, Call<ReadExportResponse> call) throws IOException {
        ExportRun run = exports.find(request.getOperation());
        Path file = run.file(request.getFile());
        long size = Files.size(file);
        if (request.getOffset() < 0 || request.getOffset() > size) {
            throw Refusal.field(
                    "offset", "%s is not within 0..%d".formatted(Long.toUnsignedString(request.getOffset()), size));
        }
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(request.getOffset());
            for (byte[] next = in.readNBytes(Batches.BYTES); next.length > 0; next = in.readNBytes(Batches.BYTES)) {
                call.send(ReadExportResponse.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(next))
                        .build());
                run.touch();
            }
        }
    }

    void get(GetOperationRequest request, Call<Operation> call) {
        call.send(exports.find(request.getName()).message());
    }

    void list(ListOperationsRequest request, Call<ListOperationsResponse> call) {
        if (!request.getFilter().isEmpty()) {
            throw Refusal.field("filter", "this server knows no filter of operations");
        }
        int size = Requests.pageSize(request.getPageSize(), PageToken.CUSTOMARY_SIZE);
        String last = NamedToken.read(request.getPageToken(), LIST);
        long behind = last.isEmpty() ? 0 : Long.parseLong(last);
        List<ExportRun> rest =
                exports.list().stream().filter(run -> run.number() > behind).toList();
        int to = Math.min(rest.size(), size);
        ListOperationsResponse.Builder answer = ListOperationsResponse.newBuilder();
        rest.subList(0, to).forEach(run -> answer.addOperations(run.message()));
        if (to < rest.size()) {
            answer.setNextPageToken(
                    NamedToken.text(Long.toString(rest.get(to - 1).number()), LIST));
        }
        call.send(answer.build());
    }

    void await(WaitOperationRequest request, Call<Operation> call) {
        ExportRun run = exports.find(request.getName());
        long timeout = request.hasTimeout() ? nanos(request.getTimeout()) : Long.MAX_VALUE;
        long start = System.nanoTime();
        while (!run.done() && System.nanoTime() - start < timeout) {
            call.check();
            run.touch();
            LockSupport.parkNanos(LOOK_NANOS);
        }
        call.send(run.message());
    }

    private static long nanos(Duration timeout) {
        long seconds = timeout.getSeconds();
        long nanos = timeout.getNanos();
        if (seconds < 0 || seconds > MOST_SECONDS || nanos < 0 || nanos >= SECOND) {
            throw Refusal.field("timeout", "expected a duration of 0 or more");
        }
        return seconds > Long.MAX_VALUE / SECOND - 1 ? Long.MAX_VALUE : seconds * SECOND + nanos;
    }

    void cancel(CancelOperationRequest request, Call<Empty> call) {
        exports.find(request.getName()).cancel();
        call.send(Empty.getDefaultInstance());
    }

    void delete(DeleteOperationRequest request, Call<Empty> call) {
        exports.delete(request.getName());
        call.send(Empty.getDefaultInstance());
    }
}
