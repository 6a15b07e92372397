package dev.ringscope.trace.service;

import com.google.protobuf.Message;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A question whose answer is a list of items: streamed in batches, or given page by page. Requests have the fields
 * parent, filter, count and read_mask.
 *
 * @param item an empty item
 * @param asking puts the question
 * @param response the message that holds these items
 * @param position of an item, where a list that begins there goes on as the whole list does; null if it does not
 */
record Listing<Q extends Message, I extends Message, A extends Message>(
        I item, Asking<Q, I> asking, Function<List<I>, A> response, ToLongFunction<I> position)
        implements TraceRpc<Q, A> {
    /** Puts a question to a trace. */
    @FunctionalInterface
    interface Asking<Q, I> {
        /** @param filter the request's */
        void list(OpenTrace trace, Q request, Filter filter, Answers<I> items) throws IOException;
    }

    /**
     * @param items as they are to be sent
     * @param next where the next page begins; null behind the last
     */
    record Page<A>(A items, PageToken.Start next) {}

    /** Items that are made of answers. */
    static <T, I> Answers<T> each(Answers<I> items, Function<T, I> item) {
        return new Answers<>() {
            @Override
            public boolean take(T answer) throws IOException {
                return items.take(item.apply(answer));
            }

            @Override
            public void check() {
                items.check();
            }
        };
    }

    @Override
    public void answer(OpenTrace trace, Q request, Call<A> call) throws IOException {
        Mask mask = Mask.of(CommonFields.readMask(request), item.getDescriptorForType());
        Batches<I, A> batches = new Batches<>(call, response);
        asking.list(trace, request, CommonFields.filter(trace, request), each(batches, mask::apply));
        batches.flush();
    }

    /** @param start of the page; null for the first one */
    Page<A> page(OpenTrace trace, Q request, int size, PageToken.Start start, Call<?> call) throws IOException {
        Mask mask = Mask.of(CommonFields.readMask(request), item.getDescriptorForType());
        Filter filter = CommonFields.filter(trace, request);
        Range range = filter.range();
        PageToken.Start first = start == null ? new PageToken.Start(range.from(), 0, 0) : start;
        long left = range.count() == 0 ? Long.MAX_VALUE : range.count() - first.given();
        if (left <= 0) {
            return new Page<>(response.apply(List.of()), null);
        }
        PageItems<I> items = new PageItems<>(call, first, (int) Math.min(size, left), position);
        asking.list(
                trace,
                request,
                filter.withRange(new Range(Math.max(range.from(), first.from()), range.to(), 0)),
                items);
        List<I> sent = new ArrayList<>();
        items.items().forEach(each -> sent.add(mask.apply(each)));
        boolean more = items.more() && items.items().size() < left;
        return new Page<>(response.apply(sent), more ? items.next() : null);
    }
}
