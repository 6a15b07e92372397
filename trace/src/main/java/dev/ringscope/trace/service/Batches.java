package dev.ringscope.trace.service;

import com.google.protobuf.MessageLite;
import dev.ringscope.trace.query.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Packs the answers of a list into messages of about {@link #BYTES}: few enough messages, little enough to hold. */
final class Batches<I extends MessageLite, A> implements Answers<I> {
    static final int BYTES = 256 << 10;

    /** Tag and length of an item, at most. */
    private static final int FRAME = 6;

    private final Call<A> call;
    private final Function<List<I>, A> message;
    private List<I> items = new ArrayList<>();
    private int size;

    /** @param message the message that holds these items */
    Batches(Call<A> call, Function<List<I>, A> message) {
        this.call = call;
        this.message = message;
    }

    @Override
    public boolean take(I item) {
        call.check();
        int itemSize = item.getSerializedSize() + FRAME;
        if (size + itemSize > BYTES) {
            flush();
        }
        items.add(item);
        size += itemSize;
        return true;
    }

    @Override
    public void check() {
        call.check();
    }

    /** Sends what has not been sent. */
    void flush() {
        if (!items.isEmpty()) {
            call.send(message.apply(items));
            items = new ArrayList<>();
            size = 0;
        }
    }
}
