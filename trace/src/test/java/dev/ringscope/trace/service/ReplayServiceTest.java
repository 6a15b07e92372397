package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.query.v1.AccessCondition;
import dev.ringscope.proto.query.v1.AccessKind;
import dev.ringscope.proto.query.v1.AddressRange;
import dev.ringscope.proto.query.v1.Condition;
import dev.ringscope.proto.query.v1.ContinueRequest;
import dev.ringscope.proto.query.v1.ContinueResponse;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.DeleteSessionRequest;
import dev.ringscope.proto.query.v1.Direction;
import dev.ringscope.proto.query.v1.EventCondition;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.Filter;
import dev.ringscope.proto.query.v1.GetSessionRequest;
import dev.ringscope.proto.query.v1.InstructionCondition;
import dev.ringscope.proto.query.v1.ListSessionsRequest;
import dev.ringscope.proto.query.v1.ListSessionsResponse;
import dev.ringscope.proto.query.v1.RegisterCondition;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc.ReplayServiceBlockingStub;
import dev.ringscope.proto.query.v1.SeekRequest;
import dev.ringscope.proto.query.v1.Session;
import dev.ringscope.proto.query.v1.StepRequest;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.RegisterWrites;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions go where a search through lists of everything that happened says that they must. */
class ReplayServiceTest {
    @TempDir
    static Path folder;

    private static Path file;
    private static Recording recording;
    private static ServedTrace served;
    private static ReplayServiceBlockingStub client;
    private static long end;
    private static final List<ExecutedInstruction> INSTRUCTIONS = new ArrayList<>();

    @BeforeAll
    static void record() throws IOException {
        file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        recording = Recording.open(file);
        end = recording.trace().endPosition();
        served = new ServedTrace(file);
        client = client(served);
        Instructions.list(recording, dev.ringscope.trace.query.Filter.ALL, INSTRUCTIONS::add);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        recording.close();
        INSTRUCTIONS.clear();
    }

    private static ReplayServiceBlockingStub client(ServedTrace served) {
        return ReplayServiceGrpc.newBlockingStub(served.channel()).withDeadlineAfter(5, TimeUnit.MINUTES);
    }

    private static Session create(ReplayServiceBlockingStub client, long position) {
        return client.createSession(
                        CreateSessionRequest.newBuilder().setPosition(position).build())
                .getSession();
    }

