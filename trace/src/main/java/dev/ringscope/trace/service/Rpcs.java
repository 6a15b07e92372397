package dev.ringscope.trace.service;

import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.ExportServiceGrpc;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import java.util.List;

/** The rpcs, and who answers them. A service of which one is missing cannot be built. */
final class Rpcs {
    private final Library library;
    private final Workers workers;

    Rpcs(Library library, Workers workers) {
        this.library = library;
        this.workers = workers;
    }

    List<ServerServiceDefinition> services(Sessions sessions, Exports exports) {
        ExportRpcs rpcs = new ExportRpcs(exports);
        return List.of(
                traceService(),
                replayService(new SessionRpcs(library, sessions)),
                exportService(rpcs),
                operations(rpcs));
    }

    private ServerServiceDefinition traceService() {
        Service service = new Service(TraceServiceGrpc.getServiceDescriptor());
        GetPage pages = new GetPage(library);
        service.add(TraceServiceGrpc.getListTracesMethod(), new ListTraces(library));
        service.ask(TraceServiceGrpc.getGetTraceInfoMethod(), new GetTraceInfo());
        service.list(TraceServiceGrpc.getListInstructionsMethod(), ListInstructions.LISTING, pages);
        service.list(TraceServiceGrpc.getListEventsMethod(), ListEvents.LISTING, pages);
        service.list(TraceServiceGrpc.getListAccessesMethod(), ListAccesses.LISTING, pages);
        service.list(TraceServiceGrpc.getListRegisterWritesMethod(), ListRegisterWrites.LISTING, pages);
        service.list(TraceServiceGrpc.getListStepsMethod(), ListSteps.LISTING, pages);
        service.list(TraceServiceGrpc.getListCallsMethod(), ListCalls.LISTING, pages);
        service.list(TraceServiceGrpc.getListCallTreeMethod(), ListCallTree.LISTING, pages);
        service.list(TraceServiceGrpc.getListCoverageMethod(), ListCoverage.LISTING, pages);
        service.list(TraceServiceGrpc.getListMappingsMethod(), ListMappings.LISTING, pages);
        service.list(TraceServiceGrpc.getListPageTableEntriesMethod(), ListPageTableEntries.LISTING, pages);
        service.list(TraceServiceGrpc.getListSystemCallsMethod(), ListSystemCalls.LISTING, pages);
        service.list(TraceServiceGrpc.getListInterruptsMethod(), ListInterrupts.LISTING, pages);
        service.list(TraceServiceGrpc.getListFaultsMethod(), ListFaults.LISTING, pages);
        service.list(TraceServiceGrpc.getListProcessesMethod(), ListProcesses.LISTING, pages);
        service.list(TraceServiceGrpc.getListDeviceTrafficMethod(), ListDeviceTraffic.LISTING, pages);
        service.list(TraceServiceGrpc.getListRingResidenceMethod(), ListRingResidence.LISTING, pages);
        service.list(TraceServiceGrpc.getListOriginsMethod(), ListOrigins.LISTING, pages);
        service.ask(TraceServiceGrpc.getDiffTracesMethod(), new DiffTraces(library));
        service.add(TraceServiceGrpc.getGetPageMethod(), pages);
        service.ask(TraceServiceGrpc.getGetLastWriteMethod(), new GetLastWrite());
        service.ask(TraceServiceGrpc.getGetStateMethod(), new GetState());
        service.ask(TraceServiceGrpc.getReadMemoryMethod(), new ReadMemory());
        service.ask(TraceServiceGrpc.getWalkPageTablesMethod(), new WalkPageTables());
        service.ask(TraceServiceGrpc.getGetDescriptorsMethod(), new GetDescriptors());
        service.ask(TraceServiceGrpc.getSearchMemoryMethod(), new SearchMemory());
        return service.definition.build();
    }

    private ServerServiceDefinition replayService(SessionRpcs rpcs) {
        Service service = new Service(ReplayServiceGrpc.getServiceDescriptor());
        service.ask(ReplayServiceGrpc.getCreateSessionMethod(), rpcs::create);
        service.add(ReplayServiceGrpc.getGetSessionMethod(), rpcs::get);
        service.add(ReplayServiceGrpc.getListSessionsMethod(), rpcs::list);
        service.add(ReplayServiceGrpc.getDeleteSessionMethod(), rpcs::delete);
        service.add(ReplayServiceGrpc.getSeekMethod(), rpcs::seek);
        service.add(ReplayServiceGrpc.getStepMethod(), rpcs::step);
        service.add(ReplayServiceGrpc.getContinueMethod(), new ContinueSession(rpcs));
        return service.definition.build();
    }

    private ServerServiceDefinition exportService(ExportRpcs rpcs) {
        Service service = new Service(ExportServiceGrpc.getServiceDescriptor());
        service.add(ExportServiceGrpc.getListFormatsMethod(), rpcs::formats);
        service.ask(ExportServiceGrpc.getStartExportMethod(), rpcs::start);
        service.add(ExportServiceGrpc.getReadExportMethod(), rpcs::read);
        return service.definition.build();
    }

    private ServerServiceDefinition operations(ExportRpcs rpcs) {
        Service service = new Service(OperationsService.DESCRIPTOR);
        service.add(OperationsService.LIST, rpcs::list);
        service.add(OperationsService.GET, rpcs::get);
        service.add(OperationsService.DELETE, rpcs::delete);
        service.add(OperationsService.CANCEL, rpcs::cancel);
        service.add(OperationsService.WAIT, rpcs::await);
        return service.definition.build();
    }

    private final class Service {
        private final ServerServiceDefinition.Builder definition;

        Service(ServiceDescriptor descriptor) {
            definition = ServerServiceDefinition.builder(descriptor);
        }

        <Q, A> void add(MethodDescriptor<Q, A> method, Rpc<Q, A> rpc) {
            definition.addMethod(
                    method,
                    switch (method.getType()) {
                        case UNARY ->
                            ServerCalls.asyncUnaryCall((request, client) -> workers.answer(rpc, request, client));
                        case SERVER_STREAMING ->
                            ServerCalls.asyncServerStreamingCall(
                                    (request, client) -> workers.answer(rpc, request, client));
                        case CLIENT_STREAMING, BIDI_STREAMING, UNKNOWN ->
                            throw new IllegalArgumentException(method + " takes a stream");
                    });
        }

        /** An rpc that asks the trace that its request names. */
        <Q extends Message, A> void ask(MethodDescriptor<Q, A> method, TraceRpc<Q, A> rpc) {
            add(method, rpc.in(library));
        }

        /** One that lists, as a stream or in pages. */
        @SuppressWarnings("unchecked") // a request's default instance is of the request's class
        <Q extends Message, A extends Message> void list(
                MethodDescriptor<Q, A> method, Listing<Q, ?, A> listing, GetPage pages) {
            ask(method, listing);
            var marshaller = (MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller();
            pages.add((Class<Q>) marshaller.getMessageClass(), listing);
        }
    }
}
