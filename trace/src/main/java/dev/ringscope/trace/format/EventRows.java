package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import java.util.Arrays;

/**
 * Events as rows of nine longs, and perhaps one object: what the guest's thread appends and the encoder's reads. There
 * are guests where every third instruction makes an event; as objects that live until their chunk is written these
 * would cost more than executing the guest. Sorts that come seldom are kept as the objects they are.
 */
public final class EventRows {
    /** Longs of a row: the position, the small fields, the large ones. */
    static final int WORDS = 9;

    private static final int SMALL = 1;
    private static final int LARGE = 2;

    static final int RING_CHANGE = 0;
    static final int TRAP = 1;
    static final int TABLE_UPDATE = 2;
    static final int TRANSLATION_FLUSH = 3;
    static final int SYSTEM_REGISTER_WRITE = 4;
    /** The object is the event. */
    static final int OTHER = 5;

    /** How many words of a row of each sort mean something; 0 where it is more than words. */
    private static final int[] USED = {LARGE + 6, LARGE + 4, LARGE + 7, LARGE + 1, LARGE + 3, 0};

    private long[] words;
    private Object[] objects;
    private int count;
    /** Of all inputs. */
    private long inputBytes;

    /** @param capacity rows for the time being: it grows */
    public EventRows(int capacity) {
        words = new long[WORDS * capacity];
        objects = new Object[capacity];
    }

    public int count() {
        return count;
    }

    /** Appends an event. Small, so that it is compiled into its callers and those make no object. */
    public void add(Event event) {
        if (count == objects.length) {
            grow(2 * count);
        }
        int at = WORDS * count;
        words[at] = event.position();
        if (event instanceof Event.RingChange e) {
            put(at, e);
        } else if (event instanceof Event.Trap e) {
            put(at, e);
        } else if (event instanceof Event.TableUpdate e) {
            put(at, e);
        } else if (event instanceof Event.TranslationFlush e) {
            put(at, e);
        } else if (event instanceof Event.SystemRegisterWrite e) {
            put(at, e);
        } else {
            words[at + SMALL] = OTHER;
            objects[count] = event;
            inputBytes += inputBytes(event);
        }
        count++;
    }

    private static int inputBytes(Event event) {
        return event instanceof Event.Input input ? input.data().length : 0;
    }

    private void put(int at, Event.RingChange e) {
        long[] w = words;
        w[at + SMALL] = RING_CHANGE
                | (long) e.from() << 8
                | (long) e.to() << 16
                | (long) e.fromMode().ordinal() << 24
                | (long) e.toMode().ordinal() << 32
                | (long) e.cause().ordinal() << 40
                | (long) e.vector() << 48;
        w[at + LARGE] = e.source();
        w[at + LARGE + 1] = e.sourceValue();
        w[at + LARGE + 2] = e.fromPc();
        w[at + LARGE + 3] = e.toPc();
        w[at + LARGE + 4] = e.fromStack();
        w[at + LARGE + 5] = e.toStack();
    }

    private void put(int at, Event.Trap e) {
        long[] w = words;
        w[at + SMALL] = TRAP
                | (long) e.cause().ordinal() << 8
                | (long) e.vector() << 16 & 0xffff_0000L
                | (long) e.selector() << 32;
        w[at + LARGE] = e.errorCode();
        w[at + LARGE + 1] = e.address();
        w[at + LARGE + 2] = e.pc();
        w[at + LARGE + 3] = e.reasonDetail();
        objects[count] = e.reason();
    }

    private void put(int at, Event.TableUpdate e) {
        long[] w = words;
        w[at + SMALL] =
                TABLE_UPDATE | (long) e.writer().ordinal() << 8 | (long) e.level() << 16 | (long) e.entrySize() << 24;
        w[at + LARGE] = e.entry();
        w[at + LARGE + 1] = e.oldValue();
        w[at + LARGE + 2] = e.newValue();
        w[at + LARGE + 3] = e.first();
        w[at + LARGE + 4] = e.size();
        w[at + LARGE + 5] = e.root();
        w[at + LARGE + 6] = e.pc();
    }

    private void put(int at, Event.TranslationFlush e) {
        words[at + SMALL] = TRANSLATION_FLUSH;
        words[at + LARGE] = e.address();
        objects[count] = e.instruction();
    }

    private void put(int at, Event.SystemRegisterWrite e) {
        long[] w = words;
        w[at + SMALL] = SYSTEM_REGISTER_WRITE;
        w[at + LARGE] = e.oldValue();
        w[at + LARGE + 1] = e.newValue();
        w[at + LARGE + 2] = e.pc();
        objects[count] = e.register();
    }

