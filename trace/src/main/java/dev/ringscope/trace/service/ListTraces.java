package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.query.v1.ListTracesRequest;
import dev.ringscope.proto.query.v1.ListTracesResponse;
import dev.ringscope.proto.query.v1.Trace;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The traces that the server has now. A page begins behind the last name of the one before, whatever has come or gone.
 */
final class ListTraces implements Rpc<ListTracesRequest, ListTracesResponse> {
    private static final int MILLIS = 1000;
    private static final ByteString LIST = ByteString.copyFromUtf8("traces");

    private final Library library;

    ListTraces(Library library) {
        this.library = library;
    }

    @Override
    public void answer(ListTracesRequest request, Call<ListTracesResponse> call) throws IOException {
        int size = Requests.pageSize(request.getPageSize(), PageToken.CUSTOMARY_SIZE);
        NavigableMap<String, TraceFolder.Version> all = new TreeMap<>(library.list());
        ListTracesResponse.Builder answer = ListTracesResponse.newBuilder();
        String last = NamedToken.read(request.getPageToken(), LIST);
        for (Map.Entry<String, TraceFolder.Version> entry :
                all.tailMap(last, false).entrySet()) {
            if (answer.getTracesCount() == size) {
                answer.setNextPageToken(
                        NamedToken.text(answer.getTraces(size - 1).getName(), LIST));
                break;
            }
            answer.addTraces(Trace.newBuilder()
                    .setName(entry.getKey())
                    .setFileBytes(entry.getValue().size())
                    .setModifiedUnixSeconds(entry.getValue().modified() / MILLIS));
        }
        call.send(answer.build());
    }
}
