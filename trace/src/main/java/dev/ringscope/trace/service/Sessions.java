package dev.ringscope.trace.service;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sessions of a server: bounded in number; those that nobody has used for long are forgotten. */
final class Sessions {
    private static final String COLLECTION = "/sessions/";

    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final int most;
    private final Duration idle;
    private long made;

    /** @param idle after which a session expires */
    Sessions(int most, Duration idle) {
        this.most = most;
        this.idle = idle;
    }

    Duration idle() {
        return idle;
    }

    /** @throws Refusal if there are too many */
    synchronized Session create(OpenTrace trace, long position) {
        sweep();
        if (sessions.size() >= most) {
            throw Refusal.busy("there are %d sessions already, the most that this server has".formatted(most));
        }
        String name = trace.name() + COLLECTION + HexFormat.of().toHexDigits(random.nextLong());
        Session session = new Session(name, ++made, trace.name(), trace.digest(), position);
        sessions.put(name, session);
        return session;
    }

    /** @throws Refusal if there is none */
    synchronized Session find(String name) {
        sweep();
        Session session = sessions.get(name);
        if (session == null) {
            throw missing(name);
        }
        session.touch();
        return session;
    }

    synchronized void delete(String name) {
        sweep();
        if (sessions.remove(name) == null) {
            throw missing(name);
        }
    }

    private static Refusal missing(String name) {
        return Refusal.notFound("SESSION_NOT_FOUND", "session", name);
    }

    /** In the order in which they were made. */
    synchronized List<Session> list() {
        sweep();
        return new ArrayList<>(sessions.values());
    }

    synchronized int count() {
        return sessions.size();
    }

    /** Forgets those that have expired. */
    synchronized void sweep() {
        sessions.values().removeIf(session -> !session.busy() && session.idleNanos() > idle.toNanos());
    }
}
