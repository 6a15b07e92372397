package dev.ringscope.trace.service;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.query.MemoryContents.NotMappedException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** What goes wrong, as google.rpc.Status with ErrorInfo: see the service's schema. */
final class Failures {
    private static final String DOMAIN = "ringscope.dev";

    /** A position that the trace does not reach. */
    static final class PositionOutOfRange extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final long end;

        PositionOutOfRange(long position, long end) {
            super("position %s is behind the trace's end, %d".formatted(Long.toUnsignedString(position), end));
            this.end = end;
        }
    }

    private Failures() {}

    static StatusRuntimeException status(Throwable cause) {
        return switch (cause) {
            case StatusRuntimeException e -> e;
            case PositionOutOfRange e ->
                status(Code.OUT_OF_RANGE, "POSITION_OUT_OF_RANGE", e, Map.of("end", Long.toString(e.end)));
            case NotMappedException e ->
                status(Code.OUT_OF_RANGE, "NOT_MAPPED", e, Map.of("address", "0x" + Long.toHexString(e.address())));
            case TraceFormatException e ->
                status(
                        Code.DATA_LOSS,
                        "TRACE_DAMAGED",
                        e,
                        Map.of("file", e.file(), "offset", Long.toString(e.offset()), "expected", e.expected()));
            case DivergenceException e ->
                status(Code.FAILED_PRECONDITION, "NOT_REPLAYABLE", e, Map.of("position", Long.toString(e.position())));
            case IllegalArgumentException e -> status(Code.INVALID_ARGUMENT, "BAD_REQUEST", e, Map.of());
            case UncheckedIOException e -> status(e.getCause());
            case IOException e -> status(Code.INTERNAL, "IO", e, Map.of());
            default -> status(Code.INTERNAL, "INTERNAL", cause, Map.of());
        };
    }

    private static StatusRuntimeException status(Code code, String reason, Throwable cause, Map<String, String> details) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setDomain(DOMAIN)
                .setReason(reason)
                .putAllMetadata(details)
                .build();
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(String.valueOf(cause.getMessage()))
                .addDetails(Any.pack(info))
                .build());
    }
}
