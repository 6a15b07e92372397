package dev.ringscope.trace.service;

import com.google.protobuf.Timestamp;
import dev.ringscope.emulator.Event;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.State;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * What is seen at a position.
 *
 * @param next the instruction that retires there; null at the end
 */
record SessionView(State.Registers state, Instruction next) {
    static SessionView at(OpenTrace trace, long position, Asker asker) throws IOException {
        State.Registers state =
                trace.recording().replays().at(Detail.FLOW, position, asker, timeline -> State.at(timeline, position));
        Instruction[] next = {null};
        Disassembly disassembly = new Disassembly(dev.ringscope.emulator.insn.Syntax.INTEL, trace.symbols());
        Filter one = Filter.of(new Range(position, position + 1, 1));
        Instructions.list(trace.recording(), one, new Answers<ExecutedInstruction>() {
            @Override
            public boolean take(ExecutedInstruction instruction) {
                next[0] = ListInstructions.message(instruction, trace.symbols(), disassembly);
                return false;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        return new SessionView(state, next[0]);
    }

    dev.ringscope.proto.query.v1.Session message(Session session, Duration idle) {
        dev.ringscope.proto.query.v1.Session.Builder message = brief(session, idle).toBuilder()
                .setPosition(state.position())
                .setTime(state.time())
                .setContext(ChunkEncoder.context(state.context()))
                .setAddress(address());
        if (next != null) {
            message.setNext(next);
        }
        return message.build();
    }

    /** Linear address of what is attempted next. */
    private long address() {
        long pc = state.registers().get("rip")[0];
        return state.context().mode() == Event.Mode.LONG64
                ? pc
                : pc + state.registers().get("cs_base")[0] & 0xffff_ffffL;
    }

    /** Name, position and when it expires: without looking at the trace. */
    static dev.ringscope.proto.query.v1.Session brief(Session session, Duration idle) {
        Instant end = Instant.now().plus(idle).minusNanos(session.idleNanos());
        return dev.ringscope.proto.query.v1.Session.newBuilder()
                .setName(session.name())
                .setPosition(session.position())
                .setExpireTime(
                        Timestamp.newBuilder().setSeconds(end.getEpochSecond()).setNanos(end.getNano()))
                .build();
    }
}
