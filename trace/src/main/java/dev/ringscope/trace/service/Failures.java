package dev.ringscope.trace.service;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.query.MemoryContents.NotMappedException;
import dev.ringscope.trace.query.NotReplayableException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** What a client is told about a failure. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    static StatusRuntimeException status(Throwable failure) {
        return StatusProto.toStatusRuntimeException(explain(failure));
    }

    private static Status explain(Throwable failure) {
        return switch (failure) {
            case Refusal e -> e.status();
            case NotMappedException e ->
                Refusal.status(
                        Code.OUT_OF_RANGE,
                        "NOT_MAPPED",
                        e.getMessage(),
                        Map.of("address", "0x" + Long.toHexString(e.address())));
            case TraceFormatException e ->
                Refusal.status(
                        Code.DATA_LOSS,
                        "TRACE_DAMAGED",
                        e.getMessage(),
                        Map.of("file", e.file(), "offset", Long.toString(e.offset()), "expected", e.expected()));
            case NotReplayableException e ->
                Refusal.notReplayable(e.getMessage()).status();
            case DivergenceException e -> Refusal.notReplayable(e.getMessage()).status();
            case UncheckedIOException e -> explain(e.getCause());
            case IOException e ->
                Refusal.status(
                        Code.UNAVAILABLE, "TRACE_UNREADABLE", "the trace cannot be read: " + e.getMessage(), Map.of());
            case OutOfMemoryError e -> Refusal.busy("not enough memory").status();
            default -> {
                LOG.log(System.Logger.Level.ERROR, "a call failed unexpectedly", failure);
                yield Refusal.status(Code.INTERNAL, "DEFECT", "a defect in the server: " + failure, Map.of());
            }
        };
    }
}
