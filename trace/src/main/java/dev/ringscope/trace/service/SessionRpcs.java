package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.CreateSessionResponse;
import dev.ringscope.proto.query.v1.DeleteSessionRequest;
import dev.ringscope.proto.query.v1.DeleteSessionResponse;
import dev.ringscope.proto.query.v1.GetSessionRequest;
import dev.ringscope.proto.query.v1.GetSessionResponse;
import dev.ringscope.proto.query.v1.ListSessionsRequest;
import dev.ringscope.proto.query.v1.ListSessionsResponse;
import dev.ringscope.proto.query.v1.SeekRequest;
import dev.ringscope.proto.query.v1.SeekResponse;
import dev.ringscope.proto.query.v1.StepRequest;
import dev.ringscope.proto.query.v1.StepResponse;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** The rpcs on sessions that are a few lines each; {@link ContinueSession} is not. */
final class SessionRpcs {
    private static final String ALL_TRACES = TraceName.COLLECTION + "-";

    /** Works with a session that nobody else moves meanwhile, and with its trace. */
    @FunctionalInterface
    interface Move<T> {
        T move(OpenTrace trace, Session session) throws IOException;
    }

    private final Library library;
    private final Sessions sessions;

    SessionRpcs(Library library, Sessions sessions) {
        this.library = library;
        this.sessions = sessions;
    }

    void create(OpenTrace trace, CreateSessionRequest request, Call<CreateSessionResponse> call) throws IOException {
        Mask mask = mask(request.getReadMask());
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        // looked at first: a session that nobody learns of would only take room
        SessionView view = SessionView.at(trace, position, call);
        Session session = sessions.create(trace, position);
        call.send(CreateSessionResponse.newBuilder()
                .setSession(mask.apply(view.message(session, sessions.idle())))
                .build());
    }

    void get(GetSessionRequest request, Call<GetSessionResponse> call) throws IOException {
        Mask mask = mask(request.getReadMask());
        dev.ringscope.proto.query.v1.Session seen =
                with(request.getName(), call, (trace, session) -> go(trace, session, session.position(), mask, call));
        call.send(GetSessionResponse.newBuilder().setSession(seen).build());
    }

    void list(ListSessionsRequest request, Call<ListSessionsResponse> call) throws IOException {
        int size = Requests.pageSize(request.getPageSize(), PageToken.CUSTOMARY_SIZE);
        ByteString parent = ByteString.copyFromUtf8("sessions of " + request.getParent());
        String last = NamedToken.read(request.getPageToken(), parent);
        long behind = last.isEmpty() ? 0 : Long.parseLong(last);
        boolean all =
                request.getParent().equals(ALL_TRACES) || request.getParent().isEmpty();
        if (!all && !library.list().containsKey(request.getParent())) {
            throw Refusal.notFound("TRACE_NOT_FOUND", "trace", request.getParent());
        }
        ListSessionsResponse.Builder answer = ListSessionsResponse.newBuilder();
        for (Session session : sessions.list()) {
            if (session.number() <= behind || !all && !session.trace().equals(request.getParent())) {
                continue;
            }
            if (answer.getSessionsCount() == size) {
                answer.setNextPageToken(NamedToken.text(last, parent));
                break;
            }
            answer.addSessions(SessionView.brief(session, sessions.idle()));
            last = Long.toString(session.number());
        }
        call.send(answer.build());
    }

    void delete(DeleteSessionRequest request, Call<DeleteSessionResponse> call) {
        sessions.delete(request.getName());
        call.send(DeleteSessionResponse.getDefaultInstance());
    }

    void seek(SeekRequest request, Call<SeekResponse> call) throws IOException {
        Mask mask = mask(request.getReadMask());
        dev.ringscope.proto.query.v1.Session there = with(request.getName(), call, (trace, session) -> {
            long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
            return go(trace, session, position, mask, call);
        });
        call.send(SeekResponse.newBuilder().setSession(there).build());
    }

    void step(StepRequest request, Call<StepResponse> call) throws IOException {
        Mask mask = mask(request.getReadMask());
        dev.ringscope.proto.query.v1.Session there = with(request.getName(), call, (trace, session) -> {
            long position = stepped(trace.recording().trace(), session.position(), request.getCount());
            return go(trace, session, position, mask, call);
        });
        call.send(StepResponse.newBuilder().setSession(there).build());
    }

    private static long stepped(TraceReader trace, long position, long count) {
        return count < 0
                ? position + Math.max(count, -position)
                : position + Math.min(count, trace.endPosition() - position);
    }

    static Mask mask(FieldMask paths) {
        return Mask.of(paths, dev.ringscope.proto.query.v1.Session.getDescriptor());
    }

    /** Works with a session and its trace. */
    <T> T with(String name, Call<?> call, Move<T> move) throws IOException {
        Session session = sessions.find(name);
        session.acquire(call);
        try (Library.Lease lease = library.lease(session.trace(), "name", call)) {
            session.verify(lease.trace());
            return move.move(lease.trace(), session);
        } finally {
            session.release();
        }
    }

    /** Moves it once it is known what there is: if that fails, it stays. */
    dev.ringscope.proto.query.v1.Session go(OpenTrace trace, Session session, long position, Mask mask, Call<?> call)
            throws IOException {
        SessionView view = SessionView.at(trace, position, call);
        call.check();
        session.setPosition(position);
        return mask.apply(view.message(session, sessions.idle()));
    }
}
