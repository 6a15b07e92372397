package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.DeleteSessionRequest;
import dev.ringscope.proto.query.v1.Filter;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.ListAccessesRequest;
import dev.ringscope.proto.query.v1.ListAccessesResponse;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListEventsResponse;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.StepRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 32 clients at once, of whom some cancel, some read slowly and some have hardly any time: all whole answers are those
 * of the questions' own interface, and nothing is left of it afterwards. For some seconds; -Dringscope.crowd.seconds
 * makes it longer.
 */
class CrowdTest {
    private static final int CLIENTS = 32;
    private static final long SECONDS = Long.getLong("ringscope.crowd.seconds", 12);
    private static final long CACHE = 160 << 20;

    @TempDir
    Path folder;

    /** Items of an answer, one after the other: how a stream is cut into messages does not count. */
    private static final class Hash {
        private long value = 1;

        void add(Object item) {
            value = value * 31 + item.hashCode();
        }
    }

    /** @param ask gives the messages; each is hashed by items */
    private record Question(
            Function<TraceServiceBlockingStub, Iterator<? extends Message>> ask,
            java.util.function.BiConsumer<Message, Hash> items,
            long expected) {}

    private enum Manner {
        WHOLE,
        CANCELS,
        SLOW,
        HURRIED,
        SESSION
    }

    private static Filter.Builder filter(long from, long length) {
        return Filter.newBuilder().setFromPosition(from).setToPosition(from + length);
    }

    private static Question instructions(Recording recording, String parent, long from, long length)
            throws IOException {
        Hash hash = new Hash();
        Instructions.list(recording, dev.ringscope.trace.query.Filter.of(new Range(from, from + length, 0)), i -> {
            hash.add(ListInstructions.message(i, new Symbols(), null));
            return true;
        });
        return new Question(
                stub -> stub.listInstructions(ListInstructionsRequest.newBuilder()
                        .setParent(parent)
                        .setFilter(filter(from, length))
                        .build()),
                (message, sum) -> ((ListInstructionsResponse) message)
                        .getInstructionsList()
                        .forEach(sum::add),
                hash.value);
    }

    private static Question events(Recording recording, String parent, long from, long length) throws IOException {
        Hash hash = new Hash();
        Events.list(recording, Set.of(), dev.ringscope.trace.query.Filter.of(new Range(from, from + length, 0)), e -> {
            hash.add(ListEvents.message(e));
            return true;
        });
        return new Question(
                stub -> stub.listEvents(ListEventsRequest.newBuilder()
                        .setParent(parent)
                        .setFilter(filter(from, length))
                        .build()),
                (message, sum) -> ((ListEventsResponse) message).getEventsList().forEach(sum::add),
                hash.value);
    }

    private static Question accesses(Recording recording, String parent, long from, long length) throws IOException {
        Hash hash = new Hash();
        Accesses.list(
                recording,
                Accesses.Kind.ALL,
                dev.ringscope.trace.query.Filter.of(new Range(from, from + length, 0)),
                a -> {
                    hash.add(ListAccesses.message(a));
                    return true;
                });
        return new Question(
                stub -> stub.listAccesses(ListAccessesRequest.newBuilder()
                        .setParent(parent)
                        .setFilter(filter(from, length))
                        .build()),
                (message, sum) ->
                        ((ListAccessesResponse) message).getAccessesList().forEach(sum::add),
                hash.value);
    }

