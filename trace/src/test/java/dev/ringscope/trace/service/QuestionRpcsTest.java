package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.DeviceTraffic;
import dev.ringscope.proto.query.v1.ExplainedFault;
import dev.ringscope.proto.query.v1.GetDescriptorsRequest;
import dev.ringscope.proto.query.v1.GetDescriptorsResponse;
import dev.ringscope.proto.query.v1.GetLastWriteRequest;
import dev.ringscope.proto.query.v1.GetLastWriteResponse;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetPageResponse;
import dev.ringscope.proto.query.v1.HandledInterrupt;
import dev.ringscope.proto.query.v1.ListDeviceTrafficRequest;
import dev.ringscope.proto.query.v1.ListDeviceTrafficResponse;
import dev.ringscope.proto.query.v1.ListFaultsRequest;
import dev.ringscope.proto.query.v1.ListFaultsResponse;
import dev.ringscope.proto.query.v1.ListInterruptsRequest;
import dev.ringscope.proto.query.v1.ListInterruptsResponse;
import dev.ringscope.proto.query.v1.ListMappingsRequest;
import dev.ringscope.proto.query.v1.ListMappingsResponse;
import dev.ringscope.proto.query.v1.ListOriginsRequest;
import dev.ringscope.proto.query.v1.ListOriginsResponse;
import dev.ringscope.proto.query.v1.ListPageTableEntriesRequest;
import dev.ringscope.proto.query.v1.ListPageTableEntriesResponse;
import dev.ringscope.proto.query.v1.ListProcessesRequest;
import dev.ringscope.proto.query.v1.ListProcessesResponse;
import dev.ringscope.proto.query.v1.ListRingResidenceRequest;
import dev.ringscope.proto.query.v1.ListRingResidenceResponse;
import dev.ringscope.proto.query.v1.ListSystemCallsRequest;
import dev.ringscope.proto.query.v1.ListSystemCallsResponse;
import dev.ringscope.proto.query.v1.Mapping;
import dev.ringscope.proto.query.v1.OriginMemory;
import dev.ringscope.proto.query.v1.PresentEntry;
import dev.ringscope.proto.query.v1.Process;
import dev.ringscope.proto.query.v1.RingResidence;
import dev.ringscope.proto.query.v1.SystemCall;
import dev.ringscope.proto.query.v1.ValueOrigin;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.dataflow.Provenance;
import dev.ringscope.trace.query.AddressSpace;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.DescriptorContents;
import dev.ringscope.trace.query.Devices;
import dev.ringscope.trace.query.Faults;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.query.LastWrite;
import dev.ringscope.trace.query.Origin;
import dev.ringscope.trace.query.Processes;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Residence;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.symbols.Symbols;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is worked out of many events comes over gRPC as the questions answer it, as a stream and page by page. */
class QuestionRpcsTest {
    private static final long WRITTEN = 0x402008;
    private static final long POSITION = 43_905;

    @TempDir
    static Path folder;

    private static Recording recording;
    private static ServedTrace served;

    @BeforeAll
    static void record() throws IOException {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        recording = Recording.open(file);
        served = new ServedTrace(file);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        recording.close();
    }

    private interface Question<T> {
        void ask(Answers<T> answers) throws IOException;
    }

    private static <T> List<T> answers(Question<T> question) throws IOException {
        List<T> list = new ArrayList<>();
        question.ask(list::add);
        return list;
    }

    private static <A, I> List<I> all(Iterator<A> batches, Function<A, List<I>> items) {
        List<I> list = new ArrayList<>();
        batches.forEachRemaining(batch -> list.addAll(items.apply(batch)));
        return list;
    }

    /** The pages of a list are the list. */
    private static <I> void paged(String question, Message request, List<I> expected) {
        var field = GetPageRequest.getDescriptor().findFieldByName(question);
        var answer = GetPageResponse.getDescriptor().findFieldByName(question);
        List<Object> paged = new ArrayList<>();
        GetPageRequest.Builder page =
                GetPageRequest.newBuilder().setField(field, request).setPageSize(3);
        do {
            GetPageResponse response = served.client().getPage(page.build());
            Message items = (Message) response.getField(answer);
            paged.addAll((List<?>) items.getField(items.getDescriptorForType().findFieldByNumber(1)));
            page.setPageToken(response.getNextPageToken());
        } while (!page.getPageToken().isEmpty() && paged.size() < 12);
        assertThat(paged).isEqualTo(expected.subList(0, Math.min(expected.size(), paged.size())));
        assertThat(paged).hasSizeGreaterThanOrEqualTo(Math.min(expected.size(), 12));
    }

