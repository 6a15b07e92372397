package dev.ringscope.trace.service;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsProto;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;

/** The service google.longrunning.Operations: the library that has its messages has no stubs. */
final class OperationsService {
    static final String NAME = "google.longrunning.Operations";

    static final MethodDescriptor<ListOperationsRequest, ListOperationsResponse> LIST = unary(
            "ListOperations", ListOperationsRequest.getDefaultInstance(), ListOperationsResponse.getDefaultInstance());
    static final MethodDescriptor<GetOperationRequest, Operation> GET =
            unary("GetOperation", GetOperationRequest.getDefaultInstance(), Operation.getDefaultInstance());
    static final MethodDescriptor<DeleteOperationRequest, Empty> DELETE =
            unary("DeleteOperation", DeleteOperationRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final MethodDescriptor<CancelOperationRequest, Empty> CANCEL =
            unary("CancelOperation", CancelOperationRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final MethodDescriptor<WaitOperationRequest, Operation> WAIT =
            unary("WaitOperation", WaitOperationRequest.getDefaultInstance(), Operation.getDefaultInstance());

    static final ServiceDescriptor DESCRIPTOR = ServiceDescriptor.newBuilder(NAME)
            .setSchemaDescriptor(new Schema())
            .addMethod(LIST)
            .addMethod(GET)
            .addMethod(DELETE)
            .addMethod(CANCEL)
            .addMethod(WAIT)
            .build();

    private OperationsService() {}

    /** What reflection tells. */
    private static final class Schema implements ProtoServiceDescriptorSupplier {
        @Override
        public Descriptors.ServiceDescriptor getServiceDescriptor() {
            return getFileDescriptor().findServiceByName("Operations");
        }

        @Override
        public Descriptors.FileDescriptor getFileDescriptor() {
            return OperationsProto.getDescriptor();
        }
    }

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> unary(
            String method, Q request, A response) {
        return MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, method))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }
}
