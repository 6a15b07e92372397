package dev.ringscope.emulator.user;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
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

    /** The program has ended. @param signal the signal that ended it, or 0 */
    record Exit(int status, int signal) implements Deed {}

    private static final int STORE = 1, CLEAR = 2, OUTPUT = 3, SLEEP = 4, EXIT = 5;

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
                case Exit e -> out.put(EXIT).put(e.status).put(e.signal);
            }
        }
        out.put(0);
        return out.toByteArray();
    }

    /** @throws IllegalArgumentException if it is no answer */
    static Answer decode(byte[] bytes) {
        StateInput in = new StateInput("a recorded hypercall", bytes);
        Answer answer = new Answer();
        while (true) {
            long kind = in.next();
            if (kind == 0) {
                in.end();
                return answer;
            }
            answer.add(deed(in, kind));
        }
    }

    private static Deed deed(StateInput in, long kind) {
        if (kind == STORE) {
            return new Store(in.next(), in.nextBytes());
        } else if (kind == CLEAR) {
            return new Clear(in.next());
        } else if (kind == OUTPUT) {
            return new Output(in.nextInt(), in.nextBytes());
        } else if (kind == SLEEP) {
            return new Sleep(in.next());
        } else if (kind == EXIT) {
            return new Exit(in.nextInt(), in.nextInt());
        }
        throw new IllegalArgumentException("a recorded hypercall: no deed has number " + kind);
    }
}
