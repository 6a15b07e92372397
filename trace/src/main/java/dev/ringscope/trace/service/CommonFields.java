package dev.ringscope.trace.service;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;

/** Fields that requests have in common, by their names in the schema. */
final class CommonFields {
    private CommonFields() {}

    /** {@code traces/...}, or "" if the request does not say. */
    static String traceName(Message request) {
        return (String) request.getField(field(request, traceField(request)));
    }

    /** The field that says which trace. */
    static String traceField(Message request) {
        return field(request, "name") == null ? "parent" : "name";
    }

    /** What is wanted of a list: the request's filter, and what stands beside it. */
    static Filter filter(OpenTrace trace, Message request) {
        FieldDescriptor field = field(request, "filter");
        Filter filter = Filters.of(trace, "filter", (dev.ringscope.proto.query.v1.Filter) request.getField(field));
        Range range = filter.range();
        FieldDescriptor from = field(request, "from_position");
        if (from != null) {
            FieldDescriptor to = field(request, "to_position");
            Range beside = Requests.range(
                    trace.recording().trace(), "", (long) request.getField(from), request.hasField(to), (long)
                            request.getField(to));
            range = range.from() > 0 || range.to() < Long.MAX_VALUE ? both(range, beside) : beside;
        }
        long count = (long) request.getField(field(request, "count"));
        if (count < 0) {
            throw Refusal.field("count", "%s is not below 2^63".formatted(Long.toUnsignedString(count)));
        }
        return filter.withRange(new Range(range.from(), range.to(), count));
    }

    private static Range both(Range a, Range b) {
        long from = Math.max(a.from(), b.from());
        return new Range(from, Math.max(from, Math.min(a.to(), b.to())), 0);
    }

    static FieldMask readMask(Message request) {
        return (FieldMask) request.getField(field(request, "read_mask"));
    }

    private static FieldDescriptor field(Message request, String name) {
        return request.getDescriptorForType().findFieldByName(name);
    }
}
