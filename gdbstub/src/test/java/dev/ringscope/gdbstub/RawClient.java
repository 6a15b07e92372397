package dev.ringscope.gdbstub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client for tests that speaks the protocol on its own: characters are bytes. */
public final class RawClient implements Closeable {
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    public RawClient(InetSocketAddress address) throws IOException {
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Sends a packet and gives back the answer's payload, its escapes and runs undone. */
    public String ask(String payload) throws IOException {
        send(payload);
        return answer();
    }

    /** Sends a packet. */
    public void send(String payload) throws IOException {
        int sum = 0;
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write('$');
        for (byte b : payload.getBytes(ISO_8859_1)) {
            boolean escape = "$#}*".indexOf(b) >= 0;
            if (escape) {
                packet.write('}');
                sum += '}';
                b ^= 0x20;
            }
            packet.write(b);
            sum += b & 0xff;
        }
        packet.writeBytes("#%02x".formatted(sum & 0xff).getBytes(ISO_8859_1));
        raw(packet.toByteArray());
    }

    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    public void raw(String bytes) throws IOException {
        raw(bytes.getBytes(ISO_8859_1));
    }

    /** The next packet from the stub, but for signs of life; acknowledgements are skipped, and so is none given. */
    public String answer() throws IOException {
        String payload;
        do {
            payload = answer('$');
        } while (payload.equals("O"));
        return payload;
    }

    /** The same, if it is a notification. */
    public String notification() throws IOException {
        return answer('%');
    }

    private String answer(char first) throws IOException {
        int c = read();
        while (c == '+' || c == '-') {
            c = read();
        }
        if (c != first) {
            throw new IOException("expected " + first + ", got " + (char) c);
        }
        StringBuilder payload = new StringBuilder();
        int sum = 0;
        while ((c = read()) != '#') {
            sum += c;
            if (c == '*') {
                c = read();
                sum += c;
                payload.repeat(payload.charAt(payload.length() - 1), c - 29);
                continue;
            }
            if (c == '}') {
                c = read();
                sum += c;
                c ^= 0x20;
            }
            payload.append((char) c);
        }
        int checksum = Integer.parseInt("" + (char) read() + (char) read(), 16);
        if (checksum != (sum & 0xff)) {
            throw new IOException("wrong checksum after " + payload);
        }
        return payload.toString();
    }

    /** One byte from the stub. */
    public int read() throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the stub has closed the connection");
        }
        return c;
    }

    /** Whether the stub closes the connection without another byte. */
    public boolean isClosedByStub() throws IOException {
        return in.read() < 0;
    }

    /** Says that nothing more will come, and waits until the stub has hung up too. */
    public void finish() throws IOException {
        socket.shutdownOutput();
        while (in.read() >= 0) {}
    }

    /** Says that nothing more will come. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads and forgets until the stub hangs up or the connection breaks. */
    public void drain() {
        byte[] buffer = new byte[1 << 16];
        try {
            while (in.read(buffer) >= 0) {}
        } catch (IOException e) {
            // That ends it just as well.
        }
    }

    /** Hangs up as a client does that crashes: the stub gets a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Hangs up. */
    public void leave() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
