package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** A thread-id of the protocol: {@code TID} or {@code pPID.TID}; the one process is number 1. */
record ThreadId(int thread) {
    /** Any thread will do. */
    static final ThreadId ANY = new ThreadId(0);

    static final ThreadId ALL = new ThreadId(-1);

    static final int PROCESS = 1;

    static ThreadId read(PacketScanner in) {
        if (!in.skip('p')) {
            return number(in);
        }
        ThreadId process = number(in);
        if (process.thread() > PROCESS) {
            throw in.expected("process 1");
        }
        return in.skip('.') ? number(in) : ALL;
    }

    private static ThreadId number(PacketScanner in) {
        return in.skip("-1") ? ALL : new ThreadId(in.hex(Integer.MAX_VALUE));
    }

    /** The id as this client wants it. */
    static String write(ClientFeatures client, int thread) {
        return client.multiprocess() ? "p" + PROCESS + "." + Hex.of(thread) : Hex.of(thread);
    }
}
