package dev.ringscope.gdbstub.command;

import java.util.Set;

/** What the client has said that it understands, by {@code qSupported} and lldb's own packets. */
final class ClientFeatures {
    private Set<String> announced = Set.of();
    private boolean errorStrings;
    private boolean threadsInStopReply;

    void announced(Set<String> features) {
        announced = Set.copyOf(features);
    }

    boolean multiprocess() {
        return announced.contains("multiprocess+");
    }

    boolean swbreak() {
        return announced.contains("swbreak+");
    }

    boolean hwbreak() {
        return announced.contains("hwbreak+");
    }

    boolean noResumed() {
        return announced.contains("no-resumed+");
    }

    /** gdb 16 and later: {@code E.text} in answer to any packet. */
    boolean errorMessages() {
        return announced.contains("error-message+");
    }

    /** gdb 16 and later: {@code x} is answered by {@code b} and the bytes; lldb takes the bytes alone. */
    boolean binaryUpload() {
        return announced.contains("binary-upload+");
    }

    /** Any gdb since 7.10 says this; lldb never does. */
    boolean isGdb() {
        return announced.contains("swbreak+");
    }

    /** No gdb asks for threads in stop replies; any lldb since 2014 does. */
    boolean isLldb() {
        return threadsInStopReply && !isGdb();
    }

    boolean errorStrings() {
        return errorStrings;
    }

    void enableErrorStrings() {
        errorStrings = true;
    }

    boolean threadsInStopReply() {
        return threadsInStopReply;
    }

    void listThreadsInStopReply() {
        threadsInStopReply = true;
    }
}
