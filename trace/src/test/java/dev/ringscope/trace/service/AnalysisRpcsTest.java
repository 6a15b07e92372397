package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.CallKind;
import dev.ringscope.proto.query.v1.CallTreeNode;
import dev.ringscope.proto.query.v1.CoveredBlock;
import dev.ringscope.proto.query.v1.ExecutedStep;
import dev.ringscope.proto.query.v1.Filter;
import dev.ringscope.proto.query.v1.FunctionCall;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetPageResponse;
import dev.ringscope.proto.query.v1.ListCallTreeRequest;
import dev.ringscope.proto.query.v1.ListCallsRequest;
import dev.ringscope.proto.query.v1.ListCoverageRequest;
import dev.ringscope.proto.query.v1.ListStepsRequest;
import dev.ringscope.proto.query.v1.SearchMemoryRequest;
import dev.ringscope.proto.query.v1.WalkPageTablesRequest;
import dev.ringscope.proto.query.v1.WalkPageTablesResponse;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.Calls;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Steps;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is worked out of many instructions, and of memory, comes over gRPC as the questions answer it. */
class AnalysisRpcsTest {
    @TempDir
    static Path folder;

    private static Recording recording;
    private static ServedTrace served;
    private static long end;

    @BeforeAll
    static void record() throws IOException {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        recording = Recording.open(file);
        end = recording.trace().endPosition();
        served = new ServedTrace(file);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        recording.close();
    }

