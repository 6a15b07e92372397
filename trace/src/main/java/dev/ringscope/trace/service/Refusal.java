package dev.ringscope.trace.service;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.util.Map;

/** A call that cannot be answered, with what its client is told: reasons as in trace_service.proto. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String DOMAIN = "ringscope.dev";

    private final transient Status status;

    private Refusal(Status status) {
        super(status.getMessage());
        this.status = status;
    }

    Status status() {
        return status;
    }

    /** @param what a sentence that begins with the field's value or name */
    static Refusal field(String field, String what) {
        return new Refusal(status(Code.INVALID_ARGUMENT, "BAD_REQUEST", field + ": " + what, Map.of()).toBuilder()
                .addDetails(violation(field, what))
                .build());
    }

    /** @param position unsigned */
    static Refusal position(String field, long position, long end) {
        String what = "position %s is beyond the trace's end at %d".formatted(Long.toUnsignedString(position), end);
        return new Refusal(status(
                        Code.OUT_OF_RANGE,
                        "POSITION_OUT_OF_RANGE",
                        field + ": " + what,
                        Map.of("end_position", Long.toString(end)))
                .toBuilder()
                .addDetails(violation(field, what))
                .build());
    }

    /** @param kind what there is none of: "trace" */
    static Refusal notFound(String reason, String kind, String name) {
        String message = "no %s of the name \"%s\"".formatted(kind, name);
        return new Refusal(status(Code.NOT_FOUND, reason, message, Map.of("name", name)).toBuilder()
                .addDetails(Any.pack(ResourceInfo.newBuilder()
                        .setResourceType(DOMAIN + "/" + kind)
                        .setResourceName(name)
                        .setDescription(message)
                        .build()))
                .build());
    }

    /** The same where the request that it is about is a field of the client's: fields are named from there. */
    Refusal within(String field) {
        Status.Builder moved = status.toBuilder().clearDetails();
        for (Any detail : status.getDetailsList()) {
            moved.addDetails(detail.is(BadRequest.class) ? within(field, detail) : detail);
        }
        boolean names = status.getDetailsList().stream().anyMatch(detail -> detail.is(BadRequest.class));
        return new Refusal(
                names ? moved.setMessage(field + "." + status.getMessage()).build() : moved.build());
    }

    private static Any within(String field, Any detail) {
        try {
            BadRequest.Builder moved = detail.unpack(BadRequest.class).toBuilder();
            moved.getFieldViolationsBuilderList().forEach(each -> each.setField(field + "." + each.getField()));
            return Any.pack(moved.build());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    static Refusal pageToken(String what) {
        return new Refusal(status(Code.INVALID_ARGUMENT, "PAGE_TOKEN", "page_token: " + what, Map.of()).toBuilder()
                .addDetails(violation("page_token", what))
                .build());
    }

    /** An operation that has not ended, or failed, made nothing. */
    static Refusal notReady(String name) {
        return new Refusal(status(
                Code.FAILED_PRECONDITION,
                "OPERATION_NOT_READY",
                name + ": the operation has not ended, or failed",
                Map.of("name", name)));
    }

    static Refusal changed(String name) {
        return new Refusal(status(
                Code.FAILED_PRECONDITION,
                "TRACE_CHANGED",
                name + ": the file is not the one that this session was made for",
                Map.of("name", name)));
    }

    /** There is room again when others have finished. */
    static Refusal busy(String why) {
        return new Refusal(status(Code.RESOURCE_EXHAUSTED, "BUSY", why + ": try again later", Map.of()).toBuilder()
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(1))
                        .build()))
                .build());
    }

    static Refusal notReplayable(String why) {
        return new Refusal(status(Code.FAILED_PRECONDITION, "NOT_REPLAYABLE", why, Map.of()));
    }

    private static Any violation(String field, String what) {
        return Any.pack(BadRequest.newBuilder()
                .addFieldViolations(
                        BadRequest.FieldViolation.newBuilder().setField(field).setDescription(what))
                .build());
    }

    static Status status(Code code, String reason, String message, Map<String, String> metadata) {
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setDomain(DOMAIN)
                        .setReason(reason)
                        .putAllMetadata(metadata)
                        .build()))
                .build();
    }
}
