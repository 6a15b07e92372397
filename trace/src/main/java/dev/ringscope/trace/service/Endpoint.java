package dev.ringscope.trace.service;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Where a server listens. */
public sealed interface Endpoint {
    /** A TCP port; 0 takes any free one. */
    record Tcp(InetSocketAddress address) implements Endpoint {}

    /** A Unix socket that only this user can connect to; a path of at most 100 bytes. */
    record Unix(Path path) implements Endpoint {}
}