    @Test
    void callsAreThoseOfTheQuestionAndComeInPages() throws IOException {
        List<Calls.Call> expected = new ArrayList<>();
        Calls.list(recording, new Symbols(), dev.ringscope.trace.query.Filter.ALL, expected::add);
        List<FunctionCall> streamed = new ArrayList<>();
        served.client()
                .listCalls(ListCallsRequest.getDefaultInstance())
                .forEachRemaining(batch -> streamed.addAll(batch.getCallsList()));

        assertThat(streamed).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < expected.size(); i++) {
            Calls.Call call = expected.get(i);
            FunctionCall message = streamed.get(i);
            assertThat(message.getPosition()).isEqualTo(call.position());
            assertThat(message.getKind()).isEqualTo(CallKind.valueOf("CALL_KIND_" + call.kind()));
            assertThat(message.getFunction()).isEqualTo(call.function());
            assertThat(message.getDepth()).isEqualTo(call.depth());
            assertThat(message.hasVector()).isEqualTo(call.vector() >= 0);
        }
        List<FunctionCall> paged = new ArrayList<>();
        GetPageRequest.Builder page = GetPageRequest.newBuilder()
                .setCalls(ListCallsRequest.newBuilder().setCount(50))
                .setPageSize(20);
        do {
            GetPageResponse answer = served.client().getPage(page.build());
            paged.addAll(answer.getCalls().getCallsList());
            page.setPageToken(answer.getNextPageToken());
        } while (!page.getPageToken().isEmpty());
        assertThat(paged).isEqualTo(streamed.subList(0, Math.min(50, streamed.size())));
    }

    @Test
    void theCallTreeKeepsItsShape() throws IOException {
        CallTree tree = CallTree.of(
                recording, new Symbols(), dev.ringscope.trace.query.Filter.ALL, CallTree.NODES, Asker.PATIENT);
        List<CallTreeNode> nodes = new ArrayList<>();
        served.client()
                .listCallTree(ListCallTreeRequest.getDefaultInstance())
                .forEachRemaining(batch -> nodes.addAll(batch.getNodesList()));

        List<CallTreeNode> roots =
                nodes.stream().filter(node -> node.getParent() == 0).toList();
        assertThat(roots.stream().map(CallTreeNode::getTotal))
                .isEqualTo(tree.roots().stream().map(CallTree.Node::total).toList());
        for (CallTreeNode node : nodes) {
            long below = nodes.stream()
                    .filter(child -> child.getParent() == node.getNumber())
                    .mapToLong(CallTreeNode::getTotal)
                    .sum();
            assertThat(node.getTotal()).isEqualTo(node.getSelf() + below);
            assertThat(node.getParent()).isLessThan(node.getNumber());
        }
        assertThat(nodes.stream().mapToLong(CallTreeNode::getSelf).sum()).isEqualTo(end);
    }

    @Test
    void coverageIsThatOfTheQuestion() throws IOException {
        List<Coverage.Covered> expected = new ArrayList<>();
        Coverage.list(recording, dev.ringscope.trace.query.Filter.ALL, expected::add);
        List<CoveredBlock> streamed = new ArrayList<>();
        served.client()
                .listCoverage(ListCoverageRequest.getDefaultInstance())
                .forEachRemaining(batch -> streamed.addAll(batch.getBlocksList()));

        assertThat(streamed.stream().map(CoveredBlock::getAddress))
                .isEqualTo(expected.stream().map(Coverage.Covered::address).toList());
        assertThat(streamed.stream().map(CoveredBlock::getExecutions))
                .isEqualTo(expected.stream().map(Coverage.Covered::executions).toList());
        assertThat(streamed)
                .anySatisfy(block -> assertThat(block.getRingsList()).contains(3));
    }

    @Test
    void stepsAreThoseOfTheQuestion() throws IOException {
        List<Steps.Step> expected = new ArrayList<>();
        Steps.list(recording, dev.ringscope.trace.query.Filter.of(new Range(2000, 2500, 0)), expected::add);
        List<ExecutedStep> streamed = new ArrayList<>();
        served.client()
                .listSteps(ListStepsRequest.newBuilder()
                        .setFilter(Filter.newBuilder().setFromPosition(2000).setToPosition(2500))
                        .build())
                .forEachRemaining(batch -> streamed.addAll(batch.getStepsList()));

        assertThat(streamed).hasSameSizeAs(expected).hasSize(500);
        for (int i = 0; i < expected.size(); i++) {
            Steps.Step step = expected.get(i);
            assertThat(streamed.get(i).getInstruction().getPosition())
                    .isEqualTo(step.instruction().position());
            assertThat(streamed.get(i).getWritesList())
                    .isEqualTo(step.writes().stream()
                            .map(ListRegisterWrites::message)
                            .toList());
            assertThat(streamed.get(i).getAccessesList())
                    .isEqualTo(
                            step.accesses().stream().map(ListAccesses::message).toList());
        }
    }

    @Test
    void aWalkIsThatOfTheMachine() throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        Random random = new Random(21);
        for (int i = 0; i < 30; i++) {
            long position = random.nextLong(end + 1);
            long address = random.nextBoolean() ? random.nextLong(16 << 20) : random.nextLong();
            timeline.seek(position);
            Walk walk = timeline.machine().cpu().paging.walk(address);

            WalkPageTablesResponse answer = served.client()
                    .walkPageTables(WalkPageTablesRequest.newBuilder()
                            .setPosition(position)
                            .setAddress(address)
                            .build());

            assertThat(answer.hasPhysicalAddress()).isEqualTo(walk.mapped());
            assertThat(answer.getPhysicalAddress()).isEqualTo(walk.mapped() ? walk.physical() : 0);
            assertThat(answer.getEntriesCount()).isEqualTo(walk.steps().size());
            assertThat(answer.getPageSize()).isEqualTo(walk.pageSize());
            assertThat(answer.getFailure().isEmpty()).isEqualTo(walk.mapped());
        }
    }

    @Test
    void memoryIsSearchedLikeAnArray() throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        timeline.seek(end);
        byte[] memory = Arrays.copyOf(timeline.machine().memory().whole(), 16 << 20);
        Random random = new Random(5);
        for (int i = 0; i < 12; i++) {
            int length = 2 + random.nextInt(3) * random.nextInt(8);
            int at = 0x10_0000 + random.nextInt(0x8000);
            byte[] pattern = Arrays.copyOfRange(memory, at, at + length);
            int first = at - random.nextInt(6000);
            int last = at + random.nextInt(6000);
            List<Long> expected = new ArrayList<>();
            for (int a = first; a <= last; a++) {
                if (Arrays.equals(memory, a, a + length, pattern, 0, length)) {
                    expected.add((long) a);
                }
            }
            assertThat(search(AddressSpace.ADDRESS_SPACE_PHYSICAL, first, last, pattern))
                    .isNotEmpty()
                    .isEqualTo(expected);
        }
    }

    @Test
    void virtualMemoryIsSearchedThroughThePageTables() throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        timeline.seek(end);
        byte[] memory = timeline.machine().memory().whole();
        long stack = timeline.machine().cpu().r[4] & -4096;
        Walk walk = timeline.machine().cpu().paging.walk(stack);
        assertThat(walk.mapped()).isTrue();
        byte[] page = Arrays.copyOfRange(memory, (int) walk.physical(), (int) walk.physical() + 4096);

        assertThat(search(AddressSpace.ADDRESS_SPACE_VIRTUAL, stack - 100_000, stack + 100_000, page))
                .contains(stack);
    }

    private static List<Long> search(AddressSpace space, long first, long last, byte[] pattern) {
        List<Long> found = new ArrayList<>();
        served.client()
                .searchMemory(SearchMemoryRequest.newBuilder()
                        .setPosition(end)
                        .setAddressSpace(space)
                        .setFirst(Math.max(0, first))
                        .setLast(last)
                        .setPattern(com.google.protobuf.ByteString.copyFrom(pattern))
                        .build())
                .forEachRemaining(batch -> found.addAll(batch.getAddressesList()));
        return found;
    }
}
