package dev.ringscope.trace;

import java.util.Locale;

/** How much a trace stores; what it does not store is derived by re-execution. */
public enum Detail {
    /** Instructions, events, inputs, checkpoints. */
    FLOW,
    /** And every data access. */
    MEMORY,
    /** And every register write. */
    FULL;

    /** As the command line spells it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public dev.ringscope.proto.trace.v1.Detail message() {
        return switch (this) {
            case FLOW -> dev.ringscope.proto.trace.v1.Detail.DETAIL_FLOW;
            case MEMORY -> dev.ringscope.proto.trace.v1.Detail.DETAIL_MEMORY;
            case FULL -> dev.ringscope.proto.trace.v1.Detail.DETAIL_FULL;
        };
    }

    static Detail of(dev.ringscope.proto.trace.v1.Detail detail) {
        return switch (detail) {
            case DETAIL_FLOW -> FLOW;
            case DETAIL_MEMORY -> MEMORY;
            case DETAIL_FULL -> FULL;
            case DETAIL_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("detail " + detail);
        };
    }
}
