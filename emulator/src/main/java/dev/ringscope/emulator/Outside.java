package dev.ringscope.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The world that a guest asks through the machine: the sectors of a disk image, the host's answers to system calls.
 * Live answers are recorded as {@link Event.Input}, each question's once; a replay answers from what was recorded.
 */
public abstract class Outside {
    private record Question(String source, long key) {}

    private final Map<Question, byte[]> answers = new HashMap<>();
    final Set<Question> untold = new HashSet<>();

    /**
     * @param source who asks: {@code disk0}, {@code syscall}
     * @param key what tells this question from others of that source: a sector's number, or the position where every
     *     question is new
     * @param live how to answer it outside a replay
     */
    public abstract byte[] ask(String source, long key, Supplier<byte[]> live);

    /** Like {@link #ask} for questions that are never asked again: a live answer is not kept. */
    public abstract byte[] askOnce(String source, long key, Supplier<byte[]> live);

    /** The real world. */
    public static Outside live(InputSink sink) {
        return new Outside() {
            @Override
            public byte[] ask(String source, long key, Supplier<byte[]> live) {
                return remember(source, key, () -> askOnce(source, key, live));
            }

            @Override
            public byte[] askOnce(String source, long key, Supplier<byte[]> live) {
                byte[] answer = live.get();
                sink.input(source, withKey(key, answer));
                return answer;
            }
        };
    }

    /** Where live answers are told. */
    @FunctionalInterface
    public interface InputSink {
        void input(String source, byte[] data);
    }

    /** As {@link #recorded(InputSink)}, where nobody wants to hear of answers. */
    public static Outside recorded() {
        return recorded((_, _) -> {});
    }

    /**
     * A world that knows only what {@link #learn} has told it, and asks nothing else.
     *
     * @param sink is given the answers that {@link #untold} named, when they are asked for
     */
    public static Outside recorded(InputSink sink) {
        return new Outside() {
            @Override
            public byte[] ask(String source, long key, Supplier<byte[]> live) {
                byte[] answer = known(source, key);
                if (untold.remove(new Question(source, key))) {
                    sink.input(source, withKey(key, answer));
                }
                return answer;
            }

            private byte[] known(String source, long key) {
                return remember(source, key, () -> {
                    throw new UnansweredException(
                            "the recording holds no answer for %s, question %d: it is not of this run"
                                    .formatted(source, key));
                });
            }

            @Override
            public byte[] askOnce(String source, long key, Supplier<byte[]> live) {
                return ask(source, key, live);
            }
        };
    }

    final byte[] remember(String source, long key, Supplier<byte[]> otherwise) {
        Question question = new Question(source, key);
        byte[] answer = answers.get(question);
        if (answer == null) {
            answer = otherwise.get();
            answers.put(question, answer);
        }
        return answer;
    }

    /** Takes over an answer as it was recorded: the key in 8 bytes, little-endian, then the answer. */
    public final void learn(String source, byte[] data) {
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        Question question = question(source, buffer);
        byte[] answer = new byte[buffer.remaining()];
        buffer.get(answer);
        answers.put(question, answer);
    }

    /** An answer that was recorded is asked for further on: it is an input there. */
    public final void untold(String source, byte[] data) {
        untold.add(question(source, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }

    /** All answers have been inputs. */
    public final void allTold() {
        untold.clear();
    }

    private static Question question(String source, ByteBuffer buffer) {
        int length = buffer.remaining();
        if (length < Long.BYTES) {
            throw new IllegalArgumentException(
                    "input of %s: expected 8 bytes of key, found %d".formatted(source, length));
        }
        return new Question(source, buffer.getLong());
    }

    private static byte[] withKey(long key, byte[] answer) {
        return ByteBuffer.allocate(Long.BYTES + answer.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(key)
                .put(answer)
                .array();
    }
}