    @Test
    void aSessionStandsWhereItWasTold() throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        Session session = create(client, 5000);
        assertThat(session.getName()).startsWith("traces/demo.rst/sessions/");
        Random random = new Random(9);
        for (int i = 0; i < 20; i++) {
            long position = random.nextLong(end + 1);
            Session there = client.seek(SeekRequest.newBuilder()
                            .setName(session.getName())
                            .setPosition(position)
                            .build())
                    .getSession();
            timeline.seek(position);
            assertThat(there.getPosition()).isEqualTo(position);
            assertThat(there.getTime()).isEqualTo(timeline.machine().state().time());
            if (position < end) {
                assertThat(there.getNext().getPosition()).isEqualTo(position);
                assertThat(there.getNext().getAddress())
                        .isEqualTo(INSTRUCTIONS.get((int) position).address());
                assertThat(there.getNext().getText()).isNotEmpty();
            } else {
                assertThat(there.hasNext()).isFalse();
            }
        }
    }

    @Test
    void stepsGoBothWaysAndStopAtTheEnds() {
        String name = create(client, 1000).getName();
        assertThat(step(name, 1)).isEqualTo(1001);
        assertThat(step(name, -2)).isEqualTo(999);
        assertThat(step(name, 0)).isEqualTo(999);
        assertThat(step(name, Long.MIN_VALUE)).isZero();
        assertThat(step(name, Long.MAX_VALUE)).isEqualTo(end);
        assertThat(step(name, -1)).isEqualTo(end - 1);
    }

    private static long step(String name, long count) {
        return client.step(
                        StepRequest.newBuilder().setName(name).setCount(count).build())
                .getSession()
                .getPosition();
    }

    private record Case(Condition condition, TreeSet<Long> positions) {}

    private static List<Case> cases() throws IOException {
        long address = INSTRUCTIONS.get(INSTRUCTIONS.size() / 3).address();
        TreeSet<Long> executed = new TreeSet<>();
        INSTRUCTIONS.stream().filter(i -> i.address() == address).forEach(i -> executed.add(i.position()));
        TreeSet<Long> rings = new TreeSet<>();
        TreeSet<Long> traps = new TreeSet<>();
        Events.list(recording, Set.of(), dev.ringscope.trace.query.Filter.ALL, event -> {
            if (event instanceof Event.RingChange) {
                rings.add(event.position());
            }
            if (event instanceof Event.Trap trap && trap.vector() == 14) {
                traps.add(event.position());
            }
            return true;
        });
        List<Accesses.Access> accesses = new ArrayList<>();
        Accesses.list(recording, Accesses.Kind.ALL, dev.ringscope.trace.query.Filter.ALL, accesses::add);
        Accesses.Access chosen = accesses.get(accesses.size() * 2 / 3);
        TreeSet<Long> written = new TreeSet<>();
        accesses.stream()
                .filter(a ->
                        a.write() && a.address() < chosen.address() + 8 && a.address() + a.size() > chosen.address())
                .forEach(a -> written.add(a.position()));
        TreeSet<Long> zero = new TreeSet<>();
        RegisterWrites.list(recording, Set.of("rcx"), dev.ringscope.trace.query.Filter.ALL, w -> {
            if ((w.value() & 0xff) == 0) {
                zero.add(w.position());
            }
            return true;
        });
        return List.of(
                new Case(instruction(address), executed),
                new Case(event(EventKind.EVENT_KIND_RING_CHANGE, Filter.getDefaultInstance()), rings),
                new Case(
                        event(
                                EventKind.EVENT_KIND_TRAP,
                                Filter.newBuilder().addVectors(14).build()),
                        traps),
                new Case(write(chosen.address(), 8), written),
                new Case(
                        Condition.newBuilder()
                                .setRegister(RegisterCondition.newBuilder()
                                        .setRegister("rcx")
                                        .setMask(0xff)
                                        .setValue(0))
                                .build(),
                        zero));
    }

    private static Condition instruction(long address) {
        return Condition.newBuilder()
                .setInstruction(InstructionCondition.getDefaultInstance())
                .setFilter(Filter.newBuilder()
                        .addCode(AddressRange.newBuilder().setFirst(address).setLast(address)))
                .build();
    }

    private static Condition event(EventKind kind, Filter filter) {
        return Condition.newBuilder()
                .setEvent(EventCondition.newBuilder().addKinds(kind))
                .setFilter(filter)
                .build();
    }

    private static Condition write(long address, long size) {
        return Condition.newBuilder()
                .setAccess(AccessCondition.newBuilder().addKinds(AccessKind.ACCESS_KIND_WRITE))
                .setFilter(Filter.newBuilder()
                        .addAddresses(
                                AddressRange.newBuilder().setFirst(address).setLast(address + size - 1)))
                .build();
    }

    @Test
    void aSessionContinuesToTheNearestOfItsConditionsBothWays() throws IOException {
        List<Case> cases = cases();
        assertThat(cases).allSatisfy(each -> assertThat(each.positions).isNotEmpty());
        String name = create(client, 0).getName();
        Random random = new Random(11);
        for (int i = 0; i < 40; i++) {
            List<Case> chosen = new ArrayList<>(cases);
            java.util.Collections.shuffle(chosen, random);
            chosen = chosen.subList(0, 1 + random.nextInt(2));
            long from = random.nextLong(end + 1);
            boolean forwards = random.nextBoolean();
            client.seek(SeekRequest.newBuilder().setName(name).setPosition(from).build());

            ContinueResponse answer = goOn(name, chosen, forwards);
            Long nearest = nearest(chosen, from, forwards);
            assertThat(answer.getSession().getPosition())
                    .as("from %d, %s, %s", from, forwards, chosen.size())
                    .isEqualTo(nearest != null ? nearest : forwards ? end : 0);
            assertThat(answer.hasCondition()).isEqualTo(nearest != null);
            if (nearest != null) {
                assertThat(chosen.get(answer.getCondition()).positions).contains(nearest);
            }
        }
    }

    private static ContinueResponse goOn(String name, List<Case> cases, boolean forwards) {
        return client.continue_(ContinueRequest.newBuilder()
                .setName(name)
                .setDirection(forwards ? Direction.DIRECTION_FORWARDS : Direction.DIRECTION_BACKWARDS)
                .addAllConditions(cases.stream().map(Case::condition).toList())
                .build());
    }

    private static Long nearest(List<Case> cases, long from, boolean forwards) {
        Long nearest = null;
        for (Case each : cases) {
            Long next = forwards ? each.positions.higher(from) : each.positions.lower(from);
            if (next != null && (nearest == null || (forwards ? next < nearest : next > nearest))) {
                nearest = next;
            }
        }
        return nearest;
    }

    @Test
    void badConditionsAreRefused() {
        String name = create(client, 0).getName();
        for (Condition condition : List.of(
                Condition.getDefaultInstance(),
                Condition.newBuilder()
                        .setRegister(RegisterCondition.newBuilder().setRegister("r99"))
                        .build(),
                Condition.newBuilder()
                        .setRegister(RegisterCondition.newBuilder()
                                .setRegister("rax")
                                .setWord(1))
                        .build())) {
            assertThatThrownBy(() -> client.continue_(ContinueRequest.newBuilder()
                            .setName(name)
                            .setDirection(Direction.DIRECTION_FORWARDS)
                            .addConditions(condition)
                            .build()))
                    .hasMessageContaining("INVALID_ARGUMENT: conditions[0]");
        }
        assertThatThrownBy(() -> client.continue_(
                        ContinueRequest.newBuilder().setName(name).build()))
                .hasMessageContaining("INVALID_ARGUMENT: conditions");
    }

    @Test
    void sessionsAreListedByTraceAndDeleted() throws IOException {
        try (ServedTrace own = new ServedTrace(file)) {
            ReplayServiceBlockingStub other = client(own);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                names.add(create(other, i * 100).getName());
            }
            ListSessionsResponse first = other.listSessions(ListSessionsRequest.newBuilder()
                    .setParent("traces/-")
                    .setPageSize(3)
                    .build());
            ListSessionsResponse second = other.listSessions(ListSessionsRequest.newBuilder()
                    .setParent("traces/-")
                    .setPageSize(3)
                    .setPageToken(first.getNextPageToken())
                    .build());
            assertThat(second.getNextPageToken()).isEmpty();
            List<Session> listed = new ArrayList<>(first.getSessionsList());
            listed.addAll(second.getSessionsList());
            assertThat(listed).extracting(Session::getName).isEqualTo(names);
            assertThat(listed).extracting(Session::getPosition).containsExactly(0L, 100L, 200L, 300L, 400L);

            other.deleteSession(
                    DeleteSessionRequest.newBuilder().setName(names.getFirst()).build());
            missing(other, names.getFirst());
            missing(other, "traces/demo.rst/sessions/none");
        }
    }

    private static void missing(ReplayServiceBlockingStub client, String name) {
        assertThatThrownBy(() -> client.getSession(
                        GetSessionRequest.newBuilder().setName(name).build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void sessionsAreBoundedInNumber() throws IOException {
        try (ServedTrace own = new ServedTrace(ServerOptions.of(file).withSessions(2))) {
            ReplayServiceBlockingStub other = client(own);
            Session first = create(other, 0);
            create(other, 0);
            assertThatThrownBy(() -> create(other, 0)).hasMessageContaining("RESOURCE_EXHAUSTED");
            other.deleteSession(
                    DeleteSessionRequest.newBuilder().setName(first.getName()).build());
            assertThat(create(other, 3).getPosition()).isEqualTo(3);
        }
    }

    @Test
    void sessionsExpire() throws IOException {
        try (ServedTrace own = new ServedTrace(ServerOptions.of(file).withIdle(Duration.ofMillis(300)))) {
            ReplayServiceBlockingStub other = client(own);
            Session first = create(other, 0);
            ServedTrace.await(
                    "sessions expire",
                    () -> other.listSessions(ListSessionsRequest.getDefaultInstance())
                                    .getSessionsCount()
                            == 0);
            missing(other, first.getName());
            assertThat(create(other, 3).getPosition()).isEqualTo(3);
        }
    }

    @Test
    void aSessionDoesNotOutliveItsTrace() throws IOException {
        Path copy = folder.resolve("copy.rst");
        Guests.demonstration(copy, Detail.FLOW);
        try (ServedTrace own = new ServedTrace(copy)) {
            Session session = create(client(own), 10);
            Path next = Guests.demonstration(folder.resolve("next-replayservicetest.rst"), Detail.MEMORY);
            Files.move(next, copy, StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> client(own)
                            .getSession(GetSessionRequest.newBuilder()
                                    .setName(session.getName())
                                    .build()))
                    .hasMessageContaining("FAILED_PRECONDITION");
        }
    }
}
