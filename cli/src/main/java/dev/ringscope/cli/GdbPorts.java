package dev.ringscope.cli;

import dev.ringscope.gdbstub.GdbServer;
import dev.ringscope.gdbstub.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Where a guest waits for gdb: what {@code run} and {@code record} share. */
final class GdbPorts {
    private CommandSpec spec;
    private InetSocketAddress gdb;
    private InetSocketAddress i8086;

    void addTo(CommandModel model) {
        spec = model.spec;
        model.option(InetSocketAddress.class, "--gdb")
                .label("[HOST:]PORT")
                .read(new ListenAddress())
                .described("Wait for gdb there before the first instruction.")
                .into(null, v -> gdb = v);
        model.option(InetSocketAddress.class, "--gdb-i8086")
                .label("[HOST:]PORT")
                .read(new ListenAddress())
                .described("With --gdb: a second port, on which gdb disassembles 16-bit code.")
                .into(null, v -> i8086 = v);
    }

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
