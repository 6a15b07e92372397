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
    /** How many a row has, whether its sort uses them or not. */
    static final int LARGE_FIELDS = WORDS - LARGE;

    static final int RING_CHANGE = 0;
    static final int TRAP = 1;
    static final int TABLE_UPDATE = 2;
    static final int TRANSLATION_FLUSH = 3;
    static final int SYSTEM_REGISTER_WRITE = 4;
    /** The object is the event. */
    static final int OTHER = 5;

    /** How many words of a row of each sort mean something; 0 where it is more than words. */
    private static final int[] USED = {LARGE + 6, LARGE + 4, LARGE + 7, LARGE + 1, LARGE + 3, 0};

    /** Which of the large fields mean something in a row of each sort: a bit for each. */
    private static final int[] LARGE_USED = new int[USED.length];

    static {
        for (int sort = 0; sort < USED.length; sort++) {
            LARGE_USED[sort] = USED[sort] == 0 ? 0 : (1 << USED[sort] - LARGE) - 1;
        }
    }

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

    /** The small fields of a ring change, in one word. */
    public static long ringChange(
            int from, int to, Event.Mode fromMode, Event.Mode toMode, Event.Cause cause, int vector) {
        return RING_CHANGE
                | (long) from << 8
                | (long) to << 16
                | (long) fromMode.ordinal() << 24
                | (long) toMode.ordinal() << 32
                | (long) cause.ordinal() << 40
                | (long) vector << 48;
    }

    /** The small fields of a change of a page table, in one word. */
    public static long tableUpdate(Event.TableWriter writer, int level, int entrySize) {
        return TABLE_UPDATE | (long) writer.ordinal() << 8 | (long) level << 16 | (long) entrySize << 24;
    }

    /** Appends a row without an object; it has as many of the large fields as its sort uses. */
    void add(long position, long small, long a, long b, long c, long d, long e, long f, long g) {
        if (count == objects.length) {
            grow(2 * count);
        }
        int at = WORDS * count;
        long[] w = words;
        w[at] = position;
        w[at + SMALL] = small;
        w[at + LARGE] = a;
        w[at + LARGE + 1] = b;
        w[at + LARGE + 2] = c;
        w[at + LARGE + 3] = d;
        w[at + LARGE + 4] = e;
        w[at + LARGE + 5] = f;
        w[at + LARGE + 6] = g;
        objects[count++] = null;
    }

    /** Whether a row is such a one, but for the position. */
    boolean same(int row, long small, long a, long b, long c, long d, long e, long f, long g) {
        int at = WORDS * row;
        long[] w = words;
        return w[at + SMALL] == small
                && w[at + LARGE] == a
                && w[at + LARGE + 1] == b
                && w[at + LARGE + 2] == c
                && w[at + LARGE + 3] == d
                && w[at + LARGE + 4] == e
                && w[at + LARGE + 5] == f
                && (((int) small & 0xff) == RING_CHANGE || w[at + LARGE + 6] == g);
    }

    private void put(int at, Event.RingChange e) {
        long[] w = words;
        w[at + SMALL] = ringChange(e.from(), e.to(), e.fromMode(), e.toMode(), e.cause(), e.vector());
        w[at + LARGE] = e.source();
        w[at + LARGE + 1] = e.sourceValue();
        w[at + LARGE + 2] = e.fromPc();
        w[at + LARGE + 3] = e.toPc();
        w[at + LARGE + 4] = e.fromStack();
        w[at + LARGE + 5] = e.toStack();
        objects[count] = null;
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
        w[at + SMALL] = tableUpdate(e.writer(), e.level(), e.entrySize());
        w[at + LARGE] = e.entry();
        w[at + LARGE + 1] = e.oldValue();
        w[at + LARGE + 2] = e.newValue();
        w[at + LARGE + 3] = e.first();
        w[at + LARGE + 4] = e.size();
        w[at + LARGE + 5] = e.root();
        w[at + LARGE + 6] = e.pc();
        objects[count] = null;
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

    /** Appends another's row. */
    void add(EventRows from, int row) {
        if (count == objects.length) {
            grow(2 * count);
        }
        System.arraycopy(from.words, WORDS * row, words, WORDS * count, WORDS);
        Object object = from.objects[row];
        objects[count++] = object;
        inputBytes += object instanceof Event.Input input ? input.data().length : 0;
    }

    /** Forgets all. */
    public void clear() {
        Arrays.fill(objects, 0, count, null);
        count = 0;
        inputBytes = 0;
    }

    /** What is added next takes the place of this row; the others stay. */
    void rewind(int row) {
        count = row;
    }

    /** Another position for a row. */
    void move(int row, long position) {
        words[WORDS * row] = position;
    }

    /** Whether two rows have the same contents, but for the position; false if those are more than words. */
    boolean same(int row, int other) {
        int used = words(row);
        int a = WORDS * row;
        int b = WORDS * other;
        for (int i = SMALL; i < used; i++) {
            if (words[a + i] != words[b + i]) {
                return false;
            }
        }
        return used > 0 && objects[row] == objects[other];
    }

    private void grow(int capacity) {
        words = Arrays.copyOf(words, Math.multiplyExact(WORDS, capacity));
        objects = Arrays.copyOf(objects, capacity);
    }

    /** Bytes of all inputs among them. */
    long inputBytes() {
        return inputBytes;
    }

    /** Bytes of a row that is an input, else 0. */
    int inputBytes(int row) {
        return sort(row) == OTHER ? inputBytes(other(row)) : 0;
    }

    long position(int row) {
        return words[WORDS * row];
    }

    /** How many words say what a row says, its position the first; 0 if they do not. */
    int words(int row) {
        return USED[sort(row)];
    }

    /** Sort and small fields in one word. */
    long small(int row) {
        return words[WORDS * row + SMALL];
    }

    /** Which of the large fields that its sort uses are not 0: a bit for each, the first the lowest. */
    int present(int row) {
        int at = WORDS * row + LARGE;
        int bits = 0;
        for (int field = 0; field < LARGE_FIELDS; field++) {
            long value = words[at + field];
            bits |= (int) ((value | -value) >>> 63) << field;
        }
        return bits & LARGE_USED[sort(row)];
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
