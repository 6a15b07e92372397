package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallSurvey;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.Calls;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways out of a kernel in stacks.S are told apart. */
class KernelStacksTest {
    @TempDir
    static Path folder;

    private static Recording recording;
    private static ReturnsToRing3 returns;

    @BeforeAll
    static void record() throws Exception {
        MonitorSession.assemble(folder, "stacks");
        recording = Recording.open(MonitorSession.record(folder, "stacks"));
        returns = new ReturnsToRing3(recording);
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    @Test
    void everySystemCallEndsWhenItsThreadLeavesTheKernel() {
        assertThat(returns.calls)
                .extracting(call -> call.name().orElseThrow() + " " + call.ending()
                        + (call.result().isPresent() ? " " + call.result().getAsLong() : ""))
                .containsExactly(
                        "getpid RETURNED 7",
                        "pause RETURNED 34", // C begins, on a stack made for it, and goes back by jumps
                        "getpid RETURNED 7",
                        "pause OPEN", // C's: nobody goes back to it
                        "sched_yield RETURNED 24", // B begins, where the kernel's switch returns to, and goes back by
                        // calls
                        "getpid RETURNED 7",
                        "sched_yield RETURNED 24", // B's
                        "kill ELSEWHERE", // in the handler
                        "getpid RETURNED 7",
                        "rt_sigreturn ELSEWHERE", // behind kill
                        "execve ELSEWHERE",
                        "getpid RETURNED 7",
                        "exit OPEN", // A's, which B goes on behind
                        "exit OPEN", // B's, whose stack becomes that of D
                        "getpid RETURNED 7",
                        "exit OPEN");
    }

    @Test
    void onlyThreadsThatBeginGoOutWithoutAnEntry() {
        assertThat(returns.outward).hasSize(4);
        assertThat(returns.calls)
                .filteredOn(call -> call.name().orElseThrow().equals("sched_yield"))
                .extracting(call -> call.end() - call.position() > 100)
                .containsExactly(true, true);
    }

    @Test
    void interruptsEndAlthoughAReturnAddressWasMovedInThem() {
        assertThat(returns.interrupts).hasSize(7).allMatch(Interrupts.Interrupt::returned);
        assertThat(returns.interrupts.stream().filter(i -> i.fromRing() == 3)).hasSize(1);
    }

    @Test
    void oneSurveyAnswersWhatTheSingleQuestionsDo() throws IOException {
        List<SystemCalls.SystemCall> calls = new ArrayList<>();
        List<Interrupts.Interrupt> interrupts = new ArrayList<>();
        SystemCalls.list(recording, Set.of(), Filter.ALL, calls::add);
        Interrupts.list(recording, Filter.ALL, interrupts::add);
        assertThat(returns.calls).isEqualTo(calls);
        assertThat(returns.interrupts).isEqualTo(interrupts);
        CallTree tree = CallTree.of(recording, new Symbols(), Filter.ALL, CallTree.NODES, Asker.PATIENT);
        CallTree surveyed = CallSurvey.of(recording, new Symbols(), _ -> true, _ -> true, Asker.PATIENT);
        assertThat(surveyed.roots())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(tree.roots());
    }

    @Test
    void whatTheHandlerCalledIsDoneWhenItReturns() throws IOException {
        List<Calls.Call> calls = new ArrayList<>();
        Calls.list(recording, new Symbols(), Filter.ALL, calls::add);
        for (Interrupts.Interrupt interrupt : returns.interrupts) {
            assertThat(calls)
                    .filteredOn(c -> c.position() >= interrupt.begin() && c.position() < interrupt.end())
                    .extracting(Calls.Call::kind)
                    .containsExactly(
                            Calls.Kind.INTERRUPT,
                            Calls.Kind.CALL,
                            Calls.Kind.RETURN,
                            Calls.Kind.CALL,
                            Calls.Kind.RETURN,
                            Calls.Kind.RETURN);
        }
    }
}