    private static Question memory(Recording recording, String parent, long position) throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        timeline.seek(position);
        ByteString expected = ByteString.copyFrom(timeline.machine().memory().whole(), 0x10_0000, 900_000);
        Hash hash = new Hash();
        hash.add(expected.substring(0, 256 << 10));
        hash.add(expected.substring(256 << 10, 512 << 10));
        hash.add(expected.substring(512 << 10, 768 << 10));
        hash.add(expected.substring(768 << 10));
        return new Question(
                stub -> stub.readMemory(ReadMemoryRequest.newBuilder()
                        .setParent(parent)
                        .setPosition(position)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                        .setAddress(0x10_0000)
                        .setSize(900_000)
                        .build()),
                (message, sum) -> sum.add(((ReadMemoryResponse) message).getData()),
                hash.value);
    }

    private List<Question> questions() throws IOException {
        Random random = new Random(32);
        List<Question> questions = new ArrayList<>();
        for (Detail detail : List.of(Detail.FLOW, Detail.MEMORY)) {
            String name = detail.text() + ".rst";
            try (Recording recording = Recording.open(Guests.demonstration(folder.resolve(name), detail))) {
                long end = recording.trace().endPosition();
                for (int i = 0; i < 4; i++) {
                    String parent = "traces/" + name;
                    questions.add(instructions(recording, parent, random.nextLong(end - 60_000), 60_000));
                    questions.add(events(recording, parent, random.nextLong(end / 2), end / 2));
                    questions.add(accesses(recording, parent, random.nextLong(end - 20_000), 20_000));
                    questions.add(memory(recording, parent, random.nextLong(end)));
                }
            }
        }
        return questions;
    }

    @Test
    void manyClientsGetRightAnswersAndLeaveNothingBehind() throws Exception {
        List<Question> questions = questions();
        long before = heapAfterCollection();
        Map<Manner, Integer> done = new EnumMap<>(Manner.class);
        try (ServedTrace served =
                new ServedTrace(ServerOptions.of(folder).withCacheBytes(CACHE).withSessions(CLIENTS))) {
            ManagedChannel watcher = served.channel();
            try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
                List<Future<Map<Manner, Integer>>> running = new ArrayList<>();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                for (int i = 0; i < CLIENTS; i++) {
                    Random random = new Random(i);
                    ManagedChannel channel = served.channel();
                    running.add(clients.submit(() -> client(channel, questions, random, end)));
                }
                for (Future<Map<Manner, Integer>> each : running) {
                    each.get(SECONDS + 240, TimeUnit.SECONDS)
                            .forEach((manner, count) -> done.merge(manner, count, Integer::sum));
                }
            }
            ServedTrace.await("all calls have ended", () -> ServedTrace.answering() == 0);
            ServedTrace.await("no call is under way", () -> served.metric("ringscope_calls_under_way") == 0);
            assertThat(served.metric("ringscope_sessions")).isZero();
            assertThat(served.metric("ringscope_machines_bytes")).isLessThanOrEqualTo(CACHE);
            assertThat(heapAfterCollection() - before).as("bytes kept").isLessThan(CACHE + (64 << 20));
            watcher.shutdownNow();
        }
        assertThat(done).containsKeys(Manner.values());
        ServedTrace.await(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(
                                thread -> thread.isAlive() && thread.getName().startsWith("trace-service")));
        assertThat(heapAfterCollection() - before)
                .as("bytes kept by a closed server")
                .isLessThan(32 << 20);
    }

    private static Map<Manner, Integer> client(
            ManagedChannel channel, List<Question> questions, Random random, long end) {
        Map<Manner, Integer> done = new EnumMap<>(Manner.class);
        while (System.nanoTime() < end) {
            Manner manner = Manner.values()[random.nextInt(Manner.values().length)];
            if (manner == Manner.SESSION) {
                session(channel, random);
            } else {
                ask(channel, questions.get(random.nextInt(questions.size())), manner, random);
            }
            done.merge(manner, 1, Integer::sum);
        }
        return done;
    }

    private static void ask(ManagedChannel channel, Question question, Manner manner, Random random) {
        TraceServiceBlockingStub stub = TraceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(manner == Manner.HURRIED ? 1 + random.nextInt(60) : 240_000, TimeUnit.MILLISECONDS);
        Hash hash = new Hash();
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            context.run(() -> {
                Iterator<? extends Message> messages = question.ask.apply(stub);
                for (int i = 0; messages.hasNext(); i++) {
                    question.items.accept(messages.next(), hash);
                    if (manner == Manner.CANCELS && i == 1) {
                        context.cancel(null);
                    }
                    if (manner == Manner.SLOW) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                    }
                }
            });
            assertThat(hash.value).isEqualTo(question.expected);
        } catch (StatusRuntimeException e) {
            Code allowed = manner == Manner.CANCELS ? Code.CANCELLED : Code.DEADLINE_EXCEEDED;
            assertThat(manner).as("%s", e).isIn(Manner.CANCELS, Manner.HURRIED);
            assertThat(e.getStatus().getCode()).isEqualTo(allowed);
        }
    }

    private static void session(ManagedChannel channel, Random random) {
        var stub = ReplayServiceGrpc.newBlockingStub(channel).withDeadlineAfter(4, TimeUnit.MINUTES);
        long position = random.nextLong(50_000);
        String name = stub.createSession(CreateSessionRequest.newBuilder()
                        .setParent("traces/flow.rst")
                        .setPosition(position)
                        .build())
                .getSession()
                .getName();
        for (int i = 0; i < 3; i++) {
            long step = random.nextLong(2000) - 1000;
            position = Math.max(0, position + step);
            assertThat(stub.step(StepRequest.newBuilder()
                                    .setName(name)
                                    .setCount(step)
                                    .build())
                            .getSession()
                            .getPosition())
                    .isEqualTo(position);
        }
        assertThat(TraceServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(4, TimeUnit.MINUTES)
                        .getState(GetStateRequest.newBuilder()
                                .setParent("traces/memory.rst")
                                .setPosition(position)
                                .build())
                        .getPosition())
                .isEqualTo(position);
        stub.deleteSession(DeleteSessionRequest.newBuilder().setName(name).build());
    }

    private static long heapAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
