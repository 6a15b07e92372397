package dev.ringscope.gdbstub.packet;

/** A packet that is not as the protocol says; the message names the packet, the offset and what was expected. */
public final class MalformedPacketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedPacketException(String message) {
        super(message);
    }
}
