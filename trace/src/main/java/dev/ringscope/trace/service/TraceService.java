package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListEventsResponse;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.PositionedEvent;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceImplBase;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventEncoder;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Info;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.State;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/** {@code dev.ringscope.query.v1.TraceService} over one trace. Each call is answered by a thread of its own. */
final class TraceService extends TraceServiceImplBase {
    private static final int MEMORY_BATCH = 256 << 10;
    private static final long MAX_READ = 1 << 30;
    /** Answers between two looks whether the client is still there. */
    private static final int CHECKED_EVERY = 1024;

    private final String name;
    private final TraceReader trace;
    private final Executor threads;
    private final SharedTimeline timeline;

    TraceService(String name, TraceReader trace, Executor threads) {
        this.name = name;
        this.trace = trace;
        this.threads = threads;
        timeline = new SharedTimeline(trace);
    }

    private interface Answering<T extends MessageLite> {
        void to(Stream<T> stream) throws IOException;
    }

    private <T extends MessageLite> void answer(StreamObserver<T> observer, Answering<T> answering) {
        Stream<T> stream = new Stream<>((ServerCallStreamObserver<T>) observer);
        threads.execute(() -> {
            try {
                answering.to(stream);
                stream.finish();
            } catch (IOException | RuntimeException e) {
                stream.fail(e);
            }
        });
    }

    @Override
    public void getTraceInfo(GetTraceInfoRequest request, StreamObserver<GetTraceInfoResponse> observer) {
        answer(observer, stream -> stream.send(Responses.info(name, trace.header(), Info.of(trace))));
    }

    @Override
    public void listInstructions(ListInstructionsRequest request, StreamObserver<ListInstructionsResponse> observer) {
        answer(observer, stream -> {
            Range range = range(request.getFromPosition(), request.getCount());
            Batch<Instruction, ListInstructionsResponse> batch = new Batch<>(stream, TraceService::instructions);
            Instructions.list(trace, range, instruction -> {
                batch.add(instruction(instruction));
                return true;
            });
            batch.flush();
        });
    }

    private static ListInstructionsResponse instructions(List<Instruction> list) {
        return ListInstructionsResponse.newBuilder().addAllInstructions(list).build();
    }

    private static Instruction instruction(ExecutedInstruction i) {
        return Instruction.newBuilder()
                .setPosition(i.position())
                .setAddress(i.address())
                .setRing(i.ring())
                .setCodeKind(i.kind())
                .setCode(UnsafeByteOperations.unsafeWrap(i.code()))
                .build();
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> observer) {
        answer(observer, stream -> {
            Range range = range(request.getFromPosition(), request.getCount());
            Set<Events.Kind> kinds = EnumSet.noneOf(Events.Kind.class);
            for (EventKind kind : request.getKindsList()) {
                kinds.add(Responses.kind(kind));
            }
            Batch<PositionedEvent, ListEventsResponse> batch = new Batch<>(stream, list -> ListEventsResponse.newBuilder()
                    .addAllEvents(list)
                    .build());
            int[] seen = {0};
            Events.list(trace, kinds, range, event -> {
                if (++seen[0] % CHECKED_EVERY == 0) {
                    stream.check();
                }
                batch.add(PositionedEvent.newBuilder()
                        .setPosition(event.position())
                        .setEvent(EventEncoder.encode(event, event.position()))
                        .build());
                return true;
            });
            batch.flush();
        });
    }

    @Override
    public void getState(GetStateRequest request, StreamObserver<GetStateResponse> observer) {
        answer(observer, stream -> {
            long position = position(request.getPosition());
            State.Registers state = timeline.use(t -> State.at(t, position));
            stream.send(Responses.state(state, trace.machine().registers()));
        });
    }

    @Override
    public void readMemory(ReadMemoryRequest request, StreamObserver<ReadMemoryResponse> observer) {
        answer(observer, stream -> {
            long position = position(request.getPosition());
            MemoryContents.Space space = Responses.space(request.getAddressSpace());
            long size = request.getSize();
            if (size < 1 || size > MAX_READ) {
                throw new IllegalArgumentException(
                        "size is 1 to %d bytes, not %s".formatted(MAX_READ, Long.toUnsignedString(size)));
            }
            for (long done = 0; done < size; ) {
                int part = (int) Math.min(MEMORY_BATCH, size - done);
                done += readPart(stream, position, space, request.getAddress() + done, part);
            }
        });
    }

    /** Sends one batch; what is there before an address without memory is sent before the failure. */
    private int readPart(Stream<ReadMemoryResponse> stream, long position, MemoryContents.Space space, long address, int size)
            throws IOException {
        ByteString.Output bytes = ByteString.newOutput(size);
        MemoryContents.NotMappedException[] gap = {null};
        timeline.use(t -> {
            while (bytes.size() < size) {
                try {
                    bytes.write(MemoryContents.page(t, position, space, address + bytes.size(), size - bytes.size()));
                } catch (MemoryContents.NotMappedException e) {
                    gap[0] = e;
                    return null;
                }
            }
            return null;
        });
        if (bytes.size() > 0) {
            stream.send(ReadMemoryResponse.newBuilder()
                    .setAddress(address)
                    .setData(bytes.toByteString())
                    .build());
        }
        if (gap[0] != null) {
            throw gap[0];
        }
        return bytes.size();
    }

    private Range range(long from, long count) {
        position(from);
        if (count < 0) {
            throw new IllegalArgumentException("count is below 2^63");
        }
        return new Range(from, count);
    }

    private long position(long position) {
        if (position < 0 || position > trace.endPosition()) {
            throw new Failures.PositionOutOfRange(position, trace.endPosition());
        }
        return position;
    }
}
