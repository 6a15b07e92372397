package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ContinueRequest;
import dev.ringscope.proto.query.v1.ContinueResponse;
import dev.ringscope.proto.query.v1.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes to where the first of some conditions is met. Each condition is a question to the trace, so that what the index
 * knows is used; on the way back, ever longer stretches are asked, the nearest first.
 */
final class ContinueSession implements Rpc<ContinueRequest, ContinueResponse> {
    private static final int MOST = 64;
    /** The first stretch on the way back, and how much longer each is than the one before. */
    private static final long NEAR = 1 << 14;

    private static final int LONGER = 8;

    /** What was met: which condition, and how. */
    private record Met(int condition, Stop.Match match) {}

    private final SessionRpcs rpcs;

    ContinueSession(SessionRpcs rpcs) {
        this.rpcs = rpcs;
    }

    @Override
    public void answer(ContinueRequest request, Call<ContinueResponse> call) throws IOException {
        Mask mask = SessionRpcs.mask(request.getReadMask());
        if (request.getConditionsCount() == 0 || request.getConditionsCount() > MOST) {
            throw Refusal.field("conditions", "1 to %d, found %d".formatted(MOST, request.getConditionsCount()));
        }
        call.send(rpcs.with(request.getName(), call, (trace, session) -> {
            List<Stop> stops = new ArrayList<>();
            for (int i = 0; i < request.getConditionsCount(); i++) {
                stops.add(Stop.of(trace, "conditions[%d]".formatted(i), request.getConditions(i)));
            }
            long end = trace.recording().trace().endPosition();
            Met met = switch (request.getDirection()) {
                case DIRECTION_FORWARDS -> forwards(stops, session.position(), end, call);
                case DIRECTION_BACKWARDS -> backwards(stops, session.position(), call);
                case DIRECTION_UNSPECIFIED, UNRECOGNIZED ->
                    throw Refusal.field("direction", "expected FORWARDS or BACKWARDS");
            };
            ContinueResponse.Builder answer = ContinueResponse.newBuilder();
            long position = request.getDirection() == Direction.DIRECTION_FORWARDS ? end : 0;
            if (met != null) {
                position = met.match.position();
                answer.setCondition(met.condition);
                met.match.describe().accept(answer);
            }
            return answer.setSession(rpcs.go(trace, session, position, mask, call))
                    .build();
        }));
    }

    private static Met forwards(List<Stop> stops, long position, long end, Call<?> call) throws IOException {
        Met met = null;
        for (int i = 0; i < stops.size() && position < end; i++) {
            long to = met == null ? Long.MAX_VALUE : met.match.position();
            Stop.Match match = to > position + 1 ? stops.get(i).first(position + 1, to, call) : null;
            met = match == null ? met : new Met(i, match);
        }
        return met;
    }

    private static Met backwards(List<Stop> stops, long position, Call<?> call) throws IOException {
        Met met = null;
        long to = position;
        for (long length = NEAR; met == null && to > 0; length *= LONGER) {
            long from = Math.max(0, to - length);
            for (int i = 0; i < stops.size(); i++) {
                long behind = met == null ? from : met.match.position() + 1;
                Stop.Match match = behind < to ? stops.get(i).last(behind, to, call) : null;
                met = match == null ? met : new Met(i, match);
            }
            to = from;
        }
        return met;
    }
}
