package dev.ringscope.trace.query;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Hands on what takes some time in the order in which it began. Where something early does not end while very much
 * begins behind it, that which has ended is handed on before it.
 */
final class Underway<T> {
    private static final int MOST = 1 << 17;

    /** Something that has begun. */
    static final class Entry<T> {
        private T answer;
        private boolean ended;
    }

    private final Deque<Entry<T>> entries = new ArrayDeque<>();
    private final Answers<T> answers;
    private boolean more = true;

    Underway(Answers<T> answers) {
        this.answers = answers;
    }

    /** @param answer what is to be said of it if it does not end */
    Entry<T> begin(T answer) throws IOException {
        Entry<T> entry = new Entry<>();
        entry.answer = answer;
        entries.add(entry);
        if (entries.size() > MOST) {
            for (Iterator<Entry<T>> all = entries.iterator(); more && all.hasNext(); ) {
                Entry<T> each = all.next();
                if (each.ended) {
                    all.remove();
                    give(each);
                }
            }
        }
        return entry;
    }

    void end(Entry<T> entry, T answer) throws IOException {
        entry.answer = answer;
        entry.ended = true;
        while (more && !entries.isEmpty() && entries.peek().ended) {
            give(entries.poll());
        }
    }

    /** Nothing ends any more. */
    void finish() throws IOException {
        while (more && !entries.isEmpty()) {
            give(entries.poll());
        }
    }

    private void give(Entry<T> entry) throws IOException {
        more = answers.take(entry.answer);
    }

    /** Whether further answers are wanted. */
    boolean more() {
        return more;
    }
}
