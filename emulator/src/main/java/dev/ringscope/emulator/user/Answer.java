package dev.ringscope.emulator.user;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the host does in answer to one hypercall, in order. */
final class Answer {
    /** One deed. */
    sealed interface Deed {}

    /** Bytes to a physical address. */
    record Store(long physical, byte[] data) implements Deed {}

    /** A physical page becomes zero. */
    record Clear(long physical) implements Deed {}

    /** Output of the program. @param stream 1 or 2 */
    record Output(int stream, byte[] data) implements Deed {}

    /** Virtual time passes until then, in nanoseconds. */
    record Sleep(long until) implements Deed {}

    /** The alarm's interrupt shall come at that virtual time, {@link Long#MAX_VALUE}: never. */
    record Alarm(long at) implements Deed {}

    /** The program has ended. @param signal the signal that ended it, or 0 @param why more about it, or "" */
    record Exit(int status, int signal, String why) implements Deed {}

    /** The program will never go on, and has not ended. */
    record Halt(String why) implements Deed {}

    private static final int END = 0, STORE = 1, CLEAR = 2, OUTPUT = 3, SLEEP = 4, EXIT = 5, ALARM = 6, HALT = 7;

    private final List<Deed> deeds = new ArrayList<>();

    void add(Deed deed) {
        deeds.add(deed);
    }

    List<Deed> deeds() {
        return deeds;
    }

    byte[] encode() {
        StateOutput out = new StateOutput();
        for (Deed deed : deeds) {
            switch (deed) {
                case Store s -> out.put(STORE).put(s.physical).put(s.data);
                case Clear c -> out.put(CLEAR).put(c.physical);
                case Output o -> out.put(OUTPUT).put(o.stream).put(o.data);
                case Sleep s -> out.put(SLEEP).put(s.until);
                case Alarm a -> out.put(ALARM).put(a.at);
                case Exit e -> out.put(EXIT).put(e.status).put(e.signal).put(e.why.getBytes(StandardCharsets.UTF_8));
                case Halt h -> out.put(HALT).put(h.why.getBytes(StandardCharsets.UTF_8));
            }
        }
        out.put(END);
        return out.toByteArray();
    }

    /** @throws IllegalArgumentException if it is no answer */
    static Answer decode(byte[] bytes) {
        StateInput in = new StateInput("a recorded hypercall", bytes);
        Answer answer = new Answer();
        while (true) {
            long kind = in.next();
            if (kind == END) {
                in.end();
                return answer;
            }
            answer.add(deed(in, kind));
        }
    }

    private static Deed deed(StateInput in, long kind) {
        if (kind != (int) kind) {
            throw new IllegalArgumentException("a recorded hypercall: no deed has number " + kind);
        }
        return switch ((int) kind) {
            case STORE -> new Store(in.next(), in.nextBytes());
            case CLEAR -> new Clear(in.next());
            case OUTPUT -> new Output(in.nextInt(), in.nextBytes());
            case SLEEP -> new Sleep(in.next());
            case ALARM -> new Alarm(in.next());
            case EXIT -> new Exit(in.nextInt(), in.nextInt(), text(in));
            case HALT -> new Halt(text(in));
            default -> throw new IllegalArgumentException("a recorded hypercall: no deed has number " + kind);
        };
    }

    private static String text(StateInput in) {
        return new String(in.nextBytes(), StandardCharsets.UTF_8);
    }
}
