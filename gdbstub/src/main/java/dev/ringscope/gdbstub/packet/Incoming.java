package dev.ringscope.gdbstub.packet;

/** What a client has sent, as far as its session must answer it. */
public sealed interface Incoming {
    /** A whole, intact packet. */
    record Packet(byte[] payload) implements Incoming {}

    /** An intact frame around something that is no packet. */
    record Malformed(String why) implements Incoming {}

    /** The client has gone, or the connection broke. */
    record Gone() implements Incoming {}
}