    @Test
    void faultsAreExplained() throws IOException {
        List<Faults.Fault> expected = answers(a -> Faults.list(recording, Filter.ALL, a));
        ListFaultsRequest request = ListFaultsRequest.getDefaultInstance();
        List<ExplainedFault> found = all(served.client().listFaults(request), ListFaultsResponse::getFaultsList);
        assertThat(found.stream().map(f -> f.getExplanationList().stream().toList()))
                .isEqualTo(expected.stream().map(Faults.Fault::explanation).toList());
        assertThat(found.stream().map(ExplainedFault::getPc))
                .isEqualTo(expected.stream().map(Faults.Fault::pc).toList());
        assertThat(found).anySatisfy(f -> assertThat(f.getWritersList()).isNotEmpty());
        paged("faults", request, found);
    }

    @Test
    void processesDevicesAndResidenceAreThoseOfTheQuestions() throws IOException {
        List<Processes.Process> processes = answers(a -> Processes.list(recording, new Symbols(), Filter.ALL, a));
        ListProcessesRequest request = ListProcessesRequest.getDefaultInstance();
        List<Process> found = all(served.client().listProcesses(request), ListProcessesResponse::getProcessesList);
        assertThat(found.stream().map(p -> List.of(p.getTranslationRoot(), p.getFirstPosition(), p.getLastPosition())))
                .isEqualTo(processes.stream()
                        .map(p -> List.of(p.root(), p.first(), p.last()))
                        .toList());
        paged("processes", request, found);

        List<Devices.Traffic> devices = answers(a -> Devices.list(recording, Filter.ALL, a));
        ListDeviceTrafficRequest traffic = ListDeviceTrafficRequest.getDefaultInstance();
        List<DeviceTraffic> told =
                all(served.client().listDeviceTraffic(traffic), ListDeviceTrafficResponse::getTrafficList);
        assertThat(told.stream().map(t -> List.of((long) t.getPort(), t.getReads(), t.getWrites(), t.getBytes())))
                .isEqualTo(devices.stream()
                        .map(t -> List.of(t.number(), t.reads(), t.writes(), t.bytes()))
                        .toList());
        paged("device_traffic", traffic, told);

        List<Residence.Bucket> buckets = answers(a -> Residence.rings(recording, Filter.ALL, 7, a));
        ListRingResidenceRequest residence =
                ListRingResidenceRequest.newBuilder().setBuckets(7).build();
        List<RingResidence> rings =
                all(served.client().listRingResidence(residence), ListRingResidenceResponse::getBucketsList);
        assertThat(rings.stream().map(b -> b.getRingInstructionsList().stream().toList()))
                .isEqualTo(buckets.stream().map(Residence.Bucket::rings).toList());
    }

    @Test
    void interruptsAndSystemCallsAreThoseOfTheQuestions() throws IOException {
        List<Interrupts.Interrupt> expected = answers(a -> Interrupts.list(recording, Filter.ALL, a));
        ListInterruptsRequest request = ListInterruptsRequest.getDefaultInstance();
        List<HandledInterrupt> found =
                all(served.client().listInterrupts(request), ListInterruptsResponse::getInterruptsList);
        assertThat(found.stream().map(i -> List.of(i.getPosition(), i.getHandler(), i.getInstructions())))
                .isEqualTo(expected.stream()
                        .map(i -> List.of(i.trap().position(), i.handler(), i.duration()))
                        .toList());
        paged("interrupts", request, found);

        List<SystemCalls.SystemCall> calls = answers(a -> SystemCalls.list(recording, Set.of(), Filter.ALL, a));
        ListSystemCallsRequest every = ListSystemCallsRequest.getDefaultInstance();
        List<SystemCall> made = all(served.client().listSystemCalls(every), ListSystemCallsResponse::getCallsList);
        assertThat(made.stream().map(c -> List.of(c.getPosition(), c.getNumber(), c.getEndPosition())))
                .isEqualTo(calls.stream()
                        .map(c -> List.of(c.position(), c.number(), c.end()))
                        .toList());
        assertThat(made).isNotEmpty();
        paged("system_calls", every, made);
    }

