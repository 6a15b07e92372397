package dev.ringscope.cli;

import dev.ringscope.gdbstub.GdbServer;
import dev.ringscope.gdbstub.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a guest waits for gdb: what {@code run} and {@code record} share. */
final class GdbPorts {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--gdb",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description = "Wait for gdb there before the first instruction.")
    private InetSocketAddress gdb;

    @Option(
            names = "--gdb-i8086",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description = "With --gdb: a second port, on which gdb disassembles 16-bit code.")
    private InetSocketAddress i8086;

    /** Whether the guest is to wait for gdb. */
    boolean given() {
        if (gdb == null && i8086 != null) {
            throw new ParameterException(spec.commandLine(), "--gdb-i8086 needs --gdb PORT too");
        }
        return gdb != null;
    }

    /** Takes the ports, and says which the second one is. */
    GdbServer open(Target target) throws IOException {
        return open(gdb, i8086, target);
    }

    /** @param i8086 the second port, or null */
    static GdbServer open(InetSocketAddress gdb, InetSocketAddress i8086, Target target) throws IOException {
        GdbServer server = GdbServer.open(gdb, target);
        try {
            if (i8086 != null) {
                System.err.println("ringscope: 16-bit code on " + server.listenAsI8086(i8086));
            }
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }
}
