package dev.ringscope.trace.service;

import com.google.protobuf.Message;
import dev.ringscope.trace.query.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Takes the items of a page out of a list that begins where the page's token says. */
final class PageItems<I extends Message> implements Answers<I> {
    /** Clients take messages of 4 MiB unless they were told otherwise. */
    private static final int BYTES = 1 << 20;

    private final Call<?> call;
    private final PageToken.Start start;
    private final int most;
    private final ToLongFunction<I> position;
    private final List<I> items = new ArrayList<>();
    private long passed;
    private long bytes;
    private boolean more;

    /** @param position of an item; null if the list always begins at its start */
    PageItems(Call<?> call, PageToken.Start start, int most, ToLongFunction<I> position) {
        this.call = call;
        this.start = start;
        this.most = most;
        this.position = position;
    }

    @Override
    public boolean take(I item) {
        if (passed < start.skip()) {
            passed++;
            return true;
        }
        bytes += item.getSerializedSize();
        if (items.size() == most || bytes > BYTES && !items.isEmpty()) {
            more = true;
            return false;
        }
        items.add(item);
        return true;
    }

    @Override
    public void check() {
        call.check();
    }

    List<I> items() {
        return items;
    }

    /** Whether something comes behind the page. */
    boolean more() {
        return more;
    }

    /** Where the next page begins. */
    PageToken.Start next() {
        long given = start.given() + items.size();
        if (position == null) {
            return new PageToken.Start(start.from(), start.skip() + items.size(), given);
        }
        long last = position.applyAsLong(items.getLast());
        long same = items.stream()
                .filter(item -> position.applyAsLong(item) == last)
                .count();
        return new PageToken.Start(last, last == start.from() ? start.skip() + same : same, given);
    }
}
