package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListEventsResponse;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceImplBase;
import dev.ringscope.trace.query.Recording;
import io.grpc.stub.StreamObserver;

/** The rpcs, and who answers them. */
final class TraceService extends TraceServiceImplBase {
    private final Workers workers;
    private final GetTraceInfo getTraceInfo;
    private final ListInstructions listInstructions;
    private final ListEvents listEvents;
    private final GetState getState;
    private final ReadMemory readMemory;

    TraceService(Recording recording, Workers workers) {
        this.workers = workers;
        getTraceInfo = new GetTraceInfo(recording);
        listInstructions = new ListInstructions(recording);
        listEvents = new ListEvents(recording);
        getState = new GetState(recording);
        readMemory = new ReadMemory(recording);
    }

    @Override
    public void getTraceInfo(GetTraceInfoRequest request, StreamObserver<GetTraceInfoResponse> client) {
        workers.answer(getTraceInfo, request, client);
    }

    @Override
    public void listInstructions(ListInstructionsRequest request, StreamObserver<ListInstructionsResponse> client) {
        workers.answer(listInstructions, request, client);
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> client) {
        workers.answer(listEvents, request, client);
    }

    @Override
    public void getState(GetStateRequest request, StreamObserver<GetStateResponse> client) {
        workers.answer(getState, request, client);
    }

    @Override
    public void readMemory(ReadMemoryRequest request, StreamObserver<ReadMemoryResponse> client) {
        workers.answer(readMemory, request, client);
    }
}
