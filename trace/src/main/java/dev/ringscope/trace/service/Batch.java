package dev.ringscope.trace.service;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Gathers small messages into responses of about 256 KiB. */
final class Batch<T extends MessageLite, R extends MessageLite> {
    private static final int BYTES = 256 << 10;

    private final Stream<R> stream;
    private final Function<List<T>, R> response;
    private List<T> items = new ArrayList<>();
    private int bytes;

    Batch(Stream<R> stream, Function<List<T>, R> response) {
        this.stream = stream;
        this.response = response;
    }

    void add(T item) {
        items.add(item);
        bytes += item.getSerializedSize();
        if (bytes >= BYTES) {
            flush();
        }
    }

    void flush() {
        if (!items.isEmpty()) {
            stream.send(response.apply(items));
            items = new ArrayList<>();
            bytes = 0;
        }
    }
}
