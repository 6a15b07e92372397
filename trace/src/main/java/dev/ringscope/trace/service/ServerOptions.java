package dev.ringscope.trace.service;

import dev.ringscope.trace.symbols.Symbols;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a server serves, and its bounds.
 *
 * @param places files and folders of traces
 * @param symbols for all traces
 * @param cacheBytes what machines for re-execution may take together, and a quarter of it what indexes of open traces
 *     that nobody asks may take
 * @param sessions most at once
 * @param idle after which a session expires, and a trace that nobody asks is closed
 * @param token that every call must bear
 * @param tls absent: no encryption
 */
public record ServerOptions(
        List<Path> places,
        Symbols symbols,
        long cacheBytes,
        int sessions,
        Duration idle,
        Optional<String> token,
        Optional<Tls> tls) {
    /**
     * Encryption.
     *
     * @param certificate a chain of certificates in PEM
     * @param key its private key, PKCS#8 in PEM
     * @param clientCa whose certificates clients must show; absent: clients need none
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientCa) {}

    private static final int SESSIONS = 256;
    private static final Duration IDLE = Duration.ofMinutes(10);

    public ServerOptions {
        places = List.copyOf(places);
    }

    /** The customary bounds, no token, no encryption. */
    public static ServerOptions of(Path... places) {
        return new ServerOptions(
                List.of(places), new Symbols(), customaryCache(), SESSIONS, IDLE, Optional.empty(), Optional.empty());
    }

    /** Half of the heap. */
    public static long customaryCache() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    public ServerOptions withSymbols(Symbols other) {
        return new ServerOptions(places, other, cacheBytes, sessions, idle, token, tls);
    }

    public ServerOptions withCacheBytes(long other) {
        return new ServerOptions(places, symbols, other, sessions, idle, token, tls);
    }

    public ServerOptions withSessions(int other) {
        return new ServerOptions(places, symbols, cacheBytes, other, idle, token, tls);
    }

    public ServerOptions withIdle(Duration other) {
        return new ServerOptions(places, symbols, cacheBytes, sessions, other, token, tls);
    }

    public ServerOptions withToken(String other) {
        return new ServerOptions(places, symbols, cacheBytes, sessions, idle, Optional.of(other), tls);
    }

    public ServerOptions withTls(Tls other) {
        return new ServerOptions(places, symbols, cacheBytes, sessions, idle, token, Optional.of(other));
    }
}