    /** Appends all of another's. */
    void addAll(EventRows other) {
        int sum = count + other.count;
        if (sum > objects.length) {
            grow(Math.max(sum, 2 * count));
        }
        System.arraycopy(other.words, 0, words, WORDS * count, WORDS * other.count);
        System.arraycopy(other.objects, 0, objects, count, other.count);
        count = sum;
        inputBytes += other.inputBytes;
    }

    /** Forgets all. */
    public void clear() {
        drop(count);
    }

    /** Forgets the first ones. */
    void drop(int first) {
        for (int row = 0; inputBytes > 0 && row < first; row++) {
            inputBytes -= sort(row) == OTHER ? inputBytes(other(row)) : 0;
        }
        int left = count - first;
        System.arraycopy(words, WORDS * first, words, 0, WORDS * left);
        System.arraycopy(objects, first, objects, 0, left);
        Arrays.fill(objects, left, count, null);
        count = left;
    }

    private void grow(int capacity) {
        words = Arrays.copyOf(words, Math.multiplyExact(WORDS, capacity));
        objects = Arrays.copyOf(objects, capacity);
    }

    /** How many of the first ones are as many as this, or have so many bytes of inputs; 0 if there are no more. */
    int filling(int rows, long bytes) {
        long sum = 0;
        for (int row = 0; inputBytes > bytes && row < Math.min(rows, count); row++) {
            sum += sort(row) == OTHER ? inputBytes(other(row)) : 0;
            if (sum > bytes) {
                return row + 1;
            }
        }
        return count > rows ? rows : 0;
    }

    /** How many have a position below a limit; they are in order. */
    int below(long limit) {
        int n = count;
        while (n > 0 && position(n - 1) >= limit) {
            n--;
        }
        return n;
    }

    long position(int row) {
        return words[WORDS * row];
    }

    /** How many words say what a row says, its position the first; 0 if they do not. */
    int words(int row) {
        return USED[sort(row)];
    }

    /** A number that rows of the same contents share, whatever their positions. */
    long hash(int row, int used) {
        int at = WORDS * row;
        long hash = words[at + SMALL];
        for (int i = LARGE; i < used; i++) {
            hash = hash * 31 + words[at + i];
        }
        return hash;
    }

    /** Whether a row has the contents of a copy, but for the position. */
    boolean same(int row, int used, long[] copy, int at, Object object) {
        int from = WORDS * row;
        for (int i = SMALL; i < used; i++) {
            if (words[from + i] != copy[at + i]) {
                return false;
            }
        }
        return objects[row] == object;
    }

    /** Copies a row's words. */
    void copy(int row, long[] to, int at) {
        System.arraycopy(words, WORDS * row, to, at, WORDS);
    }

    /** The object of a row, if it has one. */
    Object object(int row) {
        return objects[row];
    }

    /** Which sort of event it is. */
    int sort(int row) {
        return (int) words[WORDS * row + SMALL] & 0xff;
    }

    /** One of the large fields, counted from 0. */
    long large(int row, int field) {
        return words[WORDS * row + LARGE + field];
    }

    /** The name of a reason, register or instruction. */
    String text(int row) {
        return (String) objects[row];
    }

    /** The event, where it is of none of the other sorts. */
    Event other(int row) {
        return (Event) objects[row];
    }

    /** A small field of one byte. */
    private int small(int row, int shift) {
        return (int) (words[WORDS * row + SMALL] >>> shift) & 0xff;
    }

    int ringFrom(int row) {
        return small(row, 8);
    }

    int ringTo(int row) {
        return small(row, 16);
    }

    /** As an ordinal of {@link Event.Mode}. */
    int modeFrom(int row) {
        return small(row, 24);
    }

    /** As an ordinal of {@link Event.Mode}. */
    int modeTo(int row) {
        return small(row, 32);
    }

    /** Of a ring change, as an ordinal of {@link Event.Cause}. */
    int ringCause(int row) {
        return small(row, 40);
    }

    /** Of a ring change; -1: none. */
    int ringVector(int row) {
        return (int) (words[WORDS * row + SMALL] >> 48);
    }

    /** Of a trap, as an ordinal of {@link Event.Cause}. */
    int trapCause(int row) {
        return small(row, 8);
    }

    int trapVector(int row) {
        return (int) (words[WORDS * row + SMALL] >>> 16) & 0xffff;
    }

    int trapSelector(int row) {
        return (int) (words[WORDS * row + SMALL] >>> 32);
    }

    /** As an ordinal of {@link Event.TableWriter}. */
    int writer(int row) {
        return small(row, 8);
    }

    int level(int row) {
        return small(row, 16);
    }

    int entrySize(int row) {
        return small(row, 24);
    }
}