    @Test
    void theOriginOfAValueIsThatOfTheQuestion() throws IOException {
        Origin.Limits limits = new Origin.Limits(new Provenance.Following(false, false), 20, 0, 0);
        List<Provenance.Node> expected =
                answers(a -> Origin.ofMemory(recording, Touch.Space.LINEAR, WRITTEN, 8, POSITION, limits, a));
        ListOriginsRequest request = ListOriginsRequest.newBuilder()
                .setPosition(POSITION)
                .setMemory(OriginMemory.newBuilder().setAddress(WRITTEN).setSize(8))
                .setDepth(20)
                .build();
        List<ValueOrigin> found = all(served.client().listOrigins(request), ListOriginsResponse::getOriginsList);
        assertThat(found.stream().map(o -> List.of(o.getNumber(), o.getPosition(), o.getValue())))
                .isEqualTo(expected.stream()
                        .map(n -> List.of(n.number(), Math.max(0, n.position()), n.value()))
                        .toList());
        assertThat(found).hasSizeGreaterThan(10);
        paged("origins", request, found);
        assertThatThrownBy(() -> served.client()
                        .listOrigins(request.toBuilder().setRegister("r99").build())
                        .hasNext())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("r99");
    }

    @Test
    void theLastWriteIsThatOfTheQuestion() throws IOException {
        LastWrite.Write write = LastWrite.at(recording, POSITION, WRITTEN, 8, Touch.Space.LINEAR, Asker.PATIENT)
                .orElseThrow();
        GetLastWriteRequest request = GetLastWriteRequest.newBuilder()
                .setPosition(POSITION)
                .setAddress(WRITTEN)
                .setSize(8)
                .build();
        GetLastWriteResponse found = served.client().getLastWrite(request);
        assertThat(found.getPosition()).isEqualTo(write.position());
        assertThat(found.getPc()).isEqualTo(write.pc());
        assertThat(found.getAfter()).isEqualTo(write.after());
        assertThat(found.getCode().toByteArray()).isEqualTo(write.code());
        assertThatThrownBy(() -> served.client()
                        .getLastWrite(request.toBuilder().setSize(9).build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("size");
    }

    @Test
    void addressSpacesAndDescriptorsAreThoseOfTheQuestions() throws IOException {
        Filter there = Filter.of(new Range(POSITION, 0));
        List<AddressSpace.Mapping> expected =
                answers(a -> AddressSpace.mappings(recording, OptionalLong.empty(), there, a));
        ListMappingsRequest request =
                ListMappingsRequest.newBuilder().setPosition(POSITION).build();
        List<Mapping> found = all(served.client().listMappings(request), ListMappingsResponse::getMappingsList);
        assertThat(found.stream().map(m -> List.of(m.getFirst(), m.getLast(), m.getPhysicalAddress())))
                .isEqualTo(expected.stream()
                        .map(m -> List.of(m.first(), m.last(), m.physical()))
                        .toList());
        paged("mappings", request, found);

        ListPageTableEntriesRequest tree =
                ListPageTableEntriesRequest.newBuilder().setPosition(POSITION).build();
        List<PresentEntry> entries =
                all(served.client().listPageTableEntries(tree), ListPageTableEntriesResponse::getEntriesList);
        List<dev.ringscope.trace.explain.TableTree.Entry> present =
                answers(a -> AddressSpace.tree(recording, OptionalLong.empty(), there, a));
        assertThat(entries.stream().map(e -> e.getEntry().getAddress()))
                .isEqualTo(present.stream().map(e -> e.address()).toList());
        paged("page_table_entries", tree, entries);

        DescriptorContents.Contents contents = DescriptorContents.at(recording, POSITION, Asker.PATIENT);
        GetDescriptorsResponse descriptors = served.client()
                .getDescriptors(
                        GetDescriptorsRequest.newBuilder().setPosition(POSITION).build());
        assertThat(descriptors.getEntriesList().stream().map(e -> e.getAddress()))
                .isEqualTo(contents.entries().stream()
                        .map(DescriptorContents.Entry::address)
                        .toList());
        assertThat(descriptors.getTaskStateCount())
                .isEqualTo(contents.task().size())
                .isPositive();
    }
}
