package dev.ringscope.trace.service;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * A Unix socket to listen on. It is made in a folder that only this user can enter, closed to others, and then moved to
 * its place: at no moment could somebody else connect.
 */
final class UnixSocket implements Closeable {
    private static final int LONGEST = 100;

    /** Netty warns of every connection that a Unix socket has no keep-alive of TCP. */
    private static final Logger OPTIONS = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap");

    static {
        OPTIONS.setFilter(record -> !String.valueOf(record.getMessage()).contains("SO_KEEPALIVE"));
    }

    private final Path path;
    private final Path folder;
    private final EventLoopGroup threads;

    private UnixSocket(Path path, Path folder) {
        this.path = path;
        this.folder = folder;
        threads = new EpollEventLoopGroup();
    }

    /** @throws IOException if something else is there, or somebody listens there */
    static UnixSocket prepare(Path path) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("Unix sockets need Linux on x86-64 or AArch64", Epoll.unavailabilityCause());
        }
        removeStale(path);
        Path parent = path.toAbsolutePath().getParent();
        Path folder = Files.createTempDirectory(
                parent, ".rs", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (folder.resolve("s").toString().length() > LONGEST || path.toString().length() > LONGEST) {
            Files.delete(folder);
            throw new IOException("%s: expected a path of at most %d bytes for a socket".formatted(path, LONGEST - 25));
        }
        return new UnixSocket(path, folder);
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException(path + " is there already, and is no socket");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            Files.delete(path); // nobody listens: it was left behind
            return;
        }
        throw new BindException("somebody listens on " + path + " already");
    }

    NettyServerBuilder builder() {
        return NettyServerBuilder.forAddress(
                        new DomainSocketAddress(folder.resolve("s").toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads);
    }

    /** The server listens: lets this user connect. */
    void publish() throws IOException {
        Path socket = folder.resolve("s");
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(folder);
    }

    @Override
    public void close() throws IOException {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        Files.deleteIfExists(path);
        Files.deleteIfExists(folder.resolve("s"));
        Files.deleteIfExists(folder);
    }
}
