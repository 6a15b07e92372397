package dev.ringscope.trace.service;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetPageResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A page of one of the lists: the question and its page have the same field in request and response. */
final class GetPage implements Rpc<GetPageRequest, GetPageResponse> {
    private static final int MOST = 10_000;

    private final Library library;
    private final Map<Class<? extends Message>, Listing<?, ?, ?>> listings = new HashMap<>();

    GetPage(Library library) {
        this.library = library;
    }

    <Q extends Message> void add(Class<Q> request, Listing<Q, ?, ?> listing) {
        listings.put(request, listing);
    }

    @Override
    public void answer(GetPageRequest request, Call<GetPageResponse> call) throws IOException {
        FieldDescriptor field = request.getOneofFieldDescriptor(
                GetPageRequest.getDescriptor().getOneofs().getFirst());
        if (field == null) {
            throw Refusal.field("question", "expected one of the questions, found none");
        }
        int size = Requests.pageSize(request.getPageSize(), MOST);
        Message question = (Message) request.getField(field);
        try (Library.Lease lease = library.lease(CommonFields.traceName(question), field.getName() + ".parent", call)) {
            OpenTrace trace = lease.trace();
            PageToken token = new PageToken(question, trace.digest().bytes());
            PageToken.Start start = token.read(request.getPageToken());
            Listing.Page<?> page;
            try {
                page = page(listings.get(question.getClass()), trace, question, size, start, call);
            } catch (Refusal e) {
                throw e.within(field.getName());
            }
            call.send(GetPageResponse.newBuilder()
                    .setField(GetPageResponse.getDescriptor().findFieldByName(field.getName()), page.items())
                    .setNextPageToken(token.text(page.next()))
                    .build());
        }
    }

    @SuppressWarnings("unchecked") // a listing is kept under its request's class
    private static <Q extends Message> Listing.Page<?> page(
            Listing<Q, ?, ?> listing,
            OpenTrace trace,
            Message question,
            int size,
            PageToken.Start start,
            Call<GetPageResponse> call)
            throws IOException {
        return listing.page(trace, (Q) question, size, start, call);
    }
}
